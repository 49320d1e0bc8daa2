using Kayse.Core;
using Kayse.Core.Cases;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Records;

/// <summary>A firm's case lists, who is on them, and which cases join by themselves.</summary>
public static class ListEndpoints
{
    private const int MaxFilters = 100;
    private const int MaxFilter = 200;

    /// <summary>Maps the routes.</summary>
    public static void MapLists(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet("/lists", (HttpContext context, CaseLists lists) =>
            Paging.AnswerAsync(context, page => lists.ListAsync(context.RouteCompany().Id, page.After, page.Limit, context.RequestAborted)))
            .WithSummary("Case lists with their ids.").Produces<Page<CaseList>>();
        company.MapPost("/lists", PostAsync).WithSummary("Makes a case list.").Produces<CaseList>(201);
        company.MapGet("/lists/{id}", GetAsync).WithSummary("A case list.").Produces<CaseList>();
        company.MapPatch("/lists/{id}", PatchAsync).WithSummary("Gives a case list another name.").Produces<CaseList>();
        company.MapDelete("/lists/{id}", DeleteAsync).WithSummary("Deletes a case list with its rule; the cases stay.");
        company.MapGet("/lists/{id}/members", MembersAsync).WithSummary("The cases on a list.").Produces<Page<ListMember>>();
        company.MapPut("/lists/{id}/members/{caseId}", PutMemberAsync).WithSummary("Puts a case on a list.");
        company.MapDelete("/lists/{id}/members/{caseId}", DeleteMemberAsync).WithSummary("Takes a case off a list; one that was not on it is no error.");
        company.MapGet("/lists/{id}/auto-add", GetAutoAddAsync).WithSummary("Which cases join a list by themselves.").Produces<AutoAddRule>();
        company.MapPut("/lists/{id}/auto-add", PutAutoAddAsync)
            .WithSummary("Sets which cases join a list by themselves when Law Ruler sends them: by case types and statuses, always or only when they first arrive.").Produces<AutoAddRule>();
    }

    private static async Task<IResult> PostAsync(HttpContext context, CaseLists lists)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.NameBody);
        if (body is null)
        {
            return problem!;
        }

        if (body.Id is not null && !Ids.IsValid(body.Id))
        {
            return RecordEndpoints.BadId();
        }

        return !RecordEndpoints.IsName(body.Name) ? RecordEndpoints.BadName()
            : await lists.CreateAsync(context.RouteCompany().Id, body.Id, body.Name!.Trim(), context.RequestAborted) is { } list
                ? Results.Created($"/api/companies/{context.RouteCompany().Id}/lists/{list.Id}", list)
                : Problems.Conflict("id", "There is a list of this id.");
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id, CaseLists lists) =>
        await lists.FindAsync(context.RouteCompany().Id, id, context.RequestAborted) is { } list ? Results.Ok(list) : NoList();

    private static async Task<IResult> PatchAsync(HttpContext context, string id, CaseLists lists)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.NameBody);
        return body is null ? problem!
            : body.Id is not null && body.Id != id ? Problems.Invalid(new FieldError("id", "A list keeps its id: webhooks' URLs and rules name it."))
            : !RecordEndpoints.IsName(body.Name) ? RecordEndpoints.BadName()
            : await lists.RenameAsync(context.RouteCompany().Id, id, body.Name!.Trim(), context.RequestAborted) is { } list ? Results.Ok(list)
            : NoList();
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string id, CaseLists lists, AutoAdd autoAdd, AuditLog audit)
    {
        var company = context.RouteCompany().Id;
        if (await lists.FindAsync(company, id, context.RequestAborted) is not { } list)
        {
            return NoList();
        }

        // The rule first: it would put cases on a list that is being emptied.
        await autoAdd.RemoveAsync(company, list.Id, context.RequestAborted);
        if (await lists.DeleteAsync(company, list.Id, context.RequestAborted))
        {
            await audit.WriteAsync(company, "kayse", "list_deleted", "done", null, list.Id, null, context.RequestAborted);
        }

        return Results.NoContent();
    }

    private static async Task<IResult> MembersAsync(HttpContext context, string id, CaseLists lists) =>
        await lists.FindAsync(context.RouteCompany().Id, id, context.RequestAborted) is { } list
            ? await Paging.AnswerAsync(context, page => lists.MembersAsync(context.RouteCompany().Id, list.Id, page.After, page.Limit, context.RequestAborted))
            : NoList();

    private static async Task<IResult> PutMemberAsync(HttpContext context, string id, string caseId, CaseLists lists, CaseStore cases, AuditLog audit)
    {
        var company = context.RouteCompany().Id;
        if (await lists.FindAsync(company, id, context.RequestAborted) is not { } list)
        {
            return NoList();
        }

        if (!CaseId.TryParse(caseId, null, out var known) || await cases.FindAsync(company, known, context.RequestAborted) is not { } matter)
        {
            return NoCase();
        }

        if (await lists.AddAsync(company, list.Id, matter.Id, context.RequestAborted))
        {
            await audit.WriteAsync(company, "kayse", "list_add", "done", matter.ExternalSourceId, caseId, $"List {list.Id}.", context.RequestAborted);
        }

        return Results.NoContent();
    }

    private static async Task<IResult> DeleteMemberAsync(HttpContext context, string id, string caseId, CaseLists lists, AuditLog audit)
    {
        var company = context.RouteCompany().Id;
        if (await lists.FindAsync(company, id, context.RequestAborted) is not { } list)
        {
            return NoList();
        }

        if (!CaseId.TryParse(caseId, null, out var known))
        {
            return NoCase();
        }

        if (await lists.RemoveAsync(company, list.Id, known, context.RequestAborted))
        {
            await audit.WriteAsync(company, "kayse", "list_remove", "done", null, caseId, $"List {list.Id}.", context.RequestAborted);
        }

        return Results.NoContent();
    }

    private static async Task<IResult> GetAutoAddAsync(HttpContext context, string id, CaseLists lists, AutoAdd autoAdd) =>
        await lists.FindAsync(context.RouteCompany().Id, id, context.RequestAborted) is { } list
            ? Results.Ok(await autoAdd.FindAsync(context.RouteCompany().Id, list.Id, context.RequestAborted))
            : NoList();

    private static async Task<IResult> PutAutoAddAsync(HttpContext context, string id, CaseLists lists, AutoAdd autoAdd)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.AutoAddBody);
        if (body is null)
        {
            return problem!;
        }

        if (await lists.FindAsync(context.RouteCompany().Id, id, context.RequestAborted) is not { } list)
        {
            return NoList();
        }

        IReadOnlyList<FieldError> errors =
            [.. body.Enabled is null ? [new FieldError("enabled", "Expected true or false.")] : Array.Empty<FieldError>(), .. Check("caseTypes", body.CaseTypes), .. Check("statuses", body.Statuses)];
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var rule = new AutoAddRule(list.Id, body.Enabled!.Value, body.OnlyOnFirstSync ?? false, Trimmed(body.CaseTypes), Trimmed(body.Statuses));
        return await autoAdd.SetAsync(context.RouteCompany().Id, rule, context.RequestAborted)
            ? Results.Ok(rule)
            : Problems.Invalid(new FieldError("caseTypes", $"The rules of all lists together have at most {AutoAdd.MaxRuleBytes} bytes: name fewer case types and statuses, or switch off rules that are not used."));
    }

    private static string[] Trimmed(IReadOnlyList<string?>? values) => [.. (values ?? []).Select(value => value!.Trim()).Distinct(StringComparer.OrdinalIgnoreCase)];

    private static IEnumerable<FieldError> Check(string name, IReadOnlyList<string?>? values) =>
        values is { Count: > MaxFilters }
            ? [new FieldError(name, $"Expected at most {MaxFilters} names.")]
            : (values ?? []).Select((value, i) => (value, i))
                .Where(one => string.IsNullOrWhiteSpace(one.value) || one.value.Length > MaxFilter)
                .Select(one => new FieldError($"{name}[{one.i}]", $"Expected a name or id of at most {MaxFilter} characters."));

    private static IResult NoList() => Problems.NotFound("There is no such list.");

    private static IResult NoCase() => Problems.NotFound("There is no such case.");
}

/// <summary>A list's rule as it is sent.</summary>
/// <param name="Enabled">Whether it is on.</param>
/// <param name="OnlyOnFirstSync">Whether a case joins only when it first arrives; false when left out.</param>
/// <param name="CaseTypes">Case types' names or ids; none for all.</param>
/// <param name="Statuses">Statuses' names or ids; none for all.</param>
public sealed record AutoAddBody(bool? Enabled, bool? OnlyOnFirstSync, IReadOnlyList<string?>? CaseTypes, IReadOnlyList<string?>? Statuses);
