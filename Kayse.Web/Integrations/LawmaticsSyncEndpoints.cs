using Kayse.Core;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Storage;
using Kayse.Web.Access;
using Kayse.Web.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>Sends matters to Lawmatics by hand: one, those that failed, those that are not there, all.</summary>
public static class LawmaticsSyncEndpoints
{
    private const string Route = "/integrations/lawmatics/sync";

    /// <summary>Maps the routes.</summary>
    public static void MapLawmaticsSync(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapPost(Route, SyncAsync)
            .WithSummary("Sends one matter, {\"case\": …} or {\"matter\": …}, whenever it was created; or many, one after the other: {\"matters\": \"unlinked\"}, \"failed\" or \"all\". Nothing said means unlinked.")
            .Produces<StartedWorkflow>(202).ProducesProblem(409);
        company.MapGet(Route, GetBulkAsync).WithSummary("How far the bulk sync has come that runs, or ran last.").Produces<LawmaticsBulk>();
        company.MapGet("/cases/{id}/lawmatics", CaseAsync).WithSummary("A case's matter and contact in Lawmatics, and how its last sync went.").Produces<LawmaticsCaseView>();
    }

    /// <summary>Sends one case.</summary>
    internal static async Task<IResult> StartAsync(HttpContext context, CaseId id, LawmaticsConnections connections, LawmaticsSync sync)
    {
        var company = context.RouteCompany().Id;
        if (!(await connections.GetAsync(company, context.RequestAborted)).Connected)
        {
            return NotConnected("case");
        }

        var started = await sync.StartAsync(company, id, LawmaticsSyncOrder.ByHand, context.RequestAborted);
        return Results.Accepted($"/api/companies/{company}/workflows/{started}", new StartedWorkflow(started));
    }

    private static async Task<IResult> SyncAsync(HttpContext context, LawmaticsConnections connections, LawmaticsSync sync, LawmaticsBulkSync bulks, CaseStore cases)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.LawmaticsSyncBody, whenEmpty: new LawmaticsSyncBody(null, null, null));
        if (body is null)
        {
            return problem!;
        }

        if (new[] { body.Case, body.Matter, body.Matters }.Count(value => value is not null) > 1)
        {
            return Problems.Invalid(new FieldError("body", "Expected one of case, matter and matters."));
        }

        if (body.Case is not null || body.Matter is not null)
        {
            var field = body.Case is not null ? "case" : "matter";
            return await FindAsync(context.RouteCompany().Id, body, cases, context.RequestAborted) is { } found
                ? await StartAsync(context, found.Id, connections, sync)
                : Problems.WithErrors(StatusCodes.Status404NotFound, "Not found.", [new FieldError(field, "There is no such case.")]);
        }

        return await BulkAsync(context, body.Matters, connections, bulks);
    }

    private static async Task<IResult> BulkAsync(HttpContext context, string? which, LawmaticsConnections connections, LawmaticsBulkSync bulks)
    {
        BulkChoice? choice = which switch
        {
            null or "unlinked" => BulkChoice.Unlinked,
            "failed" => BulkChoice.Failed,
            "all" => BulkChoice.All,
            _ => null,
        };
        if (choice is not { } chosen)
        {
            return Problems.Invalid(new FieldError("matters", "Expected unlinked, failed or all."));
        }

        var company = context.RouteCompany().Id;
        if (!(await connections.GetAsync(company, context.RequestAborted)).Connected)
        {
            return NotConnected("matters");
        }

        var (bulk, isNew) = await bulks.StartAsync(company, chosen, context.RequestAborted);
        return isNew ? Results.Accepted($"/api/companies/{company}/workflows/{bulk.Id}", new StartedWorkflow(bulk.Id))
            : Problems.Conflict("matters", $"The bulk sync {bulk.Id} runs; there is one at a time. Wait for its end, or terminate it.");
    }

    private static async Task<IResult> GetBulkAsync(HttpContext context, LawmaticsBulkSync bulks) =>
        await bulks.FindAsync(context.RouteCompany().Id, context.RequestAborted) is { } bulk ? Results.Ok(bulk) : Problems.NotFound("There was no bulk sync yet.");

    private static async Task<IResult> CaseAsync(HttpContext context, string id, LawmaticsConnections connections, LawmaticsLinks links, LawmaticsSync sync, CaseStore cases)
    {
        var (company, cancellationToken) = (context.RouteCompany().Id, context.RequestAborted);
        if (!CaseId.TryParse(id, null, out var caseId) || await cases.FindAsync(company, caseId, cancellationToken) is null)
        {
            return Problems.NotFound("There is no such case.");
        }

        var link = await links.FindAsync(company, LawmaticsLinks.FirmOf(await connections.GetAsync(company, cancellationToken)), caseId, cancellationToken);
        var (standing, view) = await sync.FindAsync(company, caseId, cancellationToken);
        return Results.Ok(new LawmaticsCaseView(caseId.ToString(), link?.MatterId, link?.ContactId, link?.LinkedAt, standing, view is null ? null : WorkflowAnswer.From(view)));
    }

    private static async Task<Case?> FindAsync(CompanyId company, LawmaticsSyncBody body, CaseStore cases, CancellationToken cancellationToken) =>
        body.Case is not null ? CaseId.TryParse(body.Case, null, out var id) ? await cases.FindAsync(company, id, cancellationToken) : null
        : Ids.IsValid(body.Matter) ? await cases.FindAsync(company, Matters.Kayse, body.Matter!, cancellationToken) : null;

    private static IResult NotConnected(string field) => Problems.Conflict(field, "Lawmatics is not connected: connect it first.");
}

/// <summary>Which matters to send.</summary>
/// <param name="Case">A case, by our id.</param>
/// <param name="Matter">A matter, by the platform's id.</param>
/// <param name="Matters"><c>unlinked</c>, <c>failed</c> or <c>all</c>.</param>
public sealed record LawmaticsSyncBody(string? Case, string? Matter, string? Matters);

/// <summary>A case in Lawmatics.</summary>
/// <param name="Case">The case.</param>
/// <param name="MatterId">Lawmatics' id of its matter; null while it is not linked.</param>
/// <param name="ContactId">Lawmatics' id of its contact.</param>
/// <param name="LinkedAt">When it was linked.</param>
/// <param name="State">How its last sync stands.</param>
/// <param name="Workflow">That sync, step by step; null before the first.</param>
public sealed record LawmaticsCaseView(string Case, string? MatterId, string? ContactId, DateTimeOffset? LinkedAt, SyncStanding State, WorkflowAnswer? Workflow);
