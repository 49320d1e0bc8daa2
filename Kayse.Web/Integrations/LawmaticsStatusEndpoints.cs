using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Mapping;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>What Lawmatics' stages mean for a case's status in Kayse.</summary>
public static class LawmaticsStatusEndpoints
{
    private const string Route = "/integrations/lawmatics/statuses";

    /// <summary>Maps the routes.</summary>
    public static void MapLawmaticsStatuses(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet(Route, GetAsync).WithSummary("Lawmatics' stages and the statuses of Kayse's that they mean, saved or by default; stages without a status are listed.").Produces<LawmaticsStatusesView>();
        company.MapPut(Route, PutAsync).WithSummary("Replaces the status map: {entries: [{kayse, crm, crmId?}]}, crm being a stage or sub status of Lawmatics'.").Produces<LawmaticsStatusesView>();
    }

    private static async Task<IResult> GetAsync(HttpContext context, LawmaticsStatuses statuses, LawmaticsCatalog catalog) => Results.Ok(await ViewAsync(context, statuses, catalog));

    private static async Task<IResult> PutAsync(HttpContext context, LawmaticsStatuses statuses, LawmaticsCatalog catalog)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.StatusMapping);
        if (body is null)
        {
            return problem!;
        }

        if (LawmaticsMappingRules.Check(body) is { Count: > 0 } errors)
        {
            return Problems.Invalid(errors);
        }

        await statuses.SaveAsync(context.RouteCompany().Id, body, context.RequestAborted);
        return Results.Ok(await ViewAsync(context, statuses, catalog));
    }

    private static async Task<LawmaticsStatusesView> ViewAsync(HttpContext context, LawmaticsStatuses statuses, LawmaticsCatalog catalog)
    {
        var (company, cancellationToken) = (context.RouteCompany().Id, context.RequestAborted);
        var saved = await statuses.SavedAsync(company, cancellationToken);
        var mapping = saved ?? LawmaticsStatuses.Defaults;
        var stages = await catalog.StagesAsync(company, ListRead.LoadIfMissing, cancellationToken);
        var subStatuses = await catalog.SubStatusesAsync(company, ListRead.LoadIfMissing, cancellationToken);
        var unmapped = (stages.Items ?? []).Where(stage => !mapping.Entries.Any(pair => pair.CrmId == stage.Id || (pair.CrmId is null && StatusMapping.Same(pair.Crm, stage.Name)))).ToList();
        return new LawmaticsStatusesView(
            mapping.Entries, saved is null, stages.Items ?? [], unmapped, subStatuses.Items ?? [], [.. WarningsOf(saved, stages.Items, subStatuses.Items)], stages.Fault ?? subStatuses.Fault);
    }

    /// <summary>A warning for each saved entry that names nothing of Lawmatics': it is kept, since a stage may come later, but a slip of the pen is never told otherwise.</summary>
    private static IEnumerable<string> WarningsOf(StatusMapping? saved, IReadOnlyList<CrmStage>? stages, IReadOnlyList<CrmCaseType>? subStatuses) =>
        saved is null || stages is null || subStatuses is null ? []
            : saved.Entries
                .Where(pair => !stages.Any(stage => stage.Id == pair.CrmId || StatusMapping.Same(stage.Name, pair.Crm)) && !subStatuses.Any(one => one.Id == pair.CrmId || StatusMapping.Same(one.Name, pair.Crm)))
                .Select(pair => $"Lawmatics has neither a stage nor a sub status {pair.Crm}.");
}

/// <summary>The status map as it is shown.</summary>
/// <param name="Entries">The pairs.</param>
/// <param name="Default">True when nobody has saved any.</param>
/// <param name="Stages">Lawmatics' stages; empty when they were never loaded.</param>
/// <param name="Unmapped">Those of them that have no status: a matter that comes there leaves its case's status as it is.</param>
/// <param name="SubStatuses">Lawmatics' sub statuses, which may be mapped too.</param>
/// <param name="Warnings">What an admin should see to.</param>
/// <param name="Error">Why the last load of the stages or sub statuses failed, or null.</param>
public sealed record LawmaticsStatusesView(
    IReadOnlyList<StatusPair> Entries, bool Default, IReadOnlyList<CrmStage> Stages, IReadOnlyList<CrmStage> Unmapped, IReadOnlyList<CrmCaseType> SubStatuses, IReadOnlyList<string> Warnings, ListFault? Error);
