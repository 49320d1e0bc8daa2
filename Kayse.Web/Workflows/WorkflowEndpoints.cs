using Kayse.Core;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Workflows;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Workflows;

/// <summary>A firm's workflows and their steps; rerunning and ending them.</summary>
public static class WorkflowEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapWorkflows(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet("/workflows", ListAsync).WithSummary("Workflows, newest first; ?state= for one state.").Produces<Page<WorkflowAnswer>>();
        company.MapGet("/workflows/{id}", GetAsync).WithSummary("A workflow and its steps.").Produces<WorkflowAnswer>();
        company.MapPost("/workflows/{id}/rerun", RerunAsync).WithSummary("Runs a workflow again from a step; with only, this step alone.").Produces<StartedWorkflow>(202);
        company.MapPost("/workflows/{id}/terminate", TerminateAsync).WithSummary("Ends a workflow where it stands.");
    }

    private static async Task<IResult> ListAsync(HttpContext context, WorkflowRecords records)
    {
        var state = (string?)context.Request.Query["state"];
        if (state is not null && !WorkflowStates.All.Contains(state))
        {
            return Problems.Invalid(new FieldError("state", $"Expected one of: {string.Join(", ", WorkflowStates.All)}."));
        }

        return await Paging.AnswerAsync<WorkflowAnswer>(context, async page =>
        {
            var (items, next) = await records.ListAsync(context.RouteCompany().Id, state, page.After, page.Limit, context.RequestAborted);
            return ([.. items.Select(WorkflowAnswer.From)], next);
        });
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id, WorkflowRecords records) =>
        IsId(id) && await records.FindAsync(context.RouteCompany().Id, id, context.RequestAborted) is { } view ? Results.Ok(WorkflowAnswer.From(view)) : NotThere();

    private static async Task<IResult> RerunAsync(HttpContext context, string id, WorkflowRecords records, LawRulerWorkflows workflows, StatusPushes pushes, LawmaticsSync sync)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.RerunBody);
        if (body is null)
        {
            return problem!;
        }

        var company = context.RouteCompany().Id;
        if (!IsId(id) || await records.FindAsync(company, id, context.RequestAborted) is not { Record: var record })
        {
            return NotThere();
        }

        var isLawmatics = record.Name == LawmaticsSyncWorkflow.Name;
        var steps = isLawmatics ? LawmaticsSyncWorkflow.Steps : LawRulerWorkflows.StepsOf(record);
        if (steps.Count == 0)
        {
            return Problems.Conflict("id", "A workflow of this kind cannot be run again.");
        }

        if (body.FromStep is not { } step || !steps.Contains(step))
        {
            return Problems.Invalid(new FieldError("fromStep", $"Expected one of: {string.Join(", ", steps)}."));
        }

        if (await workflows.LastRunAsync(company, id, context.RequestAborted) is { EndedAt: null } || record.EndedAt is null)
        {
            return Problems.Conflict("id", "It is still running, or run again: wait for its end, or terminate it first.");
        }

        if (isLawmatics)
        {
            return await RerunSyncAsync(context, record, step, body.Only ?? false, sync);
        }

        var again = record.Name == StatusPushWorkflow.Name
            ? pushes.RerunAsync(company, record, context.RequestAborted)
            : workflows.RerunAsync(company, record, step, body.Only ?? false, context.RequestAborted);
        return await again is { } rerun
            ? Results.Accepted($"/api/companies/{company}/workflows/{rerun}", new StartedWorkflow(rerun))
            : Problems.Conflict("id", "It is being run again already, was run again too often, or its event is not kept any more.");
    }

    /// <summary>Whatever sync of a matter's is run again, the matter has one at a time.</summary>
    private static async Task<IResult> RerunSyncAsync(HttpContext context, WorkflowRecord record, string step, bool only, LawmaticsSync sync)
    {
        var company = context.RouteCompany().Id;
        var matter = CaseId.Parse(record.Subject);
        if ((await sync.FindAsync(company, matter, context.RequestAborted)).Standing is SyncStanding.Running or SyncStanding.Waiting)
        {
            return Problems.Conflict("id", "A sync of this matter is running: wait for its end, or terminate it first.");
        }

        var rerun = await sync.StartAsync(company, matter, new LawmaticsSyncOrder(IsByHand: true, FromStep: step, Only: only), context.RequestAborted);
        return Results.Accepted($"/api/companies/{company}/workflows/{rerun}", new StartedWorkflow(rerun));
    }

    private static async Task<IResult> TerminateAsync(HttpContext context, string id, WorkflowRecords records) =>
        !IsId(id) || await records.FindAsync(context.RouteCompany().Id, id, context.RequestAborted) is null ? NotThere()
        : await records.TerminateAsync(context.RouteCompany().Id, id, context.RequestAborted) ? Results.NoContent()
        : Problems.Conflict("id", "It has ended.");

    private static bool IsId(string id) => id.Length is > 0 and <= 200 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static IResult NotThere() => Problems.NotFound("There is no such workflow.");
}

/// <summary>From where a workflow is run again.</summary>
/// <param name="FromStep">The first step.</param>
/// <param name="Only">True for this step alone; without it the later ones follow.</param>
public sealed record RerunBody(string? FromStep, bool? Only);

/// <summary>A workflow that was started.</summary>
/// <param name="Id">Its id.</param>
public sealed record StartedWorkflow(string Id);

/// <summary>A workflow as it is answered.</summary>
/// <param name="Id">Its id without the company prefix.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Where it stands.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="EndedAt">When it ended, or null.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="Steps">Its steps.</param>
public sealed record WorkflowAnswer(string Id, string Name, string State, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Error, IReadOnlyList<WorkflowStep> Steps)
{
    /// <summary>The answer for a stored workflow.</summary>
    public static WorkflowAnswer From(WorkflowView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var record = view.Record;
        return new WorkflowAnswer(record.Id, record.Name, record.State, record.StartedAt, record.EndedAt, record.Error, view.Steps);
    }
}
