using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>The fields that Law Ruler has for a case type, for looking at before they are mapped.</summary>
public static class FieldEndpoints
{
    private const string Route = "/integrations/lawruler/fields";

    /// <summary>Maps the routes.</summary>
    public static void MapFields(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet(Route, GetAsync).WithSummary("Law Ruler's fields for ?caseType=, or for the one case type whose data goes out; loaded from it the first time.").Produces<FieldsView>();
        company.MapPost($"{Route}/refresh", RefreshAsync).WithSummary("Loads the fields of ?caseType= anew; mappings stay.").Produces<FieldsView>();
    }

    private static Task<IResult> GetAsync(HttpContext context, LawRulerConnections connections, LawRulerCatalog catalog, Mappings mappings) =>
        AnswerAsync(context, connections, catalog, mappings, ListRead.LoadIfMissing);

    private static Task<IResult> RefreshAsync(HttpContext context, LawRulerConnections connections, LawRulerCatalog catalog, Mappings mappings) =>
        AnswerAsync(context, connections, catalog, mappings, ListRead.Refresh);

    private static async Task<IResult> AnswerAsync(HttpContext context, LawRulerConnections connections, LawRulerCatalog catalog, Mappings mappings, ListRead read)
    {
        var (page, problem) = Paging.Read(context.Request);
        if (page is null)
        {
            return problem!;
        }

        var company = context.RouteCompany().Id;
        var settings = (await connections.GetAsync(company, context.RequestAborted)).Settings;
        var asked = context.Request.Query["caseType"];
        IReadOnlyList<string> chosen = asked.Count > 0 ? [.. asked.Select(name => name ?? string.Empty).Distinct(StringComparer.OrdinalIgnoreCase)] : settings.OutboundCaseTypes;
        if (chosen.Any(name => !MappingRules.IsCaseType(name)))
        {
            return Problems.Invalid(new FieldError("caseType", "Expected a case type's name of at most 100 characters."));
        }

        if (chosen is not [var caseType])
        {
            return Results.Ok(FieldsView.UseMappings);
        }

        var (types, isLinked, warning) = await FindAsync(company, caseType, catalog, mappings, context.RequestAborted);
        var (fields, lists) = await catalog.FieldsAsync(company, types, read, context.RequestAborted);
        return Results.Ok(View(page, caseType, isLinked, warning, fields.All, lists, settings));
    }

    /// <summary>The case types of Law Ruler's that a name means: the linked ones, else the one of that name or id.</summary>
    private static async Task<(IReadOnlyList<CaseTypeLink> Types, bool IsLinked, string? Warning)> FindAsync(
        CompanyId company, string name, LawRulerCatalog catalog, Mappings mappings, CancellationToken cancellationToken)
    {
        if ((await mappings.LinksAsync(company, LawRulerConnections.Crm, cancellationToken)).Of(name) is { Count: > 0 } linked)
        {
            return (linked, true, null);
        }

        var known = await catalog.CaseTypesAsync(company, ListRead.LoadIfMissing, cancellationToken);
        var type = known.Items?.FirstOrDefault(type => type.Id == name) ?? known.Items?.FirstOrDefault(type => CaseTypeLinks.Same(type.Name, name));
        return type is not null ? ([new CaseTypeLink(type.Name, type.Name, type.Id)], false, MappedFields.NotLinked(type.Name))
            : ([], false, known.Items is null ? $"Law Ruler's case types could not be loaded: {known.Fault?.Reason}" : $"Law Ruler has no case type {name}, and none is linked to one of this name.");
    }

    private static FieldsView View(Paging page, string caseType, bool isLinked, string? warning, IReadOnlyList<CrmField> all, IReadOnlyList<CrmList<CrmField>> lists, LawRulerSettings settings)
    {
        var (shown, next) = page.Of(all);
        var items = shown.Select(field => FieldView.Of(field, settings)).ToList();
        var fault = lists.Select(list => list.Fault).FirstOrDefault(fault => fault is not null);
        string?[] warnings = [warning, fault is null ? null : $"The list of fields could not be loaded: {fault.Reason}"];
        return new FieldsView(
            caseType, isLinked, items, next, lists.Select(list => list.LoadedAt).Min(), fault, [.. warnings.OfType<string>()], null);
    }
}

/// <summary>The fields of a case type.</summary>
/// <param name="CaseType">The case type that was asked for; null for none or several.</param>
/// <param name="Linked">True when it is linked.</param>
/// <param name="Items">The fields in Law Ruler's order.</param>
/// <param name="Next">The cursor of the next page, or null when this is the last.</param>
/// <param name="LoadedAt">When they were loaded.</param>
/// <param name="Error">Why the last load failed, or null.</param>
/// <param name="Warnings">What an admin should see to.</param>
/// <param name="Message">Where to look instead, or null.</param>
public sealed record FieldsView(
    string? CaseType, bool Linked, IReadOnlyList<FieldView> Items, string? Next, DateTimeOffset? LoadedAt, ListFault? Error, IReadOnlyList<string> Warnings, string? Message)
{
    /// <summary>The answer when not exactly one case type is chosen.</summary>
    public static FieldsView UseMappings { get; } = new(
        null, false, [], null, null, null, [], "The preview is for one case type: choose one with ?caseType=, or use the mappings, …/mappings/{caseType}, where each case type has its fields.");
}

/// <summary>A field.</summary>
/// <param name="Key">The name that it is written by.</param>
/// <param name="Label">What people read.</param>
/// <param name="InputType">Law Ruler's word for its type.</param>
/// <param name="Type">How values are converted for it.</param>
/// <param name="Section">The section of the form, or null.</param>
/// <param name="Options">The values it takes, where it takes only some.</param>
public sealed record FieldView(string Key, string Label, string? InputType, FieldKind Type, string? Section, IReadOnlyList<string> Options)
{
    /// <summary>A field as it is shown.</summary>
    public static FieldView Of(CrmField field, LawRulerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(settings);
        return new FieldView(field.Key, field.Label, field.InputType, settings.Fields.KindOf(field), field.Section, field.Options);
    }
}
