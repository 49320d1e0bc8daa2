using Kayse.Core.Cases;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Mapping;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>Into which stage of Lawmatics' a new matter goes, by its case type; each has a default.</summary>
public static class LawmaticsStageEndpoints
{
    private const string Route = "/integrations/lawmatics/stages";
    private const int MostCases = 100;

    /// <summary>Maps the routes.</summary>
    public static void MapLawmaticsStages(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet(Route, GetAsync).WithSummary("The stage and practice area of each case type, saved or by default, and Lawmatics' stages; loaded from it the first time.").Produces<StagesView>();
        company.MapPost($"{Route}/refresh", RefreshAsync).WithSummary("Loads Lawmatics' stages, practice areas and sub statuses anew; the mappings stay.").Produces<StagesView>();
        company.MapPut(Route, PutAsync).WithSummary("Replaces the saved entries; a case type without one has its default.").Produces<StagesView>();
    }

    private static Task<IResult> GetAsync(HttpContext context, LawmaticsConnections connections, LawmaticsStages stages, LawmaticsCatalog catalog, Mappings mappings, CaseStore cases) =>
        AnswerAsync(context, connections, stages, catalog, mappings, cases, ListRead.LoadIfMissing);

    private static async Task<IResult> RefreshAsync(HttpContext context, LawmaticsConnections connections, LawmaticsStages stages, LawmaticsCatalog catalog, Mappings mappings, CaseStore cases)
    {
        await catalog.SubStatusesAsync(context.RouteCompany().Id, ListRead.Refresh, context.RequestAborted);
        return await AnswerAsync(context, connections, stages, catalog, mappings, cases, ListRead.Refresh);
    }

    private static async Task<IResult> PutAsync(HttpContext context, LawmaticsConnections connections, LawmaticsStages stages, LawmaticsCatalog catalog, Mappings mappings, CaseStore cases)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.StageMapping);
        if (body is null)
        {
            return problem!;
        }

        var (company, cancellationToken) = (context.RouteCompany().Id, context.RequestAborted);
        var known = await catalog.StagesAsync(company, ListRead.LoadIfMissing, cancellationToken);
        var areas = await catalog.PracticeAreasAsync(company, ListRead.LoadIfMissing, cancellationToken);
        if (known.Items is null || areas.Items is null)
        {
            return Problems.Conflict("entries", $"Lawmatics' stages could not be loaded, so the mapping cannot be checked. {(known.Fault ?? areas.Fault)?.Reason}");
        }

        var (mapping, errors) = LawmaticsMappingRules.Check(body, known.Items, areas.Items);
        if (mapping is null)
        {
            return Problems.Invalid(errors);
        }

        await stages.SaveAsync(company, LawmaticsLinks.FirmOf(await connections.GetAsync(company, cancellationToken)), mapping, cancellationToken);
        return await AnswerAsync(context, connections, stages, catalog, mappings, cases, ListRead.Stored);
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext context, LawmaticsConnections connections, LawmaticsStages stages, LawmaticsCatalog catalog, Mappings mappings, CaseStore cases, ListRead read)
    {
        var (company, cancellationToken) = (context.RouteCompany().Id, context.RequestAborted);
        var saved = await stages.SavedAsync(company, LawmaticsLinks.FirmOf(await connections.GetAsync(company, cancellationToken)), cancellationToken);
        var known = await catalog.StagesAsync(company, read, cancellationToken);
        var areas = await catalog.PracticeAreasAsync(company, read, cancellationToken);
        var (recent, _) = await cases.ListCasesAsync(company, null, MostCases, cancellationToken);
        var linked = await mappings.LinksAsync(company, Core.Connectors.LawRuler.LawRulerConnections.Crm, cancellationToken);
        var caseTypes = saved.Entries.Select(entry => entry.Kayse)
            .Concat(recent.Select(matter => matter.CaseType)).Concat(linked.Entries.Select(link => link.Kayse)).Concat(StageDefaults.CaseTypes)
            .OfType<string>().Select(name => name.Trim()).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase);
        return Results.Ok(StagesView.Of(saved, caseTypes, known, areas));
    }
}

/// <summary>The stage mapping as it is shown.</summary>
/// <param name="Entries">Each case type's stage and practice area: the saved ones, the firm's own case types, and the usual ones.</param>
/// <param name="Stages">Lawmatics' stages; empty when they were never loaded.</param>
/// <param name="PracticeAreas">Lawmatics' practice areas.</param>
/// <param name="LoadedAt">When they were loaded.</param>
/// <param name="Error">Why the last load failed, or null.</param>
/// <param name="Warnings">What an admin should see to.</param>
public sealed record StagesView(
    IReadOnlyList<StageEntryView> Entries, IReadOnlyList<CrmStage> Stages, IReadOnlyList<CrmCaseType> PracticeAreas, DateTimeOffset? LoadedAt, ListFault? Error, IReadOnlyList<string> Warnings)
{
    /// <summary>Puts mapping and lists together.</summary>
    public static StagesView Of(StageMapping saved, IEnumerable<string> caseTypes, CrmList<CrmStage> stages, CrmList<CrmCaseType> areas)
    {
        ArgumentNullException.ThrowIfNull(saved);
        ArgumentNullException.ThrowIfNull(caseTypes);
        ArgumentNullException.ThrowIfNull(stages);
        ArgumentNullException.ThrowIfNull(areas);
        var entries = caseTypes.Select(name => StageEntryView.Of(name, saved, stages.Items, areas.Items)).ToList();
        return new StagesView(entries, stages.Items ?? [], areas.Items ?? [], stages.LoadedAt, stages.Fault ?? areas.Fault, [.. WarningsOf(entries, stages.Fault ?? areas.Fault)]);
    }

    private static IEnumerable<string> WarningsOf(List<StageEntryView> entries, ListFault? fault)
    {
        if (fault is not null)
        {
            yield return $"Lawmatics' stages could not be loaded: {fault.Reason}";
        }

        foreach (var entry in entries.Where(entry => entry.Gone))
        {
            yield return $"What is mapped for {entry.Kayse} is not in Lawmatics any more: its matters are not sent until another stage is chosen.";
        }
    }
}

/// <summary>A case type's stage.</summary>
/// <param name="Kayse">The case type, or <c>*</c> for all without an entry.</param>
/// <param name="Crm">The stage's name; null for none.</param>
/// <param name="CrmId">The stage's id.</param>
/// <param name="Pipeline">The pipeline that it is in.</param>
/// <param name="PracticeArea">The practice area's name; null for the one that the matter names.</param>
/// <param name="PracticeAreaId">The practice area's id.</param>
/// <param name="Default">True when nobody has chosen it.</param>
/// <param name="Gone">True when Lawmatics has it no more.</param>
public sealed record StageEntryView(string Kayse, string? Crm, string? CrmId, string? Pipeline, string? PracticeArea, string? PracticeAreaId, bool Default, bool Gone)
{
    /// <summary>The entry of a case type.</summary>
    public static StageEntryView Of(string caseType, StageMapping saved, IReadOnlyList<CrmStage>? stages, IReadOnlyList<CrmCaseType>? areas)
    {
        ArgumentNullException.ThrowIfNull(saved);
        var entry = saved.Find(caseType);
        var choice = LawmaticsStages.Choose(saved, caseType, null, stages ?? [], areas ?? []);
        var isKnown = stages is not null && areas is not null;
        return new StageEntryView(
            caseType, choice.Stage?.Name ?? entry?.Crm, choice.Stage?.Id ?? entry?.CrmId, choice.Stage?.Pipeline, choice.Area?.Name ?? entry?.PracticeArea, choice.Area?.Id ?? entry?.PracticeAreaId,
            Default: entry is null, Gone: isKnown && (choice.IsStageGone || choice.IsAreaGone));
    }
}
