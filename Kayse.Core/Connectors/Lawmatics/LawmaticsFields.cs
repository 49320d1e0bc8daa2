using System.Globalization;
using System.Text.Json.Nodes;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Mapping;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What the custom field mappings send of a case: to the contact's fields and to the matter's. Values come from the client and the intake alone; what does not fit a field is left out and named in the audit log.</summary>
public sealed class LawmaticsFields(Mappings mappings, LawmaticsCatalog catalog, Matters matters, AuditLog audit, TimeProvider clock)
{
    /// <summary>The section of a contact's fields.</summary>
    public const string Contact = "Contact";

    /// <summary>The section of a matter's fields; reads call a matter a prospect.</summary>
    public const string Matter = "Prospect";

    // A character that no option has.
    private const string Separator = "\u001f";
    private const int MaxWarned = 20;

    /// <summary>The mapping of a section that applies to a case type: its own, else the one for all; null where there is neither.</summary>
    public async Task<FieldMapping?> MappingAsync(CompanyId company, string firm, string section, string? caseType, CancellationToken cancellationToken)
    {
        var key = Key(firm, section);
        return (caseType is null ? null : await mappings.FindFieldsAsync(company, key, caseType, cancellationToken)) ?? await mappings.FindFieldsAsync(company, key, FieldMapping.AnyCaseType, cancellationToken);
    }

    /// <summary>Replaces the mapping of a section.</summary>
    public Task SaveAsync(CompanyId company, string firm, string section, FieldMapping mapping, CancellationToken cancellationToken) =>
        mappings.SetFieldsAsync(company, Key(firm, section), mapping, cancellationToken);

    /// <summary>Takes a case type's own mappings away.</summary>
    public async Task RemoveAsync(CompanyId company, string firm, string caseType, CancellationToken cancellationToken)
    {
        await mappings.RemoveFieldsAsync(company, Key(firm, Contact), caseType, cancellationToken);
        await mappings.RemoveFieldsAsync(company, Key(firm, Matter), caseType, cancellationToken);
    }

    /// <summary>The values to send as <c>custom_fields</c>; null for none. Or what becomes of the attempt without them.</summary>
    /// <param name="target">The case.</param>
    /// <param name="section">Whose fields.</param>
    /// <param name="step">The step that asks, for the audit log.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task<(JsonArray? Values, StepOutcome? Instead)> ForAsync(LawmaticsTarget target, string section, string step, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (await MappingAsync(target.Company.Id, target.Firm, section, target.CaseType, cancellationToken) is not { Fields.Count: > 0 } mapping)
        {
            return (null, null);
        }

        var (list, failed) = await catalog.FieldsAsync(target, cancellationToken);
        if (list.Items is null)
        {
            return (null, LawmaticsOutcomes.Of(failed!, clock.GetUtcNow()));
        }

        var answers = await matters.AnswersAsync(target.Company.Id, target.Case.Id, cancellationToken);
        var known = list.Items.Where(field => field.Section == section).DistinctBy(field => field.Key).ToDictionary(field => field.Key, StringComparer.Ordinal);
        var (values, warnings) = (new JsonArray(), new List<string>());
        foreach (var pair in mapping.Fields)
        {
            if (!known.TryGetValue(pair.To, out var field))
            {
                warnings.Add($"{pair.To}: Lawmatics has no such field any more.");
            }
            else if (LawmaticsSources.Value(target, answers, pair.From) is { IsBlank: false } given)
            {
                var kind = KindOf(field);
                // A yes or no is sent as such, whatever words Lawmatics shows for it.
                Add(values, warnings, field, FieldConversion.Convert(given, kind, kind == FieldKind.YesNo ? [] : field.Options, Formats(target)));
            }
        }

        if (warnings.Count > 0)
        {
            await audit.WriteAsync(
                target.Company.Id, LawmaticsConnections.Crm, step, "warning", null, target.Case.Id.ToString(), $"These fields were not sent: {string.Join(" ", warnings.Take(MaxWarned))}", cancellationToken);
        }

        return (values.Count > 0 ? values : null, null);
    }

    /// <summary>How values are converted for a field, by Lawmatics' word for its type.</summary>
    public static FieldKind KindOf(CrmField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return field.InputType?.ToLowerInvariant() switch
        {
            "integer" => FieldKind.Integer,
            "boolean" => FieldKind.YesNo,
            "currency" => FieldKind.Currency,
            "date" => FieldKind.Date,
            "time" => FieldKind.Time,
            "datetime" => FieldKind.DateTime,
            "list" => FieldKind.SingleSelect,
            "multi_picklist" => FieldKind.MultiSelect,
            "lookup" => FieldKind.Lookup,
            _ => FieldKind.Text,
        };
    }

    private static void Add(JsonArray values, List<string> warnings, CrmField field, ConvertedValue converted)
    {
        if (converted.Text is { } text)
        {
            values.Add((JsonNode)new JsonObject { ["id"] = field.Key, ["value"] = Json(KindOf(field), text) });
        }
        else
        {
            warnings.Add($"{field.Label}: {converted.Reason}");
        }
    }

    private static JsonNode? Json(FieldKind kind, string text) => kind switch
    {
        FieldKind.YesNo => JsonValue.Create(text == "true"),
        FieldKind.Integer => JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture)),
        FieldKind.Currency => JsonValue.Create(decimal.Parse(text, CultureInfo.InvariantCulture)),
        FieldKind.MultiSelect => new JsonArray([.. text.Split(Separator).Select(option => (JsonNode?)JsonValue.Create(option))]),
        _ => JsonValue.Create(text),
    };

    private static FieldFormats Formats(LawmaticsTarget target) => new("true", "false", "yyyy-MM-dd", Separator)
    {
        Zone = TimeZoneInfo.TryFindSystemTimeZoneById(target.Company.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc,
    };

    private static string Key(string firm, string section) => $"{LawmaticsStages.Key(firm)}.{section.ToLowerInvariant()}";
}
