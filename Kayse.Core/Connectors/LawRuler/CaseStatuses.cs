using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Events;
using Kayse.Core.Mapping;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// A case's status and who set it. <c>case_status_changed</c> is emitted once for each real change: the change marks the case, the event has an id
/// made of the case and the number of the change, and the mark goes when the event is accepted; a crash between is made good by whoever comes next.
/// </summary>
public sealed class CaseStatuses(CaseStore cases, EventIntake intake, Mappings mappings, AutoAdd autoAdd, TimeProvider clock)
{
    /// <summary>Kayse's origin.</summary>
    public const string Kayse = StatusSync.Kayse;

    /// <summary>True for an event that this class emitted of a change between Kayse and Law Ruler: what it tells of has happened on both sides already.</summary>
    public static bool IsOwn(PlatformEvent platformEvent)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        return platformEvent.Case?.Id is { } id && JsonText.Text(platformEvent.Data, "origin") != LawmaticsConnections.Crm && platformEvent.Id.ToString().StartsWith($"evt_{id}_s", StringComparison.Ordinal);
    }

    /// <summary>Notes, before the write, the status that a call's chain is about to write: its echo is no change.</summary>
    public Task AnnounceWriteAsync(CompanyId company, CaseId id, string writer, string status, CancellationToken cancellationToken) =>
        cases.ChangeAsync(company, id, old => StatusSync.Writing(Known(old), writer, status), cancellationToken);

    /// <summary>Notes that a writer's announced status was refused: when it comes from the CRM after all, somebody else has set it.</summary>
    public Task WithdrawWriteAsync(CompanyId company, CaseId id, string writer, CancellationToken cancellationToken) =>
        cases.ChangeAsync(company, id, old => StatusSync.NotWriting(Known(old), writer), cancellationToken);

    /// <summary>Notes that a call's status is in the CRM, and emits the change if it is one.</summary>
    public async Task FinishWriteAsync(CompanyId company, CaseId id, string writer, string status, DateTimeOffset decidedAt, CancellationToken cancellationToken)
    {
        await cases.ChangeAsync(company, id, old => StatusSync.Finished(Known(old), writer, status, decidedAt, clock.GetUtcNow()), cancellationToken);
        await EmitDueAsync(company, id, cancellationToken);
    }

    /// <summary>The case with a status that Law Ruler told of laid over it, as the firm's settings say.</summary>
    public Case Observe(Case current, CrmStatus seen, LawRulerConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection.Toggles.SyncCaseStatuses
            ? StatusSync.Observe(current, seen, connection.Settings.Statuses.Conflict, LawRulerConnections.Crm, clock.GetUtcNow())
            : StatusSync.ObserveWhileOff(current, seen, LawRulerConnections.Crm, clock.GetUtcNow());
    }

    /// <summary>Notes what Law Ruler says of a case's status; a change is emitted, and puts the case on the lists whose rules it now matches.</summary>
    /// <returns>The case as it was and as it is.</returns>
    public async Task<(Case? Before, Case After)> ObserveAsync(CompanyId company, CaseId id, CrmStatus seen, LawRulerConnection connection, CancellationToken cancellationToken)
    {
        var (before, after) = await cases.ChangeAsync(company, id, old => Observe(Known(old), seen, connection), cancellationToken);
        await EmitDueAsync(company, id, cancellationToken);
        if (before is not null && IsNews(before, after))
        {
            await autoAdd.ApplyAsync(company, await autoAdd.RulesAsync(company, cancellationToken), after, isFirst: false, static _ => false, cancellationToken);
        }

        return (before, after);
    }

    /// <summary>Notes a status, by Kayse's name, that another CRM than the case's own tells of; a change is emitted, and puts the case on the lists whose rules it now matches.</summary>
    /// <returns>True when the case had another.</returns>
    public async Task<bool> SetElsewhereAsync(CompanyId company, CaseId id, string status, string origin, CancellationToken cancellationToken)
    {
        var own = await mappings.StatusesAsync(company, LawRulerConnections.Crm, cancellationToken);
        var (before, after) = await cases.ChangeAsync(
            company, id, old => StatusSync.SetElsewhere(Known(old), status, origin, had => old!.ExternalSource == LawRulerConnections.Crm ? own.ToKayse(had, old.StatusId) : had, clock.GetUtcNow()), cancellationToken);
        await EmitDueAsync(company, id, cancellationToken);
        var isNews = before is null || after.StatusChanges != before.StatusChanges;
        if (isNews)
        {
            await autoAdd.ApplyAsync(company, await autoAdd.RulesAsync(company, cancellationToken), after, isFirst: false, static _ => false, cancellationToken);
        }

        return isNews;
    }

    /// <summary>Notes a status that was set in Kayse. Kayse has told of it itself, so no event is emitted but where Law Ruler's status stays.</summary>
    public async Task<Case> SetByKayseAsync(CompanyId company, CaseId id, KayseStatus set, string crmName, DateTimeOffset receivedAt, StatusConflict rule, CancellationToken cancellationToken)
    {
        var (_, after) = await cases.ChangeAsync(company, id, old => StatusSync.SetByKayse(Known(old), set, crmName, receivedAt, rule, clock.GetUtcNow()), cancellationToken);
        await EmitDueAsync(company, id, cancellationToken);
        return after;
    }

    /// <summary>Notes, before the write, that a change of Kayse's is about to be written, if it still is the one to be written.</summary>
    /// <returns>False when a newer change has taken its place, or Law Ruler's stays.</returns>
    public async Task<bool> AnnouncePushAsync(CompanyId company, CaseId id, string change, string status, CancellationToken cancellationToken)
    {
        var (_, after) = await cases.ChangeAsync(company, id, old => StatusSync.Announce(Known(old), change, status), cancellationToken);
        return StatusSync.IsDue(after, change);
    }

    /// <summary>Notes that a change of Kayse's was written to Law Ruler.</summary>
    public Task WrittenAsync(CompanyId company, CaseId id, string change, string status, CancellationToken cancellationToken) =>
        cases.ChangeAsync(company, id, old => StatusSync.Written(Known(old), change, status, clock.GetUtcNow()), cancellationToken);

    /// <summary>Notes that a change that was due waits, since the synchronisation is off.</summary>
    /// <returns>The case as it is.</returns>
    public async Task<Case> QueueAsync(CompanyId company, CaseId id, string change, CancellationToken cancellationToken) =>
        (await cases.ChangeAsync(company, id, old => StatusSync.Queue(Known(old), change), cancellationToken)).After;

    /// <summary>Notes that a change that was due is not written.</summary>
    public Task SettleAsync(CompanyId company, CaseId id, string change, CancellationToken cancellationToken) =>
        cases.ChangeAsync(company, id, old => StatusSync.IsDue(Known(old), change) ? StatusSync.Settled(Known(old)) : Known(old), cancellationToken);

    /// <summary>Makes a queued change due.</summary>
    /// <returns>True when it is.</returns>
    public async Task<bool> ReplayAsync(CompanyId company, CaseId id, string change, CancellationToken cancellationToken)
    {
        if (await cases.FindAsync(company, id, cancellationToken) is not { StatusByKayse: { } queued })
        {
            return false;
        }

        var name = (await mappings.StatusesAsync(company, LawRulerConnections.Crm, cancellationToken)).FindCrm(queued.Status).Crm ?? StatusMapping.Plain(queued.Status);
        var (_, after) = await cases.ChangeAsync(company, id, old => StatusSync.Replay(Known(old), change, name, clock.GetUtcNow()), cancellationToken);
        return StatusSync.IsDue(after, change);
    }

    /// <summary>True when a CRM's post told more of the status than the echo of what Kayse wrote.</summary>
    public static bool IsNews(Case before, Case after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return after.StatusOrigin != Kayse && (!StatusMapping.Same(before.Status, after.Status) || before.StatusId != after.StatusId);
    }

    /// <summary>Emits the events of changes that are still due.</summary>
    public async Task EmitDueAsync(CompanyId company, CaseId caseId, CancellationToken cancellationToken)
    {
        if (await cases.FindAsync(company, caseId, cancellationToken) is not { StatusEventsDue: { Count: > 0 } due } current)
        {
            return;
        }

        var mapping = await mappings.StatusesAsync(company, LawRulerConnections.Crm, cancellationToken);
        foreach (var change in due)
        {
            // One at a time: of several that are accepted together, one that is stored already with an older case type would hold up the rest.
            var id = StatusMapping.Same(change.Status, current.Status) ? current.StatusId : null;
            // What another CRM told of is Kayse's name already.
            var status = change.Origin == LawmaticsConnections.Crm ? change.Status : mapping.ToKayse(change.Status, id);
            await intake.AcceptAsync([Event(company, current, change with { Status = status })], cancellationToken);
        }

        var last = due[^1].Number;
        await cases.ChangeAsync(company, caseId, old => Known(old) with { StatusEventsDue = [.. Known(old).StatusEventsDue.Where(change => change.Number > last)] }, cancellationToken);
    }

    private static Case Known(Case? found) => found ?? throw new InvalidOperationException("The case is gone.");

    private static PlatformEvent Event(CompanyId company, Case changed, StatusChange change)
    {
        var envelope = new StatusChangedEnvelope(
            $"evt_{changed.Id}_s{change.Number}",
            EventTypes.CaseStatusChanged,
            change.At,
            company,
            new EventCase(changed.Id.ToString(), changed.ExternalSource, changed.ExternalSourceId, changed.CaseType),
            new StatusChangedData(change.Status, change.Origin));
        var json = JsonSerializer.SerializeToElement(envelope, KayseJson.Default.StatusChangedEnvelope);
        return PlatformEventReader.Read(json, out var errors) is [var one] ? one : throw new InvalidOperationException($"The event is not valid: {errors[0].Field}.");
    }
}

/// <summary>The envelope of <c>case_status_changed</c>.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Type">The event's type.</param>
/// <param name="OccurredAt">When the status changed.</param>
/// <param name="CompanyId">The firm.</param>
/// <param name="Case">The case.</param>
/// <param name="Data">The status.</param>
public sealed record StatusChangedEnvelope(string Id, string Type, DateTimeOffset OccurredAt, CompanyId CompanyId, EventCase Case, StatusChangedData Data);

/// <summary>What <c>case_status_changed</c> carries.</summary>
/// <param name="Status">The new status.</param>
/// <param name="Origin">Who set it.</param>
public sealed record StatusChangedData(string Status, string Origin);
