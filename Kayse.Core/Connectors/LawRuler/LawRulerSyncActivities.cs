using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>The activities of <see cref="LawRulerSyncWorkflow"/>.</summary>
public sealed class LawRulerSyncActivities(
    LawRulerConnections connections, LawRulerSyncStates states, WaitingLeads waitingLeads, LeadSync leads, NoteSync notes, WaitingNotes waiting, DocumentSync documents, SyncHealth health, StepRunner runner, WorkflowRecords records, TimeProvider clock)
{
    // A list that goes on behind a million records is one that does not end.
    private const int MaxPages = 10_000;

    private static readonly TimeSpan PauseCheck = TimeSpan.FromMinutes(1);

    /// <summary>Adds the workflow and its activities to the catalog.</summary>
    public void AddTo(WorkflowCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.AddWorkflow<LawRulerSyncInput, LawRulerSyncResult>(LawRulerSyncWorkflow.Name, LawRulerSyncWorkflow.RunAsync)
            .AddActivity<StepAttempt, LawRulerSyncTurn>(LawRulerSyncWorkflow.PageActivity, (_, attempt, cancellationToken) => RunAsync(attempt, cancellationToken))
            .AddActivity<LawRulerSyncFinish, LawRulerSyncResult>(LawRulerSyncWorkflow.FinishActivity, (_, finish, cancellationToken) => FinishAsync(finish, cancellationToken));
    }

    private async Task<LawRulerSyncTurn> RunAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        // Every hour of every firm's would leave a line that says nothing.
        if (!await IsNeededAsync(attempt, cancellationToken))
        {
            return new LawRulerSyncTurn(StepOutcome.Skipped("There is nothing to do."), false);
        }

        var isPage = false;
        var outcome = await runner.RunAsync(attempt, LawRulerConnections.Crm, LawRulerSyncWorkflow.Steps.ToList().IndexOf(attempt.Step), TurnAsync, cancellationToken, "The next hour's sync goes on where this one stood.");
        return new LawRulerSyncTurn(outcome, isPage && outcome.Postponed);

        async Task<StepOutcome> TurnAsync(CancellationToken token)
        {
            (var turn, isPage) = await ReadAsync(attempt, token);
            return turn;
        }
    }

    private async Task<bool> IsNeededAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            return attempt.Step switch
            {
                LawRulerSyncWorkflow.Waiting => (await waitingLeads.ListAsync(attempt.Company, WaitingLeads.Unmatched, null, 1, cancellationToken)).Items.Count > 0,
                LawRulerSyncWorkflow.Documents => (await connections.GetAsync(attempt.Company, cancellationToken)).Settings.Sync.ReceiveDocuments,
                _ => true,
            };
        }
        catch (StorageUnavailableException)
        {
            return true;
        }
    }

    private async Task<(StepOutcome Outcome, bool IsPage)> ReadAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(attempt.Company, cancellationToken);
        var credentials = await connections.CredentialsAsync(attempt.Company, cancellationToken);
        if (!connection.Connected || credentials is null)
        {
            return (StepOutcome.Refused("Law Ruler is not connected. Connect it; the sync goes on where it stood.", stopsAll: true), false);
        }

        if (!connection.Toggles.EnableIntegration)
        {
            return (StepOutcome.Postpone("The integration is paused.", clock.GetUtcNow() + PauseCheck), false);
        }

        if (!connection.Toggles.ReceiveData)
        {
            return (StepOutcome.Skipped("Receive data from Law Ruler is off.") with { StopsAll = true }, false);
        }

        return await states.FindAsync(attempt.Company, cancellationToken) is { } state && state.Value.Running == attempt.Workflow
            ? await ReadAsync(attempt, new LawRulerSession(attempt.Company, credentials, connection.Settings), state, cancellationToken)
            : (StepOutcome.Skipped("Another sync has taken this one's place.") with { StopsAll = true }, false);
    }

    private async Task<(StepOutcome Outcome, bool IsPage)> ReadAsync(StepAttempt attempt, LawRulerSession session, Stored<LawRulerSyncState> state, CancellationToken cancellationToken)
    {
        if (NothingToDo(attempt.Step, session.Settings) is { } reason)
        {
            return (StepOutcome.Skipped(reason), false);
        }

        var read = attempt.Step switch
        {
            LawRulerSyncWorkflow.Leads => await leads.ReadAsync(session, state.Value, cancellationToken),
            LawRulerSyncWorkflow.Notes => await notes.ReadAsync(session, state.Value, cancellationToken),
            LawRulerSyncWorkflow.Waiting => await waiting.ReadAsync(session, state.Value, cancellationToken),
            _ => await documents.ReadAsync(session, state.Value, cancellationToken),
        };
        var now = clock.GetUtcNow();
        if (read.After is not { } after)
        {
            return (LawRulerSyncOutcomes.Of(read.Instead!, attempt, now), false);
        }

        var pages = Math.Max(after.Leads.Pages, after.Notes.Pages);
        var isEndless = pages > MaxPages;
        var written = await states.WriteAsync(attempt.Company, state, isEndless ? Restarted(after) : after, cancellationToken);
        return isEndless ? (StepOutcome.Refused($"Law Ruler's list did not end after {MaxPages} pages. Check the paths and the page size in the settings."), false)
            : written && read.IsLast ? (StepOutcome.Done(note: LawRulerSyncOutcomes.Told(attempt.Step, after.Counts)), false)
            : (StepOutcome.Postpone(LawRulerSyncOutcomes.Told(attempt.Step, after.Counts), now + Pace(session.Settings)), true);
    }

    private static string? NothingToDo(string step, LawRulerSettings settings) => step switch
    {
        LawRulerSyncWorkflow.Notes or LawRulerSyncWorkflow.Waiting when settings.NoteTransport == LawRulerTransport.KeyApi =>
            "Notes go by the Key pages, which list none. Where the Advanced API has notes, set noteTransport to AdvancedApi.",
        LawRulerSyncWorkflow.Documents when settings.RecordingTransport == LawRulerTransport.KeyApi =>
            "Documents go by the Key pages, which list none. Where the Advanced API has documents, set recordingTransport to AdvancedApi.",
        _ => null,
    };

    // The rest of the rate limit stays for what calls and messages send.
    private static TimeSpan Pace(LawRulerSettings settings) => TimeSpan.FromMinutes(100 / (settings.RequestsPerMinute * settings.Sync.RatePercent));

    private static LawRulerSyncState Restarted(LawRulerSyncState state) =>
        state with { Leads = new LawRulerSyncCursor { Until = state.Leads.Until }, Notes = new LawRulerSyncCursor { Until = state.Notes.Until } };

    private async Task<LawRulerSyncResult> FinishAsync(LawRulerSyncFinish finish, CancellationToken cancellationToken)
    {
        try
        {
            if (await states.FindAsync(finish.Company, cancellationToken) is { } state && state.Value.Running == finish.Workflow)
            {
                await JudgeAsync(finish, state.Value.Counts, cancellationToken);
                await states.EndAsync(finish.Company, finish.Workflow, cancellationToken);
            }

            await records.EndAsync(finish.Company, finish.Workflow, finish.State, null, cancellationToken);
            return new LawRulerSyncResult(finish.State);
        }
        catch (StorageUnavailableException)
        {
            return new LawRulerSyncResult(finish.State, Recorded: false);
        }
    }

    private Task JudgeAsync(LawRulerSyncFinish finish, LawRulerSyncCounts counts, CancellationToken cancellationToken) =>
        finish.Problem is { } problem ? health.FailedAsync(finish.Company, LawRulerConnections.Crm, problem, cancellationToken)
        : finish.Worked ? health.SyncedAsync(finish.Company, LawRulerConnections.Crm, counts.Records, cancellationToken)
        : Task.CompletedTask;
}
