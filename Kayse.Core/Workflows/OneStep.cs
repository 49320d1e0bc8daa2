using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Workflows;

/// <summary>A workflow of one step, which is tried until it ends: however long it is postponed, the history stays short.</summary>
public static class OneStep
{
    // A pause of weeks asks once a minute: the history starts anew before it grows long.
    private const int AttemptsARun = 50;

    private static readonly TimeSpan s_storePatience = TimeSpan.FromSeconds(30);

    /// <summary>Runs the step, then closes the workflow's record.</summary>
    /// <param name="context">The workflow.</param>
    /// <param name="input">The attempt to begin or go on with.</param>
    /// <param name="stepActivity">The activity that makes one attempt.</param>
    /// <param name="finishActivity">The activity that closes the record.</param>
    public static async Task<OneStepResult> RunAsync(WorkflowContext context, StepAttempt input, string stepActivity, string finishActivity)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        var (outcome, next) = await StepRetries.RunSomeAsync(context, stepActivity, input, AttemptsARun);
        if (outcome is null)
        {
            context.ContinueAsNew(next);
            return new OneStepResult(WorkflowStates.Running);
        }

        var state = outcome.Kind is StepKind.Done or StepKind.Skipped ? WorkflowStates.Completed : WorkflowStates.CompletedWithProblems;
        for (var tries = 0; tries < AttemptsARun; tries++)
        {
            if (await context.CallAsync<OneStepFinish, OneStepResult>(finishActivity, new OneStepFinish(input.Company, input.Workflow, state)) is { Recorded: true })
            {
                return new OneStepResult(state);
            }

            await context.DelayUntilAsync(context.UtcNow + s_storePatience);
        }

        // A step may be repeated: one that has taken effect finds that it has.
        context.ContinueAsNew(next);
        return new OneStepResult(WorkflowStates.Running);
    }

    /// <summary>What the last activity does: closes the record, or says that the store could not take it.</summary>
    public static async Task<OneStepResult> FinishAsync(WorkflowRecords records, OneStepFinish finish, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(finish);
        try
        {
            await records.EndAsync(finish.Company, finish.Workflow, finish.State, null, cancellationToken);
            return new OneStepResult(finish.State);
        }
        catch (StorageUnavailableException)
        {
            return new OneStepResult(finish.State, Recorded: false);
        }
    }
}

/// <summary>What the last activity is told.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">The workflow's id without the company prefix.</param>
/// <param name="State">How it ended.</param>
public sealed record OneStepFinish(CompanyId Company, string Workflow, string State);

/// <summary>How a workflow of one step ended.</summary>
/// <param name="State">The record's state.</param>
/// <param name="Recorded">False while the store could not take it.</param>
public sealed record OneStepResult(string State, bool Recorded = true);
