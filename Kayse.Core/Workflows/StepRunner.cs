using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Microsoft.Extensions.Logging;

namespace Kayse.Core.Workflows;

/// <summary>
/// Runs one attempt at a step and writes what became of it to the step's row and the audit log, so that both hosts show the same.
/// A fault is an attempt that is tried again: only its type is kept, since its text may hold personal data.
/// </summary>
public sealed partial class StepRunner(WorkflowRecords records, AuditLog audit, SyncHealth health, TimeProvider clock, ILogger<StepRunner> logger)
{
    private const string Rerun = "Rerun from this step when the cause is mended.";

    // An attempt that ends sooner is not shown as running: nobody would see it, and it would cost a write.
    private static readonly TimeSpan s_shownAfter = TimeSpan.FromSeconds(1);

    /// <summary>Runs an attempt.</summary>
    /// <param name="attempt">Which.</param>
    /// <param name="crm">The CRM, for the audit log.</param>
    /// <param name="order">The step's place among its workflow's steps.</param>
    /// <param name="run">The step itself.</param>
    /// <param name="cancellationToken">The host stops: the attempt is made again at its next start.</param>
    /// <param name="whenGivenUp">What to do when it is given up.</param>
    public async Task<StepOutcome> RunAsync(
        StepAttempt attempt, string crm, int order, Func<CancellationToken, Task<StepOutcome>> run, CancellationToken cancellationToken, string whenGivenUp = Rerun)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            return await RunAndRecordAsync(attempt, crm, order, run, whenGivenUp, cancellationToken);
        }
        catch (StorageUnavailableException fault)
        {
            // Whether the step took effect could not be written down: the next attempt looks.
            Log.Fault(logger, attempt.Company.ToString(), attempt.Workflow, attempt.Step, attempt.Number, fault.GetType().Name, FaultSite.Of(fault));
            return Schedule(attempt, StepOutcome.Retry("Kayse's store is not available; it is tried again."), whenGivenUp);
        }
    }

    private async Task<StepOutcome> RunAndRecordAsync(StepAttempt attempt, string crm, int order, Func<CancellationToken, Task<StepOutcome>> run, string whenGivenUp, CancellationToken cancellationToken)
    {
        var started = clock.GetUtcNow();
        var attempted = TryAsync(attempt, run, cancellationToken);
        if (await IsSlowAsync(attempted))
        {
            await ShowRunningAsync(attempt, order, started, cancellationToken);
        }

        var outcome = Schedule(attempt, await attempted, whenGivenUp);
        Log.Attempted(logger, attempt.Company.ToString(), attempt.Workflow, attempt.Step, attempt.Number, outcome.Kind);
        if (outcome.CredentialsRefused)
        {
            Log.ConnectionRefused(logger, attempt.Company.ToString(), crm);
            await health.RefusedAsync(attempt.Company, crm, outcome.Credential ?? SyncHealth.Login, cancellationToken);
        }
        else if (outcome is { Kind: StepKind.Done, Credential: { } credential })
        {
            await health.AcceptedAsync(attempt.Company, crm, credential, cancellationToken);
        }

        await Task.WhenAll(
            attempt.Number == 1
                ? records.WriteFirstStepAsync(attempt.Company, attempt.Workflow, order, attempt.Step, NewRow, cancellationToken)
                : records.WriteStepAsync(attempt.Company, attempt.Workflow, order, attempt.Step, NewRow, cancellationToken),
            outcome.Postponed ? Task.CompletedTask
                : audit.WriteAsync(attempt.Company, crm, attempt.Step, OutcomeName(outcome), outcome.Resource, attempt.Workflow, outcome.Said is { } said ? $"{outcome.Reason} {said}".TrimStart() : outcome.Reason, cancellationToken));
        return outcome;

        WorkflowStep NewRow(WorkflowStep? old) => Row(attempt, outcome, old?.StartedAt ?? started);
    }

    private async Task<bool> IsSlowAsync(Task<StepOutcome> attempted)
    {
        try
        {
            await attempted.WaitAsync(s_shownAfter, clock, CancellationToken.None);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    private async Task ShowRunningAsync(StepAttempt attempt, int order, DateTimeOffset started, CancellationToken cancellationToken)
    {
        try
        {
            await records.WriteStepAsync(
                attempt.Company,
                attempt.Workflow,
                order,
                attempt.Step,
                old => new WorkflowStep(attempt.Step, "running", attempt.Number, old?.StartedAt ?? started, null, old?.Error, null),
                cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            // It is only shown: the attempt under way goes on, and what becomes of it is written down or tried again.
        }
    }

    private static string OutcomeName(StepOutcome outcome) => outcome.Kind switch
    {
        StepKind.Done => "done",
        StepKind.Skipped => "skipped",
        StepKind.RetryAfter => "retry",
        _ => "refused",
    };

    private WorkflowStep Row(StepAttempt attempt, StepOutcome outcome, DateTimeOffset started)
    {
        var waits = outcome.Kind == StepKind.RetryAfter;
        var attempts = outcome.Postponed ? attempt.Number - 1 : attempt.Number;
        return new WorkflowStep(attempt.Step, waits ? "waiting" : OutcomeName(outcome), attempts, started, waits ? null : clock.GetUtcNow(), outcome.Reason, outcome.NotBefore);
    }

    private async Task<StepOutcome> TryAsync(StepAttempt attempt, Func<CancellationToken, Task<StepOutcome>> run, CancellationToken cancellationToken)
    {
        try
        {
            return await run(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever it is, the event was accepted: it is tried again until the window ends.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.Fault(logger, attempt.Company.ToString(), attempt.Workflow, attempt.Step, attempt.Number, fault.GetType().Name, FaultSite.Of(fault));
            return StepOutcome.Retry($"A fault inside Kayse ({fault.GetType().Name}); it is tried again.");
        }
    }

    /// <summary>Settles when an attempt that did not work is made again, or that there is no time left for one.</summary>
    private StepOutcome Schedule(StepAttempt attempt, StepOutcome outcome, string whenGivenUp)
    {
        if (outcome.Kind != StepKind.RetryAfter)
        {
            return outcome;
        }

        var now = clock.GetUtcNow();
        var next = outcome.Postponed ? now : now + attempt.Policy.Delay($"{attempt.Workflow}/{attempt.Step}", attempt.Number);
        next = outcome.NotBefore is { } notBefore && notBefore > next ? notBefore : next;
        return !outcome.Postponed && next > attempt.FirstAt.AddHours(attempt.Policy.WindowHours)
            ? StepOutcome.Refused($"Given up after {attempt.Policy.WindowHours} hours. Last: {outcome.Reason} {whenGivenUp}") with { Said = outcome.Said }
            : outcome with { NotBefore = next };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Company} {Workflow} {Step} attempt {Attempt}: {Outcome}")]
        public static partial void Attempted(ILogger logger, string company, string workflow, string step, int attempt, StepKind outcome);

        // Its name is an alert's.
        [LoggerMessage(3, LogLevel.Error, "{Company}: {Crm} refused the firm's credentials; nothing is written there until an admin connects it again")]
        public static partial void ConnectionRefused(ILogger logger, string company, string crm);

        [LoggerMessage(2, LogLevel.Error, "{Company} {Workflow} {Step} attempt {Attempt} ended with {Fault} at {Site}")]
        public static partial void Fault(ILogger logger, string company, string workflow, string step, int attempt, string fault, string site);
    }
}
