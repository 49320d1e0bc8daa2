using System.Security.Cryptography;
using System.Text;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Cases;

/// <summary>
/// The notes of cases, each once by the CRM's id. A case's notes share a partition: <c>n~{time}~{source}~{id}</c> is a note, newest first,
/// <c>x~{source}~{id}</c> says that it is there; both are written in one batch.
/// </summary>
public sealed class Notes(IEntityStore store, IBlobStore blobs, TimeProvider clock)
{
    private const string NotePrefix = "n~";
    private const int MaxInlineBytes = 32 * 1024;
    private const int ShownCharacters = 2000;
    private const int MaxTitle = 500;

    private readonly EntityTable<Note> _notes = new(store, Tables.Notes, static () => KayseJson.Default.Note);
    private readonly EntityTable<CaseLink> _known = new(store, Tables.Notes, static () => KayseJson.Default.CaseLink);

    /// <summary>True when a CRM's note is on the case.</summary>
    public async Task<bool> ContainsAsync(CompanyId company, CaseId caseId, string source, string externalId, CancellationToken cancellationToken) =>
        await _known.GetAsync(Partition(company, caseId), KnownRow(source, externalId), cancellationToken) is not null;

    /// <summary>Adds a CRM's note to a case; false when it is there: a note that came is never changed.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="source">The CRM.</param>
    /// <param name="externalId">The CRM's id of the note.</param>
    /// <param name="given">What it says.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<bool> AddAsync(CompanyId company, CaseId caseId, string source, string externalId, NoteText given, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(given);
        if (await ContainsAsync(company, caseId, source, externalId, cancellationToken))
        {
            return false;
        }

        var now = clock.GetUtcNow();
        var id = $"{Descending(given.WrittenAt ?? now)}~{Key(source, externalId)}";
        var isLarge = Encoding.UTF8.GetByteCount(given.Text) > MaxInlineBytes;
        if (isLarge)
        {
            await blobs.CreateAsync(Blob(company, caseId, id), "text/plain; charset=utf-8", new MemoryStream(Encoding.UTF8.GetBytes(given.Text)), cancellationToken);
        }

        var note = new Note
        {
            Id = id,
            ExternalSource = source,
            ExternalSourceId = externalId,
            Category = Cut(given.Category, MaxTitle),
            Title = Cut(given.Title, MaxTitle),
            Text = isLarge ? Cut(given.Text, ShownCharacters)! : given.Text,
            IsCut = isLarge,
            WrittenAt = given.WrittenAt ?? now,
            ReceivedAt = now,
        };
        var batch = new[] { _known.Insert(KnownRow(source, externalId), new CaseLink(id)), _notes.Insert(NotePrefix + id, note) };
        return (await store.CommitAsync(Tables.Notes, Partition(company, caseId), batch, cancellationToken)).Written;
    }

    /// <summary>A page of a case's notes, newest first; the cursor is the last id.</summary>
    public async Task<(IReadOnlyList<Note> Items, string? Next)> ListAsync(CompanyId company, CaseId caseId, string? after, int limit, CancellationToken cancellationToken)
    {
        var range = new RowRange(NotePrefix, after is null ? null : NotePrefix + after);
        var (rows, next) = await _notes.QueryAsync(Partition(company, caseId), range, limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next?[NotePrefix.Length..]);
    }

    /// <summary>A note with its whole text, or null.</summary>
    public async Task<Note?> FindAsync(CompanyId company, CaseId caseId, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.Length > 200 || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('~' or '-' or '_'))
            || await _notes.GetAsync(Partition(company, caseId), NotePrefix + id, cancellationToken) is not { Value: var note })
        {
            return null;
        }

        await using var blob = note.IsCut ? await blobs.OpenAsync(Blob(company, caseId, id), cancellationToken) : null;
        if (blob is null)
        {
            return note;
        }

        using var reader = new StreamReader(blob.Content, Encoding.UTF8);
        return note with { Text = await reader.ReadToEndAsync(cancellationToken), IsCut = false };
    }

    private static string Partition(CompanyId company, CaseId caseId) => Partitions.Of(company, $"notes.{caseId}");

    private static string Blob(CompanyId company, CaseId caseId, string id) => $"{company}/notes/{caseId}/{id.Replace('~', '.')}";

    private static string KnownRow(string source, string externalId) => $"x~{Key(source, externalId)}";

    // An id that may stand in no key is there by its hash.
    private static string Key(string source, string externalId) =>
        $"{source}~{(Ids.IsValid(externalId) ? externalId : $"h-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(externalId)))[..40]}")}";

    private static string Descending(DateTimeOffset time) => $"{253_402_300_799_999 - time.ToUnixTimeMilliseconds():d15}";

    private static string? Cut(string? text, int most) =>
        text is null || text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}

/// <summary>What a CRM's note says.</summary>
/// <param name="Category">The kind that the CRM files it under, or null.</param>
/// <param name="Title">Its title, or null.</param>
/// <param name="Text">Its text.</param>
/// <param name="WrittenAt">When it was written; null where the CRM says nothing.</param>
public sealed record NoteText(string? Category, string? Title, string Text, DateTimeOffset? WrittenAt)
{
    /// <summary>Never the text.</summary>
    public override string ToString() => "NoteText { *** }";
}
