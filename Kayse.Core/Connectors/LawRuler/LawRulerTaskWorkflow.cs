using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>One thing to do in Law Ruler outside of a call's chain: send a message, send a document, bring a case up to date. Tried again as the chain's steps are.</summary>
public static class LawRulerTaskWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "LawRulerTaskWorkflow";

    /// <summary>The activity that makes one attempt.</summary>
    public const string StepActivity = "lawruler.task.step";

    /// <summary>The activity that closes the record.</summary>
    public const string FinishActivity = "lawruler.task.finish";

    // A pause of weeks asks once a minute: the history starts anew before it grows long.
    private const int AttemptsARun = 50;

    private static readonly TimeSpan s_storePatience = TimeSpan.FromSeconds(30);

    /// <summary>The step of a task, which its id begins with.</summary>
    public static string StepOf(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Split('.')[0];
    }

    /// <summary>Runs the task.</summary>
    public static async Task<LawRulerTaskResult> RunAsync(WorkflowContext context, StepAttempt input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        var (outcome, next) = await StepRetries.RunSomeAsync(context, StepActivity, input, AttemptsARun);
        if (outcome is null)
        {
            context.ContinueAsNew(next);
            return new LawRulerTaskResult(WorkflowStates.Running);
        }

        var state = outcome.Kind is StepKind.Done or StepKind.Skipped ? WorkflowStates.Completed : WorkflowStates.CompletedWithProblems;
        while (await context.CallAsync<LawRulerTaskFinish, LawRulerTaskResult>(FinishActivity, new LawRulerTaskFinish(input.Company, input.Workflow, state)) is { Recorded: false })
        {
            await context.DelayUntilAsync(context.UtcNow + s_storePatience);
        }

        return new LawRulerTaskResult(state);
    }
}

/// <summary>What the last activity is told.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">The task.</param>
/// <param name="State">How it ended.</param>
public sealed record LawRulerTaskFinish(CompanyId Company, string Workflow, string State);

/// <summary>How a task ended.</summary>
/// <param name="State">The record's state.</param>
/// <param name="Recorded">False while the store could not take it.</param>
public sealed record LawRulerTaskResult(string State, bool Recorded = true);
