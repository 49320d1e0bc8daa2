using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Writes a status that was set in Kayse to Law Ruler: one step, tried again like a chain's.</summary>
public static class StatusPushWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "StatusPushWorkflow";

    /// <summary>The activity that makes one attempt.</summary>
    public const string StepActivity = "lawruler.status.step";

    /// <summary>The activity that closes the record.</summary>
    public const string FinishActivity = "lawruler.status.finish";

    // A pause of weeks asks once a minute: the history starts anew before it grows long.
    private const int AttemptsARun = 50;

    private static readonly TimeSpan s_storePatience = TimeSpan.FromSeconds(30);

    /// <summary>The workflow's id for a change, without the company prefix; a rerun and a replay append to it.</summary>
    /// <param name="change">The id of the event that told of the change.</param>
    public static string Id(string change) => $"status.{change}";

    /// <summary>The change that a workflow of this kind is about.</summary>
    public static string Change(string workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        return workflow.Split('.')[1];
    }

    /// <summary>The id under which the pushes of a case announce their writes: one for all, since a write that was left open by an earlier change may still come after a later one's.</summary>
    public static string Effects(CaseId matter) => $"status.{matter}";

    /// <summary>True for the push of a change that was queued before: neither the first of its change nor a rerun.</summary>
    public static bool IsReplay(string workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        return workflow.Split('.') is [_, _, var end, ..] && !(end is ['r', .. var number] && number.All(char.IsAsciiDigit));
    }

    /// <summary>Runs it.</summary>
    public static async Task<PostCallResult> RunAsync(WorkflowContext context, StatusPushInput input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        var first = input.Next ?? new StepAttempt(input.Company, input.Workflow, StatusPushStep.Name, input.Case.ToString(), 1, context.UtcNow, input.Policy);
        var (outcome, next) = await StepRetries.RunSomeAsync(context, StepActivity, first, AttemptsARun);
        if (outcome is null)
        {
            context.ContinueAsNew(input with { Next = next });
            return new PostCallResult(WorkflowStates.Running);
        }

        var state = outcome.Kind is StepKind.Done or StepKind.Skipped ? WorkflowStates.Completed : WorkflowStates.CompletedWithProblems;
        while (await context.CallAsync<StatusPushFinish, PostCallResult>(FinishActivity, new StatusPushFinish(input.Company, input.Workflow, state)) is { Recorded: false })
        {
            await context.DelayUntilAsync(context.UtcNow + s_storePatience);
        }

        return new PostCallResult(state);
    }
}

/// <summary>What a push is started with.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">The workflow's id without the company prefix; it names the change.</param>
/// <param name="Case">The case.</param>
/// <param name="Policy">How it is tried again.</param>
public sealed record StatusPushInput(CompanyId Company, string Workflow, CaseId Case, RetryPolicy Policy)
{
    /// <summary>The attempt to go on with; null at the beginning.</summary>
    public StepAttempt? Next { get; init; }
}

/// <summary>What the last activity is told.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">The workflow.</param>
/// <param name="State">How it ended.</param>
public sealed record StatusPushFinish(CompanyId Company, string Workflow, string State);
