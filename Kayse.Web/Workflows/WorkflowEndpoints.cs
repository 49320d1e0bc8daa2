using Kayse.Core;
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
        company.MapPost("/workflows/{id}/rerun", RerunAsync).WithSummary("Runs a workflow again from a step.").Produces<StartedWorkflow>(202);
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

    private static async Task<IResult> RerunAsync(HttpContext context, string id, WorkflowRecords records, PostCallStarter starter, StatusPushes pushes)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.RerunBody);
        if (body is null)
        {
            return problem!;
        }

        var company = context.RouteCompany().Id;
        var view = IsId(id) ? await records.FindAsync(company, id, context.RequestAborted) : null;
        var isPush = view?.Record.Name == StatusPushWorkflow.Name;
        var steps = isPush ? [StatusPushStep.Name] : PostCallWorkflow.Steps;
        if (body.FromStep is not { } step || !steps.Contains(step))
        {
            return Problems.Invalid(new FieldError("fromStep", $"Expected one of: {string.Join(", ", steps)}."));
        }

        if (view is null)
        {
            return NotThere();
        }

        if (view.Record.EndedAt is null)
        {
            return Problems.Conflict("id", "It is still running: wait for its end, or terminate it first.");
        }

        return await (isPush ? pushes.RerunAsync(company, id, context.RequestAborted) : starter.RerunAsync(company, id, step, context.RequestAborted)) is { } rerun
            ? Results.Accepted($"/api/companies/{company}/workflows/{rerun}", new StartedWorkflow(rerun))
            : NotThere();
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
public sealed record RerunBody(string? FromStep);

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
