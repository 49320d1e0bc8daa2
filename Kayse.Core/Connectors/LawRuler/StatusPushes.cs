using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Mapping;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// Takes statuses that were set in Kayse: while statuses are synchronised each starts its push to Law Ruler, while they are not it is queued. What came
/// from Law Ruler, and what Kayse itself told of after it wrote it, goes nowhere.
/// </summary>
public sealed class StatusPushes(
    LawRulerCalls calls, LawRulerConnections connections, LeadUpsert upsert, CaseStatuses statuses, EventStore events, Mappings mappings, StatusQueue queue, WorkflowRecords records, LawRulerWorkflows workflows, OutboundCaseTypes caseTypes, AuditLog audit) : IEventReaction
{
    private const int MaxStatus = 200;

    /// <summary>The reaction's name.</summary>
    public const string ReactionName = "lawruler-status";

    /// <summary>Changes of a case's status that were not made in Law Ruler.</summary>
    public static EventConcern Concern { get; } = new(
        ReactionName,
        item => item.Type == EventTypes.CaseStatusChanged && item.Case is not null && JsonText.Text(item.Data, "origin") != LawRulerConnections.Crm && !CaseStatuses.IsOwn(item));

    /// <inheritdoc/>
    public string Connector => ReactionName;

    /// <inheritdoc/>
    public async Task<Reaction> ReactAsync(PlatformEvent platformEvent, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        var found = await calls.FindCaseAsync(platformEvent, cancellationToken);
        if ((found?.ExternalSource ?? platformEvent.Case?.ExternalSource) != LawRulerConnections.Crm)
        {
            return Reaction.Finished;
        }

        var connection = await connections.GetAsync(platformEvent.CompanyId, cancellationToken);
        if (!connection.Connected)
        {
            await SayAsync(platformEvent, "skipped", "Law Ruler is not connected.", cancellationToken);
            return Reaction.Finished;
        }

        if (!connection.Toggles.EnableIntegration)
        {
            return new Reaction(Paused: true);
        }

        if (JsonText.Text(platformEvent.Data, "status") is not { Length: > 0 and <= MaxStatus } status || string.IsNullOrWhiteSpace(status))
        {
            await SayAsync(platformEvent, "refused", $"The event names no status of at most {MaxStatus} characters.", cancellationToken);
            return Reaction.Finished;
        }

        if (found is null && LeadId.TryParse(platformEvent.Case?.ExternalSourceId, null, out var lead))
        {
            found = await upsert.EnsureAsync(platformEvent.CompanyId, lead, platformEvent.Case.CaseType, cancellationToken);
        }

        await (found is null
            ? SayAsync(platformEvent, "refused", "The event names no Lead ID and no case that has one.", cancellationToken)
            : TakeAsync(platformEvent, found, status.Trim(), receivedAt, connection, cancellationToken));
        return Reaction.Finished;
    }

    /// <summary>Starts the push of a change that is due; one of its id is started once.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="id">The case.</param>
    /// <param name="workflow">The workflow's id without the company prefix.</param>
    /// <param name="settings">How it is tried again.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False when it was started before.</returns>
    public Task<bool> StartAsync(CompanyId company, CaseId id, string workflow, LawRulerSettings settings, CancellationToken cancellationToken)
    {
        var input = new StatusPushInput(company, workflow, id, LawRulerWorkflows.Policy(settings));
        return records.StartSharingAsync(
            company, workflow, StatusPushWorkflow.Name, StatusPushWorkflow.Change(workflow), StatusPushWorkflow.Effects(id), JsonSerializer.SerializeToUtf8Bytes(input, KayseJson.Default.StatusPushInput), cancellationToken);
    }

    /// <summary>Makes a queued change due and starts its push.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="queued">The change.</param>
    /// <param name="replay">The end of the push's id, the same each time that this is repeated.</param>
    /// <param name="settings">How it is tried again.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False when there is nothing to push any more.</returns>
    public async Task<bool> ReplayAsync(CompanyId company, QueuedStatus queued, string replay, LawRulerSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queued);
        var isDue = await statuses.ReplayAsync(company, queued.Case, queued.Change, cancellationToken);
        if (isDue)
        {
            await StartAsync(company, queued.Case, $"{StatusPushWorkflow.Id(queued.Change)}.{replay}", settings, cancellationToken);
        }

        await queue.RemoveAsync(company, queued, cancellationToken);
        return isDue;
    }

    /// <summary>Runs a push again under a new id. A change that a newer one has replaced is not written.</summary>
    /// <returns>The new id, or null when its event is not kept any more.</returns>
    public async Task<string?> RerunAsync(CompanyId company, WorkflowRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (await events.LoadAsync(company, record.Subject, cancellationToken) is not { } told || await calls.FindCaseAsync(told, cancellationToken) is not { } matter)
        {
            return null;
        }

        var settings = (await connections.GetAsync(company, cancellationToken)).Settings;
        return await workflows.RunAgainAsync(company, record.Id, id => StartAsync(company, matter.Id, id, settings, cancellationToken), cancellationToken);
    }

    /// <summary>Starts the push of a case's due change again when its last run has ended; one that runs is left alone.</summary>
    public async Task<bool> PushDueAsync(CompanyId company, Case matter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(matter);
        return matter.StatusByKayse is { State: KayseStatusState.Due, Change: var change }
            && await workflows.LastRunAsync(company, StatusPushWorkflow.Id(change), cancellationToken) is { EndedAt: not null } last
            && await RerunAsync(company, last, cancellationToken) is not null;
    }

    private async Task TakeAsync(PlatformEvent platformEvent, Case matter, string status, DateTimeOffset receivedAt, LawRulerConnection connection, CancellationToken cancellationToken)
    {
        var (company, change) = (platformEvent.CompanyId, platformEvent.Id.ToString());
        var why = WhyNotPushed(connection, await caseTypes.IncludesAsync(company, connection.Settings, matter, platformEvent.Case?.CaseType, cancellationToken));
        var state = !connection.Toggles.SyncCaseStatuses ? connection.StatusSyncUsed ? KayseStatusState.Queued : KayseStatusState.Settled
            : why is null ? KayseStatusState.Due : KayseStatusState.Settled;
        var set = new KayseStatus(status, change, platformEvent.OccurredAt < receivedAt ? platformEvent.OccurredAt : receivedAt, state);
        var crmName = (await mappings.StatusesAsync(company, LawRulerConnections.Crm, cancellationToken)).FindCrm(status).Crm ?? StatusMapping.Plain(status);
        var after = await statuses.SetByKayseAsync(company, matter.Id, set, crmName, receivedAt, connection.Settings.Statuses.Conflict, cancellationToken);
        if (StatusSync.IsDue(after, change))
        {
            await StartAsync(company, matter.Id, StatusPushWorkflow.Id(change), connection.Settings, cancellationToken);
        }
        else if (after.StatusByKayse is { State: KayseStatusState.Queued } queued && queued.Change == change)
        {
            await queue.PutAsync(company, matter.Id, queued, cancellationToken);
            await SayAsync(platformEvent, "skipped", "Sync case statuses is off; the change waits until it is switched on.", cancellationToken);
        }
        else
        {
            await SayAsync(platformEvent, "skipped", why ?? Why(after, crmName), cancellationToken);
        }
    }

    private static string? WhyNotPushed(LawRulerConnection connection, bool isIncluded) =>
        !connection.Toggles.SyncCaseStatuses ? "Sync case statuses is off."
        : !connection.Toggles.SendData ? "Send data to Law Ruler is off."
        : !isIncluded ? LawRulerTarget.OtherCaseType
        : null;

    private static string Why(Case after, string crmName) => StatusMapping.Same(after.Status, crmName)
        ? "Law Ruler has this status already, or a newer change has taken its place."
        : "The status was changed in Law Ruler too, or again in Kayse; this change was not written.";

    private Task SayAsync(PlatformEvent platformEvent, string outcome, string detail, CancellationToken cancellationToken) =>
        audit.WriteAsync(platformEvent.CompanyId, LawRulerConnections.Crm, StatusPushStep.Name, outcome, platformEvent.Case?.ExternalSourceId, StatusPushWorkflow.Id(platformEvent.Id.ToString()), detail, cancellationToken);
}
