using System.Text;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>One attempt at what an event tells of: its ids are read in Lawmatics, and what they say now counts, whatever the event's name promised.</summary>
public sealed class LawmaticsEventStep(
    InboundLog inbound, LawmaticsConnections connections, LawmaticsClient client, LawmaticsLinks links, LawmaticsStageChanges stages, WorkflowRecords records, TimeProvider clock)
{
    /// <summary>The step's name.</summary>
    public const string Name = "webhook_event";

    /// <summary>What to do about one that was given up.</summary>
    public const string WhenGivenUp = "The next poll finds a stage that changed; or have the request processed again.";

    private const string NotLinked = "No case is linked to the matter: nothing is imported.";

    private static readonly TimeSpan s_namesAgain = TimeSpan.FromMinutes(1);

    /// <summary>Makes it.</summary>
    public async Task<StepOutcome> RunAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var connection = await connections.GetAsync(attempt.Company, cancellationToken);
        if (LawmaticsOutcomes.WhyNotNow(connection, clock.GetUtcNow()) is { } not)
        {
            return not;
        }

        if (await inbound.FindAsync(attempt.Company, attempt.Subject, cancellationToken) is not { Raw: { } raw } request)
        {
            return StepOutcome.Refused("The request is not kept any more.");
        }

        if (LawmaticsEvent.Read(Encoding.UTF8.GetBytes(raw), request.EventId, connection.Settings.Webhook).Event is not { } told)
        {
            return StepOutcome.Refused("The request cannot be read.");
        }

        var (outcome, matter) = await TakeAsync(attempt, connection, told, cancellationToken);
        if (outcome.Kind is StepKind.Done or StepKind.Skipped)
        {
            await inbound.SettleAsync(
                attempt.Company, request.Id, old => old with { State = "processed", Reason = outcome.Reason, CaseId = matter ?? old.CaseId }, cancellationToken);
        }

        return outcome;
    }

    /// <summary>Closes the workflow's record; the request of one that was refused or given up says why.</summary>
    public async Task<OneStepResult> FinishAsync(OneStepFinish finish, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(finish);
        try
        {
            if (finish.State != WorkflowStates.Completed && await records.FindAsync(finish.Company, finish.Workflow, cancellationToken) is { } view
                && await inbound.FindAsync(finish.Company, view.Record.Subject, cancellationToken) is { Id: var request })
            {
                var reason = view.Steps is [var step, ..] ? step.Error : null;
                await inbound.SettleAsync(finish.Company, request, old => old with { State = "failed", Reason = reason }, cancellationToken);
            }
        }
        catch (StorageUnavailableException)
        {
            return new OneStepResult(finish.State, Recorded: false);
        }

        return await OneStep.FinishAsync(records, finish, cancellationToken);
    }

    private async Task<(StepOutcome Outcome, string? Case)> TakeAsync(StepAttempt attempt, LawmaticsConnection connection, LawmaticsEvent told, CancellationToken cancellationToken)
    {
        if (!connection.Toggles.ReceiveData)
        {
            return (StepOutcome.Skipped("Receive data from Lawmatics is off; the event was kept and nothing was changed."), null);
        }

        if (!told.IsOf(connection))
        {
            return (StepOutcome.Skipped("It is about another Lawmatics firm than the one that is connected."), null);
        }

        if (told.MatterId is { } matter)
        {
            // Most of what a firm's people do there is about others: that must not cost of the budget.
            return await links.CaseOfAsync(attempt.Company, LawmaticsLinks.FirmOf(connection), matter, cancellationToken) is null
                ? (StepOutcome.Done(matter, NotLinked), null)
                : await ReadMatterAsync(connection.Session(attempt.Company), connection, matter, cancellationToken);
        }

        return told.ContactId is { } contact
            ? (await ReadContactAsync(connection.Session(attempt.Company, LawmaticsPriority.Bulk), contact, cancellationToken), null)
            : (StepOutcome.Done(note: "It names no record that could be read; it was logged."), null);
    }

    private async Task<(StepOutcome Outcome, string? Case)> ReadMatterAsync(LawmaticsSession session, LawmaticsConnection connection, string matter, CancellationToken cancellationToken)
    {
        var readAt = clock.GetUtcNow();
        var reply = await client.GetAsync(session, LawmaticsPath.Of($"/v1/prospects/{LawmaticsPath.Segment(matter)}", ("fields", LawmaticsStageChanges.Fields)), cancellationToken);
        if (IsGone(reply))
        {
            return (StepOutcome.Skipped("Lawmatics has no such matter any more.") with { Resource = matter }, null);
        }

        if (!reply.IsSuccess)
        {
            return (LawmaticsOutcomes.Of(reply, clock.GetUtcNow()), null);
        }

        // An answer about another matter than was asked for says nothing about this one.
        if (reply.Answer!.Record is not { } record || record.Id != matter)
        {
            return (StepOutcome.Retry("Lawmatics' answer is about another matter."), null);
        }

        var look = await stages.ObserveAsync(session.Company, connection, record, readAt, cancellationToken);
        var outcome = look.Kind switch
        {
            LawmaticsLookKind.NotLinked => StepOutcome.Done(matter, NotLinked),
            LawmaticsLookKind.Changed => StepOutcome.Done(matter, "The case's status was changed."),
            LawmaticsLookKind.Agrees => StepOutcome.Done(matter, "The case has the status already."),
            LawmaticsLookKind.Unknown => StepOutcome.Done(matter, "The stage is not in the status map: it is listed, and the case keeps its status."),
            LawmaticsLookKind.NamesMissing => StepOutcome.Retry("The names of Lawmatics' stages cannot be loaded for now.", clock.GetUtcNow() + s_namesAgain),
            _ => StepOutcome.Done(matter, "Nothing has changed that Kayse did not know."),
        };
        return (outcome, look.Case?.ToString());
    }

    private async Task<StepOutcome> ReadContactAsync(LawmaticsSession session, string contact, CancellationToken cancellationToken)
    {
        // That it is there is all that is asked for: what it holds is not imported, so it is not fetched.
        var reply = await client.GetAsync(session, LawmaticsPath.Of($"/v1/contacts/{LawmaticsPath.Segment(contact)}", ("fields", "updated_at")), cancellationToken);
        return IsGone(reply) ? StepOutcome.Skipped("Lawmatics has no such contact any more.") with { Resource = contact }
            : reply.IsSuccess ? StepOutcome.Done(contact, "The contact is in Lawmatics; contacts are not imported.")
            : LawmaticsOutcomes.Of(reply, clock.GetUtcNow());
    }

    private static bool IsGone(LawmaticsReply reply) => reply.Answer is { Kind: LawmaticsKind.NotFound } or { Kind: LawmaticsKind.Success, Record: null };
}
