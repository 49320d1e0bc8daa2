using System.Text.Json;
using System.Text.RegularExpressions;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Which of Law Ruler's notes Kayse wrote itself: those whose id was recorded when they were written, and those that end in our marker.</summary>
public sealed partial class OwnNotes(IEntityStore store)
{
    private readonly EntityTable<CaseLink> _links = new(store, Tables.Links, KayseJson.Default.CaseLink);

    /// <summary>Records the id that Law Ruler gave a note of ours; an answer that names none is nothing to record.</summary>
    public async Task RecordAsync(CompanyId company, LawRulerReply reply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (reply.Answer is { Kind: AnswerKind.Success, Body: { } body } && Id(JsonText.Property(body, "Data") ?? body) is { } id && Ids.IsValid(id))
        {
            await _links.InsertAsync(Partitions.Spread(company, Row(id)), Row(id), new CaseLink(id), cancellationToken);
        }
    }

    /// <summary>True for a note of ours.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="id">Law Ruler's id of the note, or null.</param>
    /// <param name="text">Its text.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<bool> ContainsAsync(CompanyId company, string? id, string text, CancellationToken cancellationToken) =>
        IsMarked(text) || (Ids.IsValid(id) && await _links.GetAsync(Partitions.Spread(company, Row(id!)), Row(id!), cancellationToken) is not null);

    /// <summary>True for a text whose last line is our marker: <c>Kayse call {id} (summary)</c>, <c>Kayse message {id}</c>.</summary>
    public static bool IsMarked(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Marker().IsMatch(text.TrimEnd().Split('\n')[^1].Trim());
    }

    /// <summary>The id of a note of Law Ruler's, or null.</summary>
    public static string? Id(JsonElement note) => JsonText.Text(note, "NoteId") ?? JsonText.Text(note, "Id");

    private static string Row(string id) => $"{LawRulerConnections.Crm}~own-note~{id}";

    [GeneratedRegex(@"\AKayse [a-z]{1,20} [A-Za-z0-9_-]{1,64}( \([a-z ]{1,40}\))?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Marker();
}
