namespace Kayse.Sandbox.LawRuler;

/// <summary>A lead as <c>/_sandbox</c> shows it, copied so that it can be written outside the lock.</summary>
internal sealed record LeadView(
    long Id,
    string Status,
    string? CaseType,
    IReadOnlyList<string> Tags,
    IReadOnlyDictionary<string, string> Fields,
    IReadOnlyDictionary<string, string> CustomFields,
    IReadOnlyList<LeadView.Note> Notes,
    IReadOnlyList<LeadView.Document> Documents)
{
    public static LeadView Of(Lead lead) => new(
        lead.Id,
        Portal.Plain(lead.Status.Name),
        lead.CaseType?.Name,
        [.. lead.Tags],
        new Dictionary<string, string>(lead.Fields, StringComparer.OrdinalIgnoreCase),
        new Dictionary<string, string>(lead.CustomFields, StringComparer.OrdinalIgnoreCase),
        [.. lead.Notes.Select(n => new Note(n.Id, n.Category, n.Title, n.Text, n.CreatedAt.UtcDateTime))],
        [.. lead.Documents.Select(d => new Document(d.Id, d.Folder, d.Name, d.Size, d.Sha256, d.FormName, d.Metadata))]);

    internal sealed record Note(long Id, string Category, string Title, string Text, DateTime CreatedAt);

    internal sealed record Document(
        long Id, string Folder, string Name, long Size, string Sha256, string FormName, IReadOnlyDictionary<string, string> Metadata);
}
