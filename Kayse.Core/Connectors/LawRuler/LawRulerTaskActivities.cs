using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>The activities of <see cref="LawRulerTaskWorkflow"/>.</summary>
public sealed class LawRulerTaskActivities(
    LawRulerCalls calls, MessageStep message, DocumentStep document, CaseSyncStep sync, LawRulerDue due, StepRunner runner, WorkflowRecords records, TimeProvider clock)
{
    /// <summary>Adds the workflow and its activities to the catalog.</summary>
    public void AddTo(WorkflowCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.AddWorkflow<StepAttempt, LawRulerTaskResult>(LawRulerTaskWorkflow.Name, LawRulerTaskWorkflow.RunAsync)
            .AddActivity<StepAttempt, StepOutcome>(
                LawRulerTaskWorkflow.StepActivity,
                (_, attempt, cancellationToken) => runner.RunAsync(attempt, LawRulerConnections.Crm, 0, token => AttemptAsync(attempt, token), cancellationToken))
            .AddActivity<LawRulerTaskFinish, LawRulerTaskResult>(LawRulerTaskWorkflow.FinishActivity, (_, finish, cancellationToken) => FinishAsync(finish, cancellationToken));
    }

    private Task<StepOutcome> AttemptAsync(StepAttempt attempt, CancellationToken cancellationToken) =>
        attempt.Step == CaseSyncStep.Name ? SyncAsync(attempt, cancellationToken) : DeliverAsync(attempt, cancellationToken);

    private async Task<StepOutcome> SyncAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        var (target, instead) = await calls.LoadCaseAsync(attempt, cancellationToken);
        return target is null ? instead! : target.WhilePaused(clock.GetUtcNow()) ?? await sync.RunAsync(target, attempt, cancellationToken);
    }

    private async Task<StepOutcome> DeliverAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        var (target, loaded, instead) = await calls.LoadEventAsync(attempt, cancellationToken);
        if (target is null)
        {
            return instead!;
        }

        var outcome = target.WhyNotSent(clock.GetUtcNow()) ?? (attempt.Step == MessageStep.Name
            ? LawRulerOutcomes.Proven(await message.RunAsync(target, loaded!, attempt, cancellationToken), target.Settings.NoteTransport)
            : LawRulerOutcomes.Proven(await document.RunAsync(target, loaded!, attempt, cancellationToken), target.Settings.RecordingTransport));
        if (outcome.Kind is StepKind.Done or StepKind.Skipped)
        {
            await due.SettleAsync(target.Company.Id, target.Lead, target.Workflow, cancellationToken);
        }

        return outcome;
    }

    private async Task<LawRulerTaskResult> FinishAsync(LawRulerTaskFinish finish, CancellationToken cancellationToken)
    {
        try
        {
            await records.EndAsync(finish.Company, finish.Workflow, finish.State, null, cancellationToken);
            return new LawRulerTaskResult(finish.State);
        }
        catch (StorageUnavailableException)
        {
            return new LawRulerTaskResult(finish.State, Recorded: false);
        }
    }
}
