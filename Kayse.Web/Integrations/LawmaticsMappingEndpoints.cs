using Kayse.Core;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>What goes into the custom fields of Lawmatics' contacts and matters: for all case types, and for single ones.</summary>
public static class LawmaticsMappingEndpoints
{
    private const string Route = "/integrations/lawmatics/mappings";
    private const string FieldsRoute = "/integrations/lawmatics/fields";

    /// <summary>Maps the routes.</summary>
    public static void MapLawmaticsMappings(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet(Route, (HttpContext context, LawmaticsConnections connections, LawmaticsFields fields, LawmaticsCatalog catalog) => GetAsync(context, FieldMapping.AnyCaseType, connections, fields, catalog))
            .WithSummary("The custom field mapping for all case types without one of their own.").Produces<LawmaticsMappingView>();
        company.MapPut(Route, (HttpContext context, LawmaticsConnections connections, LawmaticsFields fields, LawmaticsCatalog catalog) => PutAsync(context, FieldMapping.AnyCaseType, connections, fields, catalog))
            .WithSummary("Replaces it: {contact: [{from, to}], matter: [{from, to}]}, to being the id or name of a custom field.").Produces<LawmaticsMappingView>();
        company.MapGet($"{Route}/{{caseType}}", GetAsync).WithSummary("The custom field mapping of a case type; the one for all where it has none.").Produces<LawmaticsMappingView>();
        company.MapPut($"{Route}/{{caseType}}", PutAsync).WithSummary("Replaces the custom field mapping of a case type.").Produces<LawmaticsMappingView>();
        company.MapDelete($"{Route}/{{caseType}}", DeleteAsync).WithSummary("Takes a case type's own mapping away: the one for all applies to it again.").Produces<LawmaticsMappingView>();
        company.MapGet(FieldsRoute, (HttpContext context, LawmaticsCatalog catalog) => FieldsAsync(context, catalog, ListRead.LoadIfMissing)).WithSummary("Lawmatics' custom fields of contacts and matters; loaded from it the first time.").Produces<LawmaticsFieldsView>();
        company.MapPost($"{FieldsRoute}/refresh", (HttpContext context, LawmaticsCatalog catalog) => FieldsAsync(context, catalog, ListRead.Refresh)).WithSummary("Loads the custom fields anew; mappings stay.").Produces<LawmaticsFieldsView>();
    }

    private static async Task<IResult> FieldsAsync(HttpContext context, LawmaticsCatalog catalog, ListRead read) =>
        Results.Ok(LawmaticsFieldsView.Of(await catalog.FieldsAsync(context.RouteCompany().Id, read, context.RequestAborted)));

    private static async Task<IResult> GetAsync(HttpContext context, string caseType, LawmaticsConnections connections, LawmaticsFields fields, LawmaticsCatalog catalog) =>
        MappingRules.IsCaseType(caseType) ? Results.Ok(await ViewAsync(context, caseType, connections, fields, catalog)) : BadCaseType();

    private static async Task<IResult> PutAsync(HttpContext context, string caseType, LawmaticsConnections connections, LawmaticsFields fields, LawmaticsCatalog catalog)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.LawmaticsMappingBody);
        if (body is null || !MappingRules.IsCaseType(caseType))
        {
            return problem ?? BadCaseType();
        }

        var (company, cancellationToken) = (context.RouteCompany().Id, context.RequestAborted);
        var known = await catalog.FieldsAsync(company, ListRead.LoadIfMissing, cancellationToken);
        if (known.Items is null)
        {
            return Problems.Conflict("contact", $"Lawmatics' custom fields could not be loaded, so the mapping cannot be checked. {known.Fault?.Reason}");
        }

        var (contact, contactErrors) = LawmaticsMappingRules.Check(body.Contact ?? [], "contact", LawmaticsFields.Contact, known.Items, caseType);
        var (matter, matterErrors) = LawmaticsMappingRules.Check(body.Matter ?? [], "matter", LawmaticsFields.Matter, known.Items, caseType);
        if (contact is null || matter is null)
        {
            return Problems.Invalid([.. contactErrors, .. matterErrors]);
        }

        var firm = LawmaticsLinks.FirmOf(await connections.GetAsync(company, cancellationToken));
        await fields.SaveAsync(company, firm, LawmaticsFields.Contact, contact, cancellationToken);
        await fields.SaveAsync(company, firm, LawmaticsFields.Matter, matter, cancellationToken);
        return Results.Ok(await ViewAsync(context, caseType, connections, fields, catalog));
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string caseType, LawmaticsConnections connections, LawmaticsFields fields, LawmaticsCatalog catalog)
    {
        if (!MappingRules.IsCaseType(caseType))
        {
            return BadCaseType();
        }

        var company = context.RouteCompany().Id;
        var firm = LawmaticsLinks.FirmOf(await connections.GetAsync(company, context.RequestAborted));
        await fields.RemoveAsync(company, firm, caseType, context.RequestAborted);
        return Results.Ok(await ViewAsync(context, caseType, connections, fields, catalog));
    }

    private static async Task<LawmaticsMappingView> ViewAsync(HttpContext context, string caseType, LawmaticsConnections connections, LawmaticsFields fields, LawmaticsCatalog catalog)
    {
        var (company, cancellationToken) = (context.RouteCompany().Id, context.RequestAborted);
        var firm = LawmaticsLinks.FirmOf(await connections.GetAsync(company, cancellationToken));
        var known = await catalog.FieldsAsync(company, ListRead.LoadIfMissing, cancellationToken);
        var contact = await fields.MappingAsync(company, firm, LawmaticsFields.Contact, caseType, cancellationToken);
        var matter = await fields.MappingAsync(company, firm, LawmaticsFields.Matter, caseType, cancellationToken);
        var view = LawmaticsFieldsView.Of(known);
        List<LawmaticsPairView> contactPairs = [.. (contact?.Fields ?? []).Select(pair => LawmaticsPairView.Of(pair, view.Contact, known.Items is not null))];
        List<LawmaticsPairView> matterPairs = [.. (matter?.Fields ?? []).Select(pair => LawmaticsPairView.Of(pair, view.Matter, known.Items is not null))];
        List<string> warnings = [.. view.Warnings, .. contactPairs.Concat(matterPairs).Where(pair => pair.Gone).Select(pair => $"Lawmatics has no custom field {pair.To} any more: nothing is sent for it.")];
        return new LawmaticsMappingView(caseType, (contact ?? matter)?.CaseType == FieldMapping.AnyCaseType && caseType != FieldMapping.AnyCaseType, contactPairs, matterPairs, view, [.. LawmaticsSources.All.Keys, "answers.{key}"], warnings);
    }

    private static IResult BadCaseType() => Problems.Invalid(new FieldError("caseType", "Expected a case type's name of at most 100 characters, or *."));
}

/// <summary>A custom field mapping as it is sent.</summary>
/// <param name="Contact">The pairs for the contact's fields.</param>
/// <param name="Matter">The pairs for the matter's.</param>
public sealed record LawmaticsMappingBody(IReadOnlyList<FieldPair>? Contact, IReadOnlyList<FieldPair>? Matter);

/// <summary>A custom field mapping as it is shown.</summary>
/// <param name="CaseType">The case type, or <c>*</c>.</param>
/// <param name="Inherited">True when it is the one for all, since the case type has none of its own.</param>
/// <param name="Contact">The pairs for the contact's fields.</param>
/// <param name="Matter">The pairs for the matter's.</param>
/// <param name="Available">Lawmatics' custom fields.</param>
/// <param name="Sources">What a pair may take its value from.</param>
/// <param name="Warnings">What an admin should see to.</param>
public sealed record LawmaticsMappingView(
    string CaseType, bool Inherited, IReadOnlyList<LawmaticsPairView> Contact, IReadOnlyList<LawmaticsPairView> Matter, LawmaticsFieldsView Available, IReadOnlyList<string> Sources, IReadOnlyList<string> Warnings);

/// <summary>A pair as it is shown.</summary>
/// <param name="From">Where the value comes from.</param>
/// <param name="To">The custom field's id.</param>
/// <param name="Field">What Lawmatics says about it; null where it has it no more.</param>
/// <param name="Gone">True when Lawmatics has no such field any more.</param>
public sealed record LawmaticsPairView(string From, string To, LawmaticsFieldView? Field, bool Gone)
{
    /// <summary>A pair beside what is known of its field.</summary>
    public static LawmaticsPairView Of(FieldPair pair, IReadOnlyList<LawmaticsFieldView> fields, bool isKnown)
    {
        ArgumentNullException.ThrowIfNull(pair);
        var field = fields.FirstOrDefault(field => field.Id == pair.To);
        return new LawmaticsPairView(pair.From, pair.To, field, isKnown && field is null);
    }
}

/// <summary>Lawmatics' custom fields.</summary>
/// <param name="Contact">The contacts'.</param>
/// <param name="Matter">The matters'.</param>
/// <param name="LoadedAt">When they were loaded.</param>
/// <param name="Error">Why the last load failed, or null.</param>
/// <param name="Warnings">What an admin should see to.</param>
public sealed record LawmaticsFieldsView(IReadOnlyList<LawmaticsFieldView> Contact, IReadOnlyList<LawmaticsFieldView> Matter, DateTimeOffset? LoadedAt, ListFault? Error, IReadOnlyList<string> Warnings)
{
    /// <summary>The list as it is shown.</summary>
    public static LawmaticsFieldsView Of(CrmList<CrmField> list)
    {
        ArgumentNullException.ThrowIfNull(list);
        return new LawmaticsFieldsView(Section(list, LawmaticsFields.Contact), Section(list, LawmaticsFields.Matter), list.LoadedAt, list.Fault, list.Fault is null ? [] : [$"Lawmatics' custom fields could not be loaded: {list.Fault.Reason}"]);
    }

    private static List<LawmaticsFieldView> Section(CrmList<CrmField> list, string section) =>
        [.. (list.Items ?? []).Where(field => field.Section == section).Select(field => new LawmaticsFieldView(field.Key, field.Label, field.InputType, LawmaticsFields.KindOf(field), field.Options))];
}

/// <summary>A custom field of Lawmatics'.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="FieldType">Lawmatics' word for its type.</param>
/// <param name="Type">How values are converted for it.</param>
/// <param name="Options">The values it takes, where it takes only some.</param>
public sealed record LawmaticsFieldView(string Id, string Name, string? FieldType, FieldKind Type, IReadOnlyList<string> Options);
