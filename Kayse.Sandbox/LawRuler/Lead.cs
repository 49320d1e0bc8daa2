using System.Text.Json.Serialization;

namespace Kayse.Sandbox.LawRuler;

/// <summary>A note on a lead. <see cref="CreatedAt"/> is what its writer said, <see cref="ChangedAt"/> when it was written.</summary>
internal sealed record LeadNote(long Id, string Category, string Title, string Text, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);

/// <summary>A document on a lead, without its bytes.</summary>
internal sealed record LeadDocument(
    long Id, string Folder, string Name, long Size, string Sha256, string FormName, IReadOnlyDictionary<string, string> Metadata, DateTimeOffset CreatedAt);

/// <summary>A lead and all that hangs on it.</summary>
internal sealed class Lead
{
    public required long Id { get; init; }

    public required long ContactId { get; init; }

    public required NamedId Status { get; set; }

    public NamedId? CaseType { get; set; }

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public List<string> Tags { get; } = [];

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public Dictionary<string, string> Fields { get; } = new(StringComparer.OrdinalIgnoreCase);

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public Dictionary<string, string> CustomFields { get; } = new(StringComparer.OrdinalIgnoreCase);

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public List<LeadNote> Notes { get; } = [];

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public List<LeadDocument> Documents { get; } = [];

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public HashSet<string> Folders { get; } = new(StringComparer.OrdinalIgnoreCase);

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    [JsonIgnore]
    public string FirstName => Field("FirstName");

    [JsonIgnore]
    public string LastName => Field("LastName");

    [JsonIgnore]
    public string FullName => $"{FirstName} {LastName}".Trim() is { Length: > 0 } name ? name : Field("FullName");

    public string Field(string name) => Fields.GetValueOrDefault(name, "");

    public void AddTags(IEnumerable<string> tags) =>
        Tags.AddRange(tags.Where(t => !Tags.Contains(t, StringComparer.OrdinalIgnoreCase)).Distinct(StringComparer.OrdinalIgnoreCase).ToList());
}
