using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// A case's status and who set it. <c>case_status_changed</c> is emitted once for each real change: the change marks the case, the event has an id
/// made of the case and the number of the change, and the mark goes when the event is accepted; a crash between is made good by whoever comes next.
/// </summary>
public sealed class CaseStatuses(CaseStore cases, EventIntake intake, TimeProvider clock)
{
    /// <summary>Kayse's origin.</summary>
    public const string Kayse = "kayse";

    /// <summary>Notes, before the write, the status that Kayse is about to write: its echo is no change.</summary>
    public Task AnnounceWriteAsync(CompanyId company, CaseId id, string status, CancellationToken cancellationToken) =>
        cases.ChangeAsync(company, id, old => Known(old) with { StatusBeingWritten = status }, cancellationToken);

    /// <summary>Notes that the announced status was refused: when it comes from the CRM after all, somebody else has set it.</summary>
    public Task WithdrawWriteAsync(CompanyId company, CaseId id, CancellationToken cancellationToken) =>
        cases.ChangeAsync(company, id, old => Known(old) with { StatusBeingWritten = null }, cancellationToken);

    /// <summary>Notes that Kayse's status is in the CRM, and emits the change if it is one.</summary>
    public async Task FinishWriteAsync(CompanyId company, CaseId id, string status, CancellationToken cancellationToken)
    {
        // Where the echo was faster it has done this already, and what has come since then is newer.
        await cases.ChangeAsync(
            company,
            id,
            old => Known(old) is { StatusBeingWritten: not null } known ? Change(known with { StatusBeingWritten = null }, status, null, Kayse) : Known(old),
            cancellationToken);
        await EmitDueAsync(company, id, cancellationToken);
    }

    /// <summary>The case with a status laid over it: marked as changed when it differs from what it had.</summary>
    public Case Change(Case current, string status, string? statusId, string origin)
    {
        ArgumentNullException.ThrowIfNull(current);
        if (StatusMapping.Same(current.Status, status))
        {
            // Its id may have become known; the value and who set it stay.
            return statusId is not null && statusId != current.StatusId ? current with { StatusId = statusId } : current;
        }

        // The echo of a write that is under way says that it took effect: the change is ours.
        var isEcho = origin != Kayse && StatusMapping.Same(current.StatusBeingWritten, status);
        var change = new StatusChange(current.StatusChanges + 1, status, isEcho ? Kayse : origin, clock.GetUtcNow());
        var isFirst = current.Status is null;
        return current with
        {
            Status = status,
            StatusId = statusId,
            StatusOrigin = change.Origin,
            StatusAt = change.At,
            StatusBeingWritten = isEcho ? null : current.StatusBeingWritten,
            StatusChanges = isFirst ? current.StatusChanges : change.Number,
            StatusEventsDue = isFirst ? current.StatusEventsDue : [.. current.StatusEventsDue, change],
        };
    }

    /// <summary>True when a CRM's post told more of the status than the echo of what Kayse wrote.</summary>
    public static bool IsNews(Case before, Case after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return after.StatusOrigin != Kayse && (!StatusMapping.Same(before.Status, after.Status) || before.StatusId != after.StatusId);
    }

    /// <summary>Emits the events of changes that are still due.</summary>
    public async Task EmitDueAsync(CompanyId company, CaseId id, CancellationToken cancellationToken)
    {
        if (await cases.FindAsync(company, id, cancellationToken) is not { StatusEventsDue: { Count: > 0 } due } current)
        {
            return;
        }

        foreach (var change in due)
        {
            // One at a time: of several that are accepted together, one that is stored already with an older case type would hold up the rest.
            await intake.AcceptAsync([Event(company, current, change)], cancellationToken);
        }

        var last = due[^1].Number;
        await cases.ChangeAsync(company, id, old => Known(old) with { StatusEventsDue = [.. Known(old).StatusEventsDue.Where(change => change.Number > last)] }, cancellationToken);
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
