using Kayse.Core;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>What a firm's statuses are called in Law Ruler.</summary>
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
