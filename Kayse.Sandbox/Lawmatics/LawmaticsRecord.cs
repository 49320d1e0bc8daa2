using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics;

/// <summary>What one record says of another.</summary>
internal sealed record RecordLink(string Type, long Id);

/// <summary>Any record that Lawmatics keeps: a contact, a matter, a stage.</summary>
internal sealed class LawmaticsRecord
{
    public required long Id { get; init; }

    /// <summary>The attributes that were written; those that follow from others are made when the record is read.</summary>
    public JsonObject Attributes { get; init; } = [];

    /// <summary>The records that this one belongs to, by the relationship's name.</summary>
    public Dictionary<string, RecordLink?> One { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The records that were put to this one, such as its tags.</summary>
    public Dictionary<string, List<RecordLink>> Many { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The values of custom fields as Lawmatics keeps them, by the field's id.</summary>
    public Dictionary<long, JsonNode?> CustomValues { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    public string Text(string attribute) => Attributes[attribute]?.ToString() ?? "";

    public long? LinkedId(string relationship) => One.GetValueOrDefault(relationship)?.Id;

    /// <summary>A copy to try changes on, so that a write that is refused half way leaves nothing behind.</summary>
    public LawmaticsRecord Copy() => new()
    {
        Id = Id,
        Attributes = Attributes.DeepClone().AsObject(),
        One = new(One, StringComparer.Ordinal),
        Many = Many.ToDictionary(m => m.Key, m => m.Value.ToList(), StringComparer.Ordinal),
        CustomValues = CustomValues.ToDictionary(v => v.Key, v => v.Value?.DeepClone()),
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
    };
}
