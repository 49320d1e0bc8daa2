using Kayse.Core.Calls;
using Kayse.Core.Events;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// Starts the post-call chain when a call of a Law Ruler case was analysed; or, when no analysis has come in time, with what the end of the
/// call told: that is how failed calls arrive. A successful call also takes along the messages and documents of its lead that are still due.
/// </summary>
public sealed class PostCallStarter(
    LawRulerCalls calls, LawRulerConnections connections, LawRulerWorkflows workflows, LawRulerDue due, WorkflowRecords records, Campaigns campaigns, CallAnalyses analyses, AuditLog audit, TimeProvider clock, OutboundCaseTypes caseTypes) : IEventReaction
{
    /// <summary>The ends and analyses of calls about a case.</summary>
    public static EventConcern Concern { get; } =
        new(LawRulerConnections.Crm, item => item.Type is EventTypes.CallAnalyzed or EventTypes.CallEnded && item.Case is not null);

    /// <inheritdoc/>
    public string Connector => LawRulerConnections.Crm;

    /// <inheritdoc/>
    public async Task<Reaction> ReactAsync(PlatformEvent platformEvent, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        var call = CompletedCall.From(platformEvent);
        await campaigns.LearnAsync(platformEvent.CompanyId, call.Campaign, cancellationToken);
        var matter = await calls.FindCaseAsync(platformEvent, cancellationToken);
        if ((matter?.ExternalSource ?? platformEvent.Case?.ExternalSource) != LawRulerConnections.Crm)
        {
            return Reaction.Finished;
        }

        var connection = await connections.GetAsync(platformEvent.CompanyId, cancellationToken);
        if (!connection.Connected)
        {
            await SayAsync(platformEvent, call, "skipped", "Law Ruler is not connected.", cancellationToken);
            return Reaction.Finished;
        }

        if (platformEvent.Type == EventTypes.CallAnalyzed)
        {
            await analyses.NoteAsync(platformEvent.CompanyId, call.Id, platformEvent.Id.ToString(), cancellationToken);
        }

        if (!connection.Toggles.EnableIntegration)
        {
            return new Reaction(Paused: true);
        }

        var isIncluded = await caseTypes.IncludesAsync(platformEvent.CompanyId, connection.Settings, matter, platformEvent.Case?.CaseType, cancellationToken);
        if (Reason(connection, isIncluded) is { } reason)
        {
            await SayAsync(platformEvent, call, "skipped", reason, cancellationToken);
            return Reaction.Finished;
        }

        var reaction = await StartOrWaitAsync(platformEvent, call, receivedAt, connection.Settings, cancellationToken);
        if (call.Successful && LeadId.TryParse(matter?.ExternalSourceId ?? platformEvent.Case?.ExternalSourceId, null, out var lead))
        {
            await due.PushAsync(platformEvent.CompanyId, lead, cancellationToken);
        }

        return reaction;
    }

    private static string? Reason(LawRulerConnection connection, bool isIncluded) =>
        !connection.Toggles.SendData ? "Send data to Law Ruler is off."
        : !isIncluded ? LawRulerTarget.OtherCaseType
        : null;

    private async Task<Reaction> StartOrWaitAsync(PlatformEvent platformEvent, CompletedCall call, DateTimeOffset receivedAt, LawRulerSettings settings, CancellationToken cancellationToken)
    {
        var id = PostCallWorkflow.Id(call.Id);
        var isEnd = platformEvent.Type == EventTypes.CallEnded;
        if (isEnd && await analyses.HasComeAsync(platformEvent.CompanyId, call.Id, cancellationToken))
        {
            return Reaction.Finished;
        }

        // An end that was delivered late gives its analysis, which is as late, the same time.
        var wait = (call.End > receivedAt ? call.End : receivedAt).AddMinutes(settings.AnalysisWaitMinutes);
        if (isEnd && wait > clock.GetUtcNow())
        {
            return new Reaction(WaitUntil: wait);
        }

        if (!await workflows.StartCallAsync(platformEvent.CompanyId, id, platformEvent.Id.ToString(), PostCallWorkflow.Steps[0], only: false, settings, cancellationToken)
            && await records.FindAsync(platformEvent.CompanyId, id, cancellationToken) is { } running && running.Record.Subject != platformEvent.Id.ToString())
        {
            await SayAsync(platformEvent, call, "warning", "The call's package had been sent for another event of this call; this one was not sent.", cancellationToken);
        }

        return Reaction.Finished;
    }

    private Task SayAsync(PlatformEvent platformEvent, CompletedCall call, string outcome, string detail, CancellationToken cancellationToken) =>
        audit.WriteAsync(platformEvent.CompanyId, LawRulerConnections.Crm, "post_call", outcome, platformEvent.Case?.ExternalSourceId, PostCallWorkflow.Id(call.Id), detail, cancellationToken);
}
