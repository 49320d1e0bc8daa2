using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>Writing custom fields: which a record may have, and what each type takes and keeps.</summary>
internal static class CustomFieldWriter
{
    private static readonly string[] Dates = ["MM/dd/yyyy", "M/d/yyyy", "yyyy-MM-dd"];

    /// <summary>Writes <c>custom_fields</c> of a body; null clears.</summary>
    /// <param name="firm">Whose fields they are.</param>
    /// <param name="type">The fields' <c>type</c>, as reads show it.</param>
    /// <param name="record">What they are written to.</param>
    /// <param name="body">The flat body.</param>
    /// <exception cref="LawmaticsRefusal">A field is not this record's, or its value is none that it takes.</exception>
    public static void Write(LawmaticsFirm firm, string type, LawmaticsRecord record, JsonObject body)
    {
        if (body["custom_fields"] is not { } given)
        {
            return;
        }

        foreach (var row in given as JsonArray ?? throw LawmaticsRefusal.Invalid("Custom fields must be a list."))
        {
            var id = (row as JsonObject)?["id"]?.ToString();
            var field = firm.Find(ResourceKind.CustomFields, id);
            if (field is null || field.Text("type") != type)
            {
                throw LawmaticsRefusal.Invalid($"Custom field {id} does not exist.");
            }

            record.CustomValues[field.Id] = Kept(firm, field, row!["value"]);
        }
    }

    private static JsonNode? Kept(LawmaticsFirm firm, LawmaticsRecord field, JsonNode? value)
    {
        if (value is null)
        {
            return null;
        }

        var text = value.ToString();
        JsonNode? kept = field.Text("field_type") switch
        {
            "string" or "text" => text,
            "boolean" => Boolean(value),
            "integer" => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
            "currency" => decimal.TryParse(text, CultureInfo.InvariantCulture, out var money) ? money : null,
            "date" => DateOnly.TryParseExact(Day(text), Dates, out var date) ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null,
            "datetime" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? firm.Time(at) : null,
            "time" => TimeOnly.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time.ToString("HH:mm", CultureInfo.InvariantCulture) : null,
            "list" => Option(field, text),
            "lookup" => firm.Find(ResourceKind.Contacts, text) is { } contact ? contact.Id : null,
            "multi_picklist" => Options(field, value),
            _ => null,
        };
        return kept ?? throw LawmaticsRefusal.Invalid($"{field.Text("name")} is invalid.");
    }

    /// <summary>An ISO time counts for its day.</summary>
    private static string Day(string text) => text.IndexOf('T', StringComparison.Ordinal) is > 0 and var at ? text[..at] : text;

    private static JsonValue? Boolean(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.True => JsonValue.Create(true),
        JsonValueKind.False => JsonValue.Create(false),
        _ => bool.TryParse(value.ToString(), out var yes) ? JsonValue.Create(yes) : null,
    };

    private static JsonArray? Options(LawmaticsRecord field, JsonNode value)
    {
        var names = value is JsonArray list ? list.Select(v => v?.ToString() ?? "") : value.ToString().Split(',', StringSplitOptions.TrimEntries);
        var ids = names.Select(n => Option(field, n)).ToList();
        return ids.Contains(null) ? null : new JsonArray([.. ids]);
    }

    /// <summary>The id of the option of that name.</summary>
    private static JsonNode? Option(LawmaticsRecord field, string name) => (field.Attributes["list_options"] as JsonArray)?
        .FirstOrDefault(o => string.Equals(o?["name"]?.ToString(), name, StringComparison.OrdinalIgnoreCase))?["id"]?.DeepClone();
}
