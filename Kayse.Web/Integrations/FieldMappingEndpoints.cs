using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>What else is sent to Law Ruler after a call, case type by case type, and what single campaigns do otherwise.</summary>
public static class FieldMappingEndpoints
{
    private const string Route = "/integrations/lawruler/mappings/{caseType}";

    /// <summary>Maps the routes.</summary>
    public static void MapFieldMappings(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet(Route, GetAsync).WithSummary("The mapping of a Kayse case type; * for all linked ones without their own. A field that is gone in Law Ruler is marked.").Produces<FieldMappingView>();
        company.MapPut(Route, PutAsync).WithSummary("Replaces the mapping of a case type. One that is not linked is kept, but blocked.").Produces<FieldMappingView>();
        company.MapDelete(Route, DeleteAsync).WithSummary("Takes the mapping of a case type away: the one for all applies to it again.");
    }

    private static async Task<IResult> GetAsync(HttpContext context, string caseType, LawRulerConnections connections, LawRulerCatalog catalog, Mappings mappings)
    {
        if (!MappingRules.IsCaseType(caseType))
        {
            return BadCaseType();
        }

        var (company, cancellationToken) = (context.RouteCompany().Id, context.RequestAborted);
        var links = await mappings.LinksAsync(company, LawRulerConnections.Crm, cancellationToken);
        var linked = links.Of(caseType);
        var found = await FindAsync(company, caseType, linked, mappings, cancellationToken);
        return Results.Ok(await ViewAsync(company, found ?? new FieldMapping(Name(caseType, linked), []), links, linked, connections, catalog, cancellationToken));
    }

    private static async Task<IResult> PutAsync(HttpContext context, string caseType, LawRulerConnections connections, LawRulerCatalog catalog, Mappings mappings)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.FieldMapping);
        if (body is null || !MappingRules.IsCaseType(caseType))
        {
            return problem ?? BadCaseType();
        }

        if (MappingRules.Check(body) is { Count: > 0 } errors)
        {
            return Problems.Invalid(errors);
        }

        var (company, cancellationToken) = (context.RouteCompany().Id, context.RequestAborted);
        var links = await mappings.LinksAsync(company, LawRulerConnections.Crm, cancellationToken);
        var linked = links.Of(caseType);
        var mapping = body with { CaseType = Name(caseType, linked) };
        await mappings.SetFieldsAsync(company, LawRulerConnections.Crm, mapping, cancellationToken);
        return Results.Ok(await ViewAsync(company, mapping, links, linked, connections, catalog, cancellationToken));
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string caseType, Mappings mappings)
    {
        if (!MappingRules.IsCaseType(caseType))
        {
            return BadCaseType();
        }

        var (company, cancellationToken) = (context.RouteCompany().Id, context.RequestAborted);
        var linked = (await mappings.LinksAsync(company, LawRulerConnections.Crm, cancellationToken)).Of(caseType);
        foreach (var name in Names(caseType, linked))
        {
            await mappings.RemoveFieldsAsync(company, LawRulerConnections.Crm, name, cancellationToken);
        }

        return Results.NoContent();
    }

    /// <summary>A mapping is kept under Kayse's name; one that was made before the case type was linked stands under Law Ruler's.</summary>
    private static async Task<FieldMapping?> FindAsync(CompanyId company, string caseType, IReadOnlyList<CaseTypeLink> linked, Mappings mappings, CancellationToken cancellationToken)
    {
        foreach (var name in Names(caseType, linked))
        {
            if (await mappings.FindFieldsAsync(company, LawRulerConnections.Crm, name, cancellationToken) is { } mapping)
            {
                return mapping;
            }
        }

        return null;
    }

    private static IEnumerable<string> Names(string caseType, IReadOnlyList<CaseTypeLink> linked) => linked.Select(link => link.Crm).Prepend(Name(caseType, linked));

    private static string Name(string caseType, IReadOnlyList<CaseTypeLink> linked) => linked.Count > 0 ? linked[0].Kayse : caseType;

    private static async Task<FieldMappingView> ViewAsync(
        CompanyId company, FieldMapping mapping, CaseTypeLinks links, IReadOnlyList<CaseTypeLink> linked, LawRulerConnections connections, LawRulerCatalog catalog, CancellationToken cancellationToken)
    {
        var isForAll = mapping.CaseType == FieldMapping.AnyCaseType;
        var (fields, lists) = await catalog.FieldsAsync(company, isForAll ? links.Entries : linked, isForAll ? ListRead.Stored : ListRead.LoadIfMissing, cancellationToken);
        var settings = (await connections.GetAsync(company, cancellationToken)).Settings;
        var isBlocked = isForAll ? links.Entries.Count == 0 : linked.Count == 0;
        var fault = lists.Select(list => list.Fault).FirstOrDefault(fault => fault is not null);
        var pairs = mapping.Fields.Select(pair => PairView.Of(pair.From, pair.To, fields, settings)).ToList();
        var campaigns = mapping.Campaigns.Select(own => new CampaignOverrideView(own.Campaign, [.. own.Fields.Select(pair => PairView.Of(pair.From, pair.To, fields, settings))])).ToList();
        var warnings = Warnings(mapping.CaseType, isBlocked, fault, fields, pairs.Concat(campaigns.SelectMany(own => own.Fields)));
        var available = fields.All.Select(field => FieldView.Of(field, settings)).ToList();
        return new FieldMappingView(mapping.CaseType, isForAll ? links.Entries : linked, isBlocked, pairs, campaigns, available, lists.Select(list => list.LoadedAt).Min(), fault, [.. warnings]);
    }

    private static IEnumerable<string> Warnings(string caseType, bool isBlocked, ListFault? fault, CrmFieldSet fields, IEnumerable<PairView> pairs)
    {
        if (isBlocked)
        {
            yield return caseType == FieldMapping.AnyCaseType ? "No case type is linked yet: this mapping is blocked and nothing of it is sent. Link case types first." : MappedFields.NotLinked(caseType);
        }

        if (fault is not null)
        {
            yield return $"The list of fields could not be loaded: {fault.Reason}";
        }
        else if (!isBlocked && !fields.IsComplete)
        {
            yield return "Law Ruler's fields were not loaded for every linked case type: what they lack goes as text. Load them with …/fields/refresh?caseType=.";
        }

        foreach (var to in pairs.Where(pair => pair.Gone).Select(pair => pair.To).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            yield return $"Law Ruler's list of fields has no {to}: nothing is sent for it.";
        }
    }

    private static IResult BadCaseType() => Problems.Invalid(new FieldError("caseType", "Expected a case type's name of at most 100 characters, or *."));
}

/// <summary>A mapping as it is shown.</summary>
/// <param name="CaseType">The Kayse case type, or <c>*</c>.</param>
/// <param name="Links">Law Ruler's case types that it is linked to.</param>
/// <param name="Blocked">True when nothing of it is sent because the case type is not linked.</param>
/// <param name="Fields">The pairs.</param>
/// <param name="Campaigns">What single campaigns do otherwise.</param>
/// <param name="Available">All of Law Ruler's fields for the case type, as far as they were loaded.</param>
/// <param name="FieldsLoadedAt">When Law Ruler's fields were loaded; null when they never were, and values go as text.</param>
/// <param name="Error">Why the last load of the fields failed, or null.</param>
/// <param name="Warnings">What an admin should see to.</param>
public sealed record FieldMappingView(
    string CaseType, IReadOnlyList<CaseTypeLink> Links, bool Blocked, IReadOnlyList<PairView> Fields, IReadOnlyList<CampaignOverrideView> Campaigns,
    IReadOnlyList<FieldView> Available, DateTimeOffset? FieldsLoadedAt, ListFault? Error, IReadOnlyList<string> Warnings);

/// <summary>A campaign's own pairs.</summary>
/// <param name="Campaign">The campaign's id.</param>
/// <param name="Fields">The pairs.</param>
public sealed record CampaignOverrideView(string Campaign, IReadOnlyList<PairView> Fields);

/// <summary>A pair as it is shown.</summary>
/// <param name="From">Where the value comes from; null where a campaign sends nothing.</param>
/// <param name="To">The parameter in Law Ruler.</param>
/// <param name="Field">What Law Ruler says about it; null where its fields were not loaded, and for the parameters that every lead has.</param>
/// <param name="Gone">True when Law Ruler's list of fields has no such field.</param>
public sealed record PairView(string? From, string To, FieldView? Field, bool Gone)
{
    /// <summary>A pair beside what is known of its field.</summary>
    public static PairView Of(string? from, string to, CrmFieldSet fields, LawRulerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return new PairView(from, to, fields.Find(to) is { } field ? FieldView.Of(field, settings) : null, MappedFields.IsGone(to, fields));
    }
}
