using System.Text.Json;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>A record of Lawmatics': <c>{id, type, attributes, relationships}</c>. Ids come as strings, in some places as numbers.</summary>
/// <param name="json">The record.</param>
public sealed class LawmaticsRecord(JsonElement json)
{
    /// <summary>The record as it came.</summary>
    public JsonElement Json => json;

    /// <summary>Its id; empty where it has none.</summary>
    public string Id => JsonText.Text(json, "id") ?? string.Empty;

    /// <summary>Its type, e.g. <c>contact</c> or <c>prospect</c>.</summary>
    public string? Type => JsonText.Text(json, "type");

    /// <summary>An attribute as it came; null where there is none.</summary>
    public JsonElement? Attribute(string name) => JsonText.Property(json, "attributes") is { } attributes ? JsonText.Property(attributes, name) : null;

    /// <summary>An attribute's text; null where there is none.</summary>
    public string? Text(string name) => JsonText.Property(json, "attributes") is { } attributes ? JsonText.Text(attributes, name) : null;

    /// <summary>The id of the one record that a relationship names; null where there is none.</summary>
    public string? Related(string name) => JsonText.Property(json, "relationships") is { } relationships && JsonText.Property(relationships, name) is { } relation
        && JsonText.Property(relation, "data") is { } data ? JsonText.Text(data, "id") : null;
}
