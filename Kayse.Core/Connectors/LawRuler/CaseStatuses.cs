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

    /// <summary>Notes that Kayse's status is in the CRM, and emits the change if it is one.</summary>
    public async Task FinishWriteAsync(CompanyId company, CaseId id, string status, CancellationToken cancellationToken)
    {
        await cases.ChangeAsync(company, id, old => Change(Known(old) with { StatusBeingWritten = null }, status, null, Kayse), cancellationToken);
        await EmitDueAsync(company, id, cancellationToken);
    }

    /// <summary>The case with a status laid over it: marked as changed when it differs from what it had.</summary>
    public Case Change(Case current, string status, string? statusId, string origin)
    {
        ArgumentNullException.ThrowIfNull(current);
        var isEcho = origin != Kayse && StatusMapping.Same(current.StatusBeingWritten, status);
        if (isEcho || StatusMapping.Same(current.Status, status))
        {
            // Its id may have become known; the value and who set it stay.
            return !isEcho && statusId is not null && statusId != current.StatusId ? current with { StatusId = statusId } : current;
        }

        var isFirst = current.Status is null;
        return current with
        {
            Status = status,
            StatusId = statusId,
            StatusOrigin = origin,
            StatusAt = clock.GetUtcNow(),
            StatusChanges = isFirst ? 0 : current.StatusChanges + 1,
            StatusEventDue = !isFirst,
        };
    }

    /// <summary>Emits the event of a change that is still due.</summary>
    public async Task EmitDueAsync(CompanyId company, CaseId id, CancellationToken cancellationToken)
    {
        if (await cases.FindAsync(company, id, cancellationToken) is not { StatusEventDue: true } current)
        {
            return;
        }

        await intake.AcceptAsync([Event(company, current)], cancellationToken);
        await cases.ChangeAsync(
            company, id, old => Known(old).StatusChanges == current.StatusChanges ? Known(old) with { StatusEventDue = false } : Known(old), cancellationToken);
    }

    private static Case Known(Case? found) => found ?? throw new InvalidOperationException("The case is gone.");

    private static PlatformEvent Event(CompanyId company, Case changed)
    {
        var envelope = new StatusChangedEnvelope(
            $"evt_{changed.Id}_s{changed.StatusChanges}",
            EventTypes.CaseStatusChanged,
            changed.StatusAt ?? changed.UpdatedAt,
            company,
            new EventCase(changed.Id.ToString(), changed.ExternalSource, changed.ExternalSourceId, changed.CaseType),
            new StatusChangedData(changed.Status!, changed.StatusOrigin ?? Kayse));
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
