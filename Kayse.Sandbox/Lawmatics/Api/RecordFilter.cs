using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>The one filter of a list call: a field, a value and an operator, each with an alias.</summary>
internal static class RecordFilter
{
    private static readonly string[] Operators = ["=", "!=", "<=", "<", ">=", ">", "like", "ilike", "null", "not_null", "empty", "blank", "present"];
    private static readonly TimeSpan MaxMatch = TimeSpan.FromSeconds(1);

    /// <exception cref="LawmaticsRefusal">The field, the operator or the value cannot be filtered by.</exception>
    public static IEnumerable<LawmaticsRecord> Apply(LawmaticsFirm firm, ResourceKind kind, IQueryCollection query, IEnumerable<LawmaticsRecord> records)
    {
        var by = query["filter_by"].FirstOrDefault() ?? query["filter_field"].FirstOrDefault();
        if (string.IsNullOrEmpty(by))
        {
            return records;
        }

        if (firm.Options.RefusedFilters.Contains($"{kind.Path}.{by}", StringComparer.Ordinal) || Reader(firm, kind, by) is not { } read)
        {
            throw new LawmaticsRefusal(StatusCodes.Status422UnprocessableEntity, "Filter By Parameter Not Available", "Please use a valid filter_by parameter.");
        }

        var on = query["filter_on"].FirstOrDefault() ?? query["filter_value"].FirstOrDefault() ?? "";
        var with = query["filter_with"].FirstOrDefault() ?? query["filter_operator"].FirstOrDefault() ?? "";
        if (with.Length > 0 && !Operators.Contains(with, StringComparer.Ordinal))
        {
            throw new LawmaticsRefusal(StatusCodes.Status422UnprocessableEntity, "Filter With Parameter Not Available", "Please use a valid filter_with parameter.");
        }

        return records.Where(r => Fits(read(r), with, on));
    }

    private static Func<LawmaticsRecord, JsonNode?>? Reader(LawmaticsFirm firm, ResourceKind kind, string by)
    {
        var name = kind.FilterAliases.GetValueOrDefault(by, by);
        if (name == "id")
        {
            return r => r.Id;
        }

        if (kind == ResourceKind.Activities && name is "matter_id" or "contact_id")
        {
            var type = name == "matter_id" ? ResourceKind.Prospects.Type : ResourceKind.Contacts.Type;
            return r => r.One.Values.FirstOrDefault(l => l?.Type == type)?.Id;
        }

        if (kind.Has(name))
        {
            return name is "custom_fields" or "custom_field_values" ? null : r => RecordView.Value(firm, kind, r, name);
        }

        var relationship = name.EndsWith("_id", StringComparison.Ordinal) ? name[..^3] : "";
        return kind.One.Contains(relationship, StringComparer.Ordinal) ? r => r.LinkedId(relationship) : null;
    }

    private static bool Fits(JsonNode? value, string with, string on)
    {
        var text = value?.ToString();
        return with switch
        {
            "null" or "empty" or "blank" => string.IsNullOrEmpty(text),
            "not_null" or "present" => !string.IsNullOrEmpty(text),
            _ when text is null => with == "!=",
            "like" => Like(text, on, RegexOptions.None),
            "ilike" => Like(text, on, RegexOptions.IgnoreCase),
            "" when value!.GetValueKind() == JsonValueKind.String && !IsTime(text, out _) => Like(text, on, RegexOptions.IgnoreCase),
            _ => Compares(Compare(text, on), with),
        };
    }

    private static bool Compares(int? order, string with) => with switch
    {
        "" or "=" => order == 0,
        "!=" => order != 0,
        "<=" => order <= 0,
        "<" => order < 0,
        ">=" => order >= 0,
        _ => order > 0,
    };

    private static int? Compare(string value, string on)
    {
        if (IsTime(value, out var time))
        {
            return DateTimeOffset.TryParse(on, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var wanted)
                ? time.CompareTo(wanted)
                : throw LawmaticsRefusal.Invalid("filter_on is not a time.");
        }

        return decimal.TryParse(value, CultureInfo.InvariantCulture, out var number) && decimal.TryParse(on, CultureInfo.InvariantCulture, out var other)
            ? number.CompareTo(other)
            : string.CompareOrdinal(value, on);
    }

    private static bool IsTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    /// <summary>As in SQL: only a percent sign or an underscore stands for more than itself.</summary>
    private static bool Like(string text, string pattern, RegexOptions options) => Regex.IsMatch(
        text,
        "^" + Regex.Escape(pattern).Replace("%", ".*", StringComparison.Ordinal).Replace("_", ".", StringComparison.Ordinal) + "$",
        options | RegexOptions.Singleline | RegexOptions.CultureInvariant,
        MaxMatch);
}
