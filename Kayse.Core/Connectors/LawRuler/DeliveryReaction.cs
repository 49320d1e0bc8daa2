using Kayse.Core.Events;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Sends a message or document of a Law Ruler case on its own events, once: the first event that tells of it starts the workflow, the others find it started.</summary>
public sealed class DeliveryReaction(DeliveryKind kind, LawRulerCalls calls, LawRulerConnections connections, OutboundCaseTypes caseTypes, LawRulerDue due, AuditLog audit) : IEventReaction
{
    /// <inheritdoc/>
    public string Connector => kind.Connector;

    /// <inheritdoc/>
    public async Task<Reaction> ReactAsync(PlatformEvent platformEvent, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        var matter = await calls.FindCaseAsync(platformEvent, cancellationToken);
        if ((matter?.ExternalSource ?? platformEvent.Case?.ExternalSource) != LawRulerConnections.Crm)
        {
            return Reaction.Finished;
        }

        var lead = matter?.ExternalSourceId ?? platformEvent.Case?.ExternalSourceId;
        var workflow = kind.WorkflowOf(platformEvent);
        var connection = await connections.GetAsync(platformEvent.CompanyId, cancellationToken);
        if (connection is { Connected: true, Toggles.EnableIntegration: false })
        {
            return new Reaction(Paused: true);
        }

        if (workflow is null || !LeadId.TryParse(lead, null, out var leadId))
        {
            var missing = workflow is null ? $"data.{kind.Step}.id" : "case.externalSourceId";
            await SayAsync("refused", workflow, $"The event {platformEvent.Id} has no {missing} of 1 to 64 letters, digits, hyphens and underscores: it was not sent.");
            return Reaction.Finished;
        }

        var isIncluded = await caseTypes.IncludesAsync(platformEvent.CompanyId, connection.Settings, matter, platformEvent.Case?.CaseType, cancellationToken);
        if (Reason(connection, isIncluded) is { } reason)
        {
            await SayAsync("skipped", workflow, reason);
            return Reaction.Finished;
        }

        await due.StartAsync(platformEvent.CompanyId, leadId, workflow, platformEvent.Id.ToString(), connection.Settings, cancellationToken);
        return Reaction.Finished;

        Task SayAsync(string outcome, string? subject, string detail) =>
            audit.WriteAsync(platformEvent.CompanyId, LawRulerConnections.Crm, kind.Step, outcome, lead, subject, detail, cancellationToken);
    }

    private string? Reason(LawRulerConnection connection, bool isIncluded) =>
        !connection.Connected ? "Law Ruler is not connected."
        : !connection.Toggles.SendData ? "Send data to Law Ruler is off."
        : !kind.IsOn(connection.Toggles) ? kind.Off
        : !isIncluded ? LawRulerTarget.OtherCaseType
        : null;
}
