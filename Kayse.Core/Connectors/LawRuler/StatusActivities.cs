using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>The activities of <see cref="StatusPushWorkflow"/> and <see cref="StatusReplayWorkflow"/>.</summary>
public sealed class StatusActivities(StatusPushStep step, StatusReplays replays, StepRunner runner, WorkflowRecords records)
{
    /// <summary>Adds the workflows and their activities to the catalog.</summary>
    public void AddTo(WorkflowCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.AddWorkflow<StatusPushInput, PostCallResult>(StatusPushWorkflow.Name, StatusPushWorkflow.RunAsync)
            .AddActivity<StepAttempt, StepOutcome>(StatusPushWorkflow.StepActivity, (_, attempt, cancellationToken) => RunStepAsync(attempt, cancellationToken))
            .AddActivity<StatusPushFinish, PostCallResult>(StatusPushWorkflow.FinishActivity, (_, finish, cancellationToken) => FinishAsync(finish, cancellationToken))
            .AddWorkflow<StatusReplayInput, StatusReplayPage>(StatusReplayWorkflow.Name, StatusReplayWorkflow.RunAsync)
            .AddActivity<StatusReplayInput, StatusReplayPage>(StatusReplayWorkflow.PageActivity, (_, input, cancellationToken) => replays.ReplayPageAsync(input, cancellationToken));
    }

    private Task<StepOutcome> RunStepAsync(StepAttempt attempt, CancellationToken cancellationToken) =>
        runner.RunAsync(attempt, LawRulerConnections.Crm, 0, token => step.RunAsync(attempt, token), cancellationToken);

    private async Task<PostCallResult> FinishAsync(StatusPushFinish finish, CancellationToken cancellationToken)
    {
        try
        {
            await records.EndAsync(finish.Company, finish.Workflow, finish.State, null, cancellationToken);
            return new PostCallResult(finish.State);
        }
        catch (StorageUnavailableException)
        {
            return new PostCallResult(finish.State, Recorded: false);
        }
    }
}
