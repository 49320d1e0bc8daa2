using Kayse.Core;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>What a firm's statuses and fields are called in Law Ruler.</summary>
public static class MappingEndpoints
{
    private const string Base = "/integrations/lawruler";
    private const int MaxPairs = 500;
    private const int MaxText = 200;

    /// <summary>Maps the routes.</summary>
    public static void MapMappings(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet($"{Base}/statuses", GetStatusesAsync).WithSummary("Kayse's statuses and what they are called in Law Ruler.").Produces<StatusMapping>();
        company.MapPut($"{Base}/statuses", PutStatusesAsync).WithSummary("Replaces the status mapping; a status without a pair goes unchanged.").Produces<StatusMapping>();
        company.MapGet($"{Base}/mappings/{{caseType}}", GetFieldsAsync).WithSummary("What else is sent after a call, for a case type; * for all others.").Produces<FieldMapping>();
        company.MapPut($"{Base}/mappings/{{caseType}}", PutFieldsAsync).WithSummary("Replaces the field mapping of a case type; * for all others.").Produces<FieldMapping>();
    }

    private static async Task<IResult> GetStatusesAsync(HttpContext context, Mappings mappings) =>
        Results.Ok(await mappings.StatusesAsync(context.RouteCompany().Id, LawRulerConnections.Crm, context.RequestAborted));

    private static async Task<IResult> PutStatusesAsync(HttpContext context, Mappings mappings)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.StatusMapping);
        if (body is null)
        {
            return problem!;
        }

        var errors = CheckPairs(body.Entries, "entries", pair => [("kayse", pair.Kayse), ("crm", pair.Crm), ("crmId", pair.CrmId ?? "none")]);
        if (errors.Count == 0)
        {
            errors.AddRange(body.Duplicates().Select(i => new FieldError($"entries[{i}].kayse", $"«{body.Entries[i].Kayse}» stands in the mapping before and leads to another status of Law Ruler's: one status of Kayse's can be only one there.")));
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        await mappings.SetStatusesAsync(context.RouteCompany().Id, LawRulerConnections.Crm, body, context.RequestAborted);
        return Results.Ok(body);
    }

    private static async Task<IResult> GetFieldsAsync(HttpContext context, string caseType, Mappings mappings) =>
        IsCaseType(caseType)
            ? Results.Ok(await mappings.FindFieldsAsync(context.RouteCompany().Id, LawRulerConnections.Crm, caseType, context.RequestAborted) ?? new FieldMapping(caseType, []))
            : BadCaseType();

    private static async Task<IResult> PutFieldsAsync(HttpContext context, string caseType, Mappings mappings)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.FieldMapping);
        if (body is null || !IsCaseType(caseType))
        {
            return problem ?? BadCaseType();
        }

        var errors = CheckPairs(body.Fields, "fields", pair => [("from", pair.From), ("to", pair.To)]);
        for (var i = 0; errors.Count == 0 && i < body.Fields.Count; i++)
        {
            if (!FieldMapping.Sources.Contains(body.Fields[i].From) && !body.Fields[i].From.StartsWith("analysis.", StringComparison.Ordinal))
            {
                errors.Add(new FieldError($"fields[{i}].from", $"Expected analysis.{{key}} or one of: {string.Join(", ", FieldMapping.Sources)}."));
            }

            if (CampaignForm.IsReserved(body.Fields[i].To))
            {
                errors.Add(new FieldError($"fields[{i}].to", "This parameter is reserved."));
            }
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var mapping = body with { CaseType = caseType };
        await mappings.SetFieldsAsync(context.RouteCompany().Id, LawRulerConnections.Crm, mapping, context.RequestAborted);
        return Results.Ok(mapping);
    }

    // 200 bytes of a name fit into a row key after encoding.
    private static bool IsCaseType(string caseType) => caseType.Length is > 0 and <= 100 && !caseType.Any(char.IsControl);

    private static IResult BadCaseType() => Problems.Invalid(new FieldError("caseType", "Expected a case type's name of at most 100 characters, or *."));

    private static List<FieldError> CheckPairs<T>(IReadOnlyList<T>? pairs, string list, Func<T, (string Name, string? Value)[]> values)
    {
        if (pairs is null || pairs.Count > MaxPairs || pairs.Any(pair => pair is null))
        {
            return [new FieldError(list, $"Expected a list of at most {MaxPairs} pairs.")];
        }

        return
        [
            .. pairs.SelectMany((pair, i) => values(pair)
                .Where(field => string.IsNullOrWhiteSpace(field.Value) || field.Value.Length > MaxText || field.Value.Any(char.IsControl))
                .Select(field => new FieldError($"{list}[{i}].{field.Name}", $"Expected a text of at most {MaxText} characters."))),
        ];
    }
}
