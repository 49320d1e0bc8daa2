using System.Text.Json;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>What the fields of a lead say, out of the detail that the Advanced API gives. Where it tells custom fields is not public: a field is looked for by its name wherever names stand.</summary>
public sealed class LeadFields
{
    private static readonly Dictionary<string, string[]> s_places = new(StringComparer.OrdinalIgnoreCase)
    {
        ["FirstName"] = ["Contact", "Firstname"],
        ["LastName"] = ["Contact", "Lastname"],
        ["FullName"] = ["Contact", "FullName"],
        ["CellPhone"] = ["Contact", "CellPhone"],
        ["Email1"] = ["Contact", "PrimaryEmail"],
        ["LeadProvider"] = ["Source", "Name"],
    };

    private readonly JsonElement _lead;

    /// <summary>Takes an answer: the lead itself, or under <c>Data</c>; both were seen.</summary>
    public LeadFields(JsonElement answer) => _lead = JsonText.Property(answer, "Data") ?? answer;

    /// <summary>A field's value; null where the answer does not tell it.</summary>
    public string? Value(string field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var name = field.Trim();
        if (s_places.TryGetValue(name, out var place) && JsonText.Property(_lead, place[0]) is { } parent && JsonText.Text(parent, place[1]) is { } known)
        {
            return known;
        }

        return new[] { _lead, JsonText.Property(_lead, "Fields"), JsonText.Property(_lead, "CustomFields"), JsonText.Property(_lead, "Contact") }
            .Select(part => part is { } json ? In(json, name) : null)
            .FirstOrDefault(value => value is not null);
    }

    /// <summary>True when what a field says is what was sent: blanks, case, the way a date is written and the encoding of markup do not count.</summary>
    public static bool Says(string? value, string sent)
    {
        ArgumentNullException.ThrowIfNull(sent);
        var said = value?.Trim() ?? string.Empty;
        return string.Equals(said, sent.Trim(), StringComparison.OrdinalIgnoreCase)
            || string.Equals(said, CampaignForm.Encode(sent).Trim(), StringComparison.OrdinalIgnoreCase)
            || (LawRulerTime.ReadDate(said) is { } date && date == LawRulerTime.ReadDate(sent));
    }

    private static string? In(JsonElement json, string name) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().Where(property => property.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) && Is(property, name))
            .Select(property => JsonText.Text(json, property.Name)).FirstOrDefault(text => text is not null),
        JsonValueKind.Array => json.EnumerateArray().Where(item => string.Equals(JsonText.Text(item, "Key") ?? JsonText.Text(item, "Name"), name, StringComparison.OrdinalIgnoreCase))
            .Select(item => JsonText.Text(item, "Value") ?? string.Empty).FirstOrDefault(),
        _ => null,
    };

    private static bool Is(JsonProperty property, string name)
    {
        try
        {
            return string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase);
        }
        catch (InvalidOperationException)
        {
            // A name that is no Unicode text.
            return false;
        }
    }
}
