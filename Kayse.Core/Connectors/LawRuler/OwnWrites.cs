using System.Text.Json;
using System.Text.RegularExpressions;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Which of Law Ruler's notes and documents Kayse wrote itself: those whose id was recorded when they were written, and notes that end in our marker.</summary>
public sealed partial class OwnWrites(IEntityStore store)
{
    private readonly EntityTable<CaseLink> _links = new(store, Tables.Links, static () => KayseJson.Default.CaseLink);

    /// <summary>Records the id that Law Ruler gave a note of ours; an answer that names none is nothing to record.</summary>
    public Task RecordNoteAsync(CompanyId company, LawRulerReply reply, CancellationToken cancellationToken) => RecordAsync(company, reply, NoteId, Note, cancellationToken);

    /// <summary>Records the id that Law Ruler gave a document of ours; an answer that names none is nothing to record.</summary>
    public Task RecordDocumentAsync(CompanyId company, LawRulerReply reply, CancellationToken cancellationToken) => RecordAsync(company, reply, DocumentId, Document, cancellationToken);

    /// <summary>True for a note of ours.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="id">Law Ruler's id of the note, or null.</param>
    /// <param name="text">Its text.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<bool> HasNoteAsync(CompanyId company, string? id, string text, CancellationToken cancellationToken) =>
        IsMarked(text) || (Ids.IsValid(id) && await HasAsync(company, Note(id!), cancellationToken));

    /// <summary>True for a document whose id was recorded when Kayse uploaded it.</summary>
    public async Task<bool> HasDocumentAsync(CompanyId company, string id, CancellationToken cancellationToken) =>
        Ids.IsValid(id) && await HasAsync(company, Document(id), cancellationToken);

    /// <summary>True for a text that ends as ours do: <c>Kayse call {id} (summary)</c> or <c>(transcript)</c>, or <c>Kayse message {id}</c> below a message's head. A person may well write "Kayse called today".</summary>
    public static bool IsMarked(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var last = text.TrimEnd().Split('\n')[^1].Trim();
        return CallMarker().IsMatch(last) || (MessageMarker().IsMatch(last) && text.TrimStart().StartsWith("Direction: ", StringComparison.Ordinal));
    }

    /// <summary>The id of a note of Law Ruler's, or null.</summary>
    public static string? NoteId(JsonElement note) => JsonText.Text(note, "NoteId") ?? JsonText.Text(note, "Id");

    /// <summary>The id of a document of Law Ruler's, or null.</summary>
    public static string? DocumentId(JsonElement document) => JsonText.Text(document, "DocumentId") ?? JsonText.Text(document, "Id");

    private static string Note(string id) => $"{LawRulerConnections.Crm}~own-note~{id}";

    private static string Document(string id) => $"{LawRulerConnections.Crm}~own-document~{id}";

    private async Task RecordAsync(CompanyId company, LawRulerReply reply, Func<JsonElement, string?> idOf, Func<string, string> rowOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (reply.Answer is { Kind: AnswerKind.Success, Body: { } body } && idOf(JsonText.Property(body, "Data") ?? body) is { } id && Ids.IsValid(id))
        {
            await _links.InsertAsync(Partitions.Spread(company, rowOf(id)), rowOf(id), new CaseLink(id), cancellationToken);
        }
    }

    private async Task<bool> HasAsync(CompanyId company, string row, CancellationToken cancellationToken) =>
        await _links.GetAsync(Partitions.Spread(company, row), row, cancellationToken) is not null;

    [GeneratedRegex(@"\AKayse call [A-Za-z0-9_-]{1,64} \((summary|transcript)\)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CallMarker();

    [GeneratedRegex(@"\AKayse message [A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MessageMarker();
}
