using Kayse.Core.Cases;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>The activities of <see cref="LawmaticsSyncWorkflow"/>.</summary>
public sealed class LawmaticsSyncActivities(
    LawmaticsTargets targets, LawmaticsClient client, LawmaticsSyncStates states, ContactStep contact, MatterStep matter, ActivityStep activity, UploadStep upload, StepRunner runner, WorkflowRecords records, SyncHealth health)
{
    // Of requests: two searches, a write and what it is read back with; and for an activity or a document a look and a write.
    private const int WritesAndReads = 4;
    private const int WriteAndLook = 2;

    private const string WhenGivenUp = "Sync the matter again when the cause is mended.";

    /// <summary>Adds the workflow and its activities to the catalog.</summary>
    public void AddTo(WorkflowCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.AddWorkflow<LawmaticsSyncInput, LawmaticsSyncResult>(LawmaticsSyncWorkflow.Name, LawmaticsSyncWorkflow.RunAsync)
            .AddActivity<StepAttempt, StepOutcome>(LawmaticsSyncWorkflow.StepActivity, (_, attempt, cancellationToken) => runner.RunAsync(
                attempt, LawmaticsConnections.Crm, Order(attempt.Step), token => AttemptAsync(attempt, token), cancellationToken, WhenGivenUp))
            .AddActivity<LawmaticsSyncFinish, LawmaticsSyncResult>(LawmaticsSyncWorkflow.FinishActivity, (_, finish, cancellationToken) => FinishAsync(finish, cancellationToken));
    }

    private static int Order(string step) => Enumerable.Range(0, LawmaticsSyncWorkflow.Steps.Count).First(i => LawmaticsSyncWorkflow.Steps[i] == step);

    private async Task<StepOutcome> AttemptAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        if (attempt.Step == ContactStep.Name && CaseId.TryParse(attempt.Subject, null, out var id))
        {
            await states.BeginAsync(attempt.Company, id, attempt.Workflow, cancellationToken);
        }

        var (target, instead) = await targets.LoadAsync(attempt, cancellationToken);
        if (target is null)
        {
            return instead!;
        }

        var (session, comeBack) = await client.BeginAsync(target.Session, attempt.Step is ContactStep.Name or MatterStep.Name ? WritesAndReads : WriteAndLook, cancellationToken);
        if (session is null)
        {
            return StepOutcome.Postpone("Waiting for the connection's rate limit.", comeBack);
        }

        try
        {
            return await RunAsync(attempt, target with { Session = session }, cancellationToken);
        }
        finally
        {
            // Also when the host stops: what another would wait for is not lost.
            await client.EndAsync(session, CancellationToken.None);
        }
    }

    private Task<StepOutcome> RunAsync(StepAttempt attempt, LawmaticsTarget target, CancellationToken cancellationToken) => attempt.Step switch
    {
        ContactStep.Name => contact.RunAsync(target, cancellationToken),
        MatterStep.Name => matter.RunAsync(target, attempt.Workflow, cancellationToken),
        ActivityStep.Name => activity.RunAsync(target, cancellationToken),
        _ => upload.RunAsync(target, attempt, cancellationToken),
    };

    private async Task<LawmaticsSyncResult> FinishAsync(LawmaticsSyncFinish finish, CancellationToken cancellationToken)
    {
        try
        {
            if (CaseId.TryParse(finish.Case, null, out var id) && await states.EndAsync(finish.Company, id, finish.Workflow, finish.State, cancellationToken))
            {
                return new LawmaticsSyncResult(finish.State, IsMore: true);
            }

            var isDone = finish.State == WorkflowStates.Completed;
            await health.CountAsync(finish.Company, LawmaticsConnections.Crm, isDone ? 1 : 0, isDone ? 0 : 1, cancellationToken);
            await records.EndAsync(finish.Company, finish.Workflow, finish.State, null, cancellationToken);
            return new LawmaticsSyncResult(finish.State);
        }
        catch (StorageUnavailableException)
        {
            return new LawmaticsSyncResult(finish.State, Recorded: false);
        }
    }
}
