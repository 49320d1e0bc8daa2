using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>The activities of <see cref="LawmaticsEventWorkflow"/> and <see cref="LawmaticsPullWorkflow"/>.</summary>
public sealed class LawmaticsInboundActivities(LawmaticsEventStep events, LawmaticsPulls pulls, StepRunner runner, WorkflowRecords records)
{
    /// <summary>Adds the workflows and their activities to the catalog.</summary>
    public void AddTo(WorkflowCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.AddWorkflow<StepAttempt, OneStepResult>(LawmaticsEventWorkflow.Name, LawmaticsEventWorkflow.RunAsync)
            .AddActivity<StepAttempt, StepOutcome>(
                LawmaticsEventWorkflow.StepActivity,
                (_, attempt, cancellationToken) => runner.RunAsync(attempt, LawmaticsConnections.Crm, 0, token => events.RunAsync(attempt, token), cancellationToken, LawmaticsEventStep.WhenGivenUp))
            .AddActivity<OneStepFinish, OneStepResult>(LawmaticsEventWorkflow.FinishActivity, (_, finish, cancellationToken) => events.FinishAsync(finish, cancellationToken))
            .AddWorkflow<StepAttempt, OneStepResult>(LawmaticsPullWorkflow.Name, LawmaticsPullWorkflow.RunAsync)
            .AddActivity<StepAttempt, StepOutcome>(
                LawmaticsPullWorkflow.StepActivity,
                (_, attempt, cancellationToken) => runner.RunAsync(attempt, LawmaticsConnections.Crm, 0, token => pulls.RunAsync(attempt, token), cancellationToken, LawmaticsPulls.WhenGivenUp))
            .AddActivity<OneStepFinish, OneStepResult>(LawmaticsPullWorkflow.FinishActivity, (_, finish, cancellationToken) => OneStep.FinishAsync(records, finish, cancellationToken));
    }
}
