using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>The activities of <see cref="PostCallWorkflow"/>.</summary>
public sealed class PostCallActivities(
    LawRulerCalls calls, CampaignCallStep campaignCall, NoteStep note, RecordingStep recording, StepRunner runner, WorkflowRecords records, TimeProvider clock)
{
    /// <summary>Adds the workflow and its activities to the catalog.</summary>
    public void AddTo(WorkflowCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.AddWorkflow<PostCallInput, PostCallResult>(PostCallWorkflow.Name, PostCallWorkflow.RunAsync)
            .AddActivity<StepAttempt, StepOutcome>(PostCallWorkflow.StepActivity, (_, attempt, cancellationToken) => RunStepAsync(attempt, cancellationToken))
            .AddActivity<PostCallFinish, PostCallResult>(PostCallWorkflow.FinishActivity, (_, finish, cancellationToken) => FinishAsync(finish, cancellationToken));
    }

    private Task<StepOutcome> RunStepAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        return runner.RunAsync(attempt, LawRulerConnections.Crm, Order(attempt.Step), token => AttemptAsync(attempt, token), cancellationToken);
    }

    private static int Order(string step) => PostCallWorkflow.Steps.ToList().IndexOf(step);

    private async Task<StepOutcome> AttemptAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        var (call, instead) = await calls.LoadAsync(attempt, cancellationToken);
        if (call is null)
        {
            return instead!;
        }

        if (call.WhyNotSent(clock.GetUtcNow()) is { } held)
        {
            return held;
        }

        return attempt.Step switch
        {
            // It is posted with the Key whenever it is done.
            CampaignCallStep.Name => await campaignCall.RunAsync(call, attempt, cancellationToken) is var done && done.Kind == StepKind.Done ? done with { Credential = SyncHealth.Key } : done,
            NoteStep.Summary or NoteStep.Transcript => LawRulerOutcomes.Proven(await note.RunAsync(call, attempt, cancellationToken), call.Settings.NoteTransport),
            _ => LawRulerOutcomes.Proven(await recording.RunAsync(call, attempt, cancellationToken), call.Settings.RecordingTransport),
        };
    }

    private async Task<PostCallResult> FinishAsync(PostCallFinish finish, CancellationToken cancellationToken)
    {
        try
        {
            await RecordEndAsync(finish, cancellationToken);
            return new PostCallResult(finish.State);
        }
        catch (StorageUnavailableException)
        {
            return new PostCallResult(finish.State, Recorded: false);
        }
    }

    private async Task RecordEndAsync(PostCallFinish finish, CancellationToken cancellationToken)
    {
        var view = await records.FindAsync(finish.Company, finish.Workflow, cancellationToken);
        var ended = view?.Steps.Where(step => step.EndedAt is not null).Select(step => step.Name).ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var name in PostCallWorkflow.From(finish.FromStep, finish.Only).Where(name => !ended.Contains(name)))
        {
            // Only a refused Key leaves steps open.
            await records.WriteStepAsync(finish.Company, finish.Workflow, Order(name), name, Stopped, cancellationToken);

            WorkflowStep Stopped(WorkflowStep? old)
            {
                var now = clock.GetUtcNow();
                return new WorkflowStep(name, "refused", old?.Attempts ?? 0, old?.StartedAt ?? now, now, "Not tried any more because Law Ruler refused the Key.", null);
            }
        }

        await records.EndAsync(finish.Company, finish.Workflow, finish.State, null, cancellationToken);
    }
}
