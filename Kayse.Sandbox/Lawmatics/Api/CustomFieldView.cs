using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>The custom fields of a record as they are answered.</summary>
internal static class CustomFieldView
{
    /// <summary>The list, in which the same field may stand twice.</summary>
    public static JsonArray Rows(LawmaticsFirm firm, ResourceKind kind, LawmaticsRecord record)
    {
        var rows = new JsonArray();
        var asText = firm.Options.CustomFieldIds == CustomFieldIds.Text || (firm.Options.CustomFieldIds == CustomFieldIds.Mixed && kind == ResourceKind.Prospects);
        for (var turn = 0; turn < (firm.Options.RepeatCustomFields ? 2 : 1); turn++)
        {
            foreach (var (id, value) in record.CustomValues)
            {
                rows.Add(Row(firm, id, value, asText));
            }
        }

        return rows;
    }

    public static JsonObject ById(LawmaticsFirm firm, ResourceKind kind, LawmaticsRecord record)
    {
        var values = new JsonObject();
        foreach (var (id, value) in record.CustomValues)
        {
            values[id.ToString()] = Row(firm, id, value, kind == ResourceKind.Prospects);
        }

        return values;
    }

    /// <summary>A value for people: an option's name instead of its id, Yes and No.</summary>
    public static string? Formatted(LawmaticsRecord field, JsonNode? value) => value switch
    {
        null => null,
        JsonArray several => string.Join(", ", several.Select(v => Formatted(field, v))),
        JsonValue one when one.TryGetValue<bool>(out var yes) => yes ? "Yes" : "No",
        _ => Option(field, value.ToString()) ?? value.ToString(),
    };

    private static JsonObject Row(LawmaticsFirm firm, long id, JsonNode? value, bool asText)
    {
        var field = firm.Find(ResourceKind.CustomFields, id);
        return new JsonObject
        {
            ["id"] = asText ? id.ToString() : id,
            ["name"] = field?.Text("name"),
            ["field_type"] = field?.Text("field_type"),
            ["value"] = value?.DeepClone(),
            ["formatted_value"] = field is null ? null : Formatted(field, value),
        };
    }

    private static string? Option(LawmaticsRecord field, string id) =>
        (field.Attributes["list_options"] as JsonArray)?.FirstOrDefault(o => o?["id"]?.ToString() == id)?["name"]?.ToString();
}
