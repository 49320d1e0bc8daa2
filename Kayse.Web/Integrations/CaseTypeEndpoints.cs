using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>Law Ruler's case types and the Kayse case types they are linked to.</summary>
public static class CaseTypeEndpoints
{
    private const string Route = "/integrations/lawruler/case-types";

    /// <summary>Maps the routes.</summary>
    public static void MapCaseTypes(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet(Route, GetAsync).WithSummary("Law Ruler's case types, loaded from it the first time, and what they are linked to.").Produces<CaseTypesView>();
        company.MapPost($"{Route}/refresh", RefreshAsync).WithSummary("Loads Law Ruler's case types anew; the links stay.").Produces<CaseTypesView>();
        company.MapPut(Route, PutAsync).WithSummary("Replaces the links. Mapped fields of a case type that is not linked are not sent.").Produces<CaseTypesView>();
    }

    private static Task<IResult> GetAsync(HttpContext context, LawRulerCatalog catalog, Mappings mappings) => AnswerAsync(context, catalog, mappings, ListRead.LoadIfMissing);

    private static Task<IResult> RefreshAsync(HttpContext context, LawRulerCatalog catalog, Mappings mappings) => AnswerAsync(context, catalog, mappings, ListRead.Refresh);

    private static async Task<IResult> PutAsync(HttpContext context, LawRulerCatalog catalog, Mappings mappings)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.CaseTypeLinks);
        if (body is null)
        {
            return problem!;
        }

        var company = context.RouteCompany().Id;
        var before = await mappings.LinksAsync(company, LawRulerConnections.Crm, context.RequestAborted);
        var known = await catalog.CaseTypesAsync(company, ListRead.LoadIfMissing, context.RequestAborted);
        var (links, errors) = MappingRules.Check(body, known.Items, before);
        if (links is null)
        {
            return Problems.Invalid(errors);
        }

        await mappings.SetLinksAsync(company, LawRulerConnections.Crm, links, context.RequestAborted);
        return Results.Ok(CaseTypesView.Of(links, known));
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, LawRulerCatalog catalog, Mappings mappings, ListRead read)
    {
        var company = context.RouteCompany().Id;
        var known = await catalog.CaseTypesAsync(company, read, context.RequestAborted);
        return Results.Ok(CaseTypesView.Of(await mappings.LinksAsync(company, LawRulerConnections.Crm, context.RequestAborted), known));
    }
}

/// <summary>Law Ruler's case types and their links.</summary>
/// <param name="Entries">The links.</param>
/// <param name="CaseTypes">Law Ruler's case types; empty when they were never loaded.</param>
/// <param name="LoadedAt">When they were loaded.</param>
/// <param name="Error">Why the last load failed, or null.</param>
/// <param name="Warnings">What an admin should see to.</param>
public sealed record CaseTypesView(IReadOnlyList<LinkView> Entries, IReadOnlyList<CaseTypeView> CaseTypes, DateTimeOffset? LoadedAt, ListFault? Error, IReadOnlyList<string> Warnings)
{
    /// <summary>Puts links and list together.</summary>
    public static CaseTypesView Of(CaseTypeLinks links, CrmList<CrmCaseType> known)
    {
        ArgumentNullException.ThrowIfNull(links);
        ArgumentNullException.ThrowIfNull(known);
        var entries = links.Entries.Select(link => new LinkView(link.Kayse, link.Crm, link.CrmId, IsGone(link, known))).ToList();
        var types = (known.Items ?? []).Select(type => new CaseTypeView(type.Id, type.Name, links.Find(type.Id, type.Name) is { } link && Is(link, type) ? link.Kayse : null)).ToList();
        return new CaseTypesView(entries, types, known.LoadedAt, known.Fault, [.. WarningsOf(entries, types, known)]);
    }

    private static bool IsGone(CaseTypeLink link, CrmList<CrmCaseType> known) => known.Items is not null && !known.Items.Any(type => Is(link, type));

    private static bool Is(CaseTypeLink link, CrmCaseType type) => link.CrmId is null || type.Id is null ? CaseTypeLinks.Same(link.Crm, type.Name) : link.CrmId == type.Id;

    private static IEnumerable<string> WarningsOf(List<LinkView> entries, List<CaseTypeView> types, CrmList<CrmCaseType> known)
    {
        if (known.Fault is { } fault)
        {
            yield return $"Law Ruler's case types could not be loaded: {fault.Reason}";
        }

        foreach (var entry in entries.Where(entry => entry.Gone))
        {
            yield return $"Law Ruler has the case type {entry.Crm} no more.";
        }

        var unlinked = types.Count(type => type.Kayse is null);
        if (unlinked > 0)
        {
            yield return $"{unlinked} of Law Ruler's case types {(unlinked == 1 ? "is" : "are")} not linked: mapped fields of {(unlinked == 1 ? "it" : "them")} are not sent.";
        }
    }
}

/// <summary>A link as it is shown.</summary>
/// <param name="Kayse">Kayse's case type.</param>
/// <param name="Crm">Law Ruler's name for it.</param>
/// <param name="CrmId">Law Ruler's id, or null where it is not known.</param>
/// <param name="Gone">True when Law Ruler has it no more.</param>
public sealed record LinkView(string Kayse, string Crm, string? CrmId, bool Gone);

/// <summary>A case type of Law Ruler's.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kayse">The Kayse case type it is linked to, or null.</param>
public sealed record CaseTypeView(string? Id, string Name, string? Kayse);
