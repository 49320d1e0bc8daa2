using Kayse.Core.Cases;
using Kayse.Core.Mapping;

namespace Kayse.Core.Sync;

/// <summary>
/// What becomes of a case's status when Kayse or the CRM changes it. Nothing here reads or writes anything. A case knows what it shows, what the CRM was
/// last known to have, and the last change that came from Kayse: both sides have changed the status when a change of Kayse's is due and the CRM has
/// another status than it was last known to have. What came from the CRM is never due.
/// </summary>
public static class StatusSync
{
    /// <summary>Kayse, as the origin of a status.</summary>
    public const string Kayse = "kayse";

    /// <summary>The push of statuses, as one that writes.</summary>
    public const string Push = "push";

    // Writers that were ended in the middle leave theirs behind.
    private const int MaxWrites = 5;

    /// <summary>What a status that the CRM tells of means for a case.</summary>
    /// <param name="current">The case.</param>
    /// <param name="seen">What the CRM says.</param>
    /// <param name="rule">Whose status stays when both changed.</param>
    public static StatusVerdict Judge(Case current, CrmStatus seen, StatusConflict rule)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(seen);
        return seen.SeenAt < current.StatusWrittenAt || seen.SeenAt < current.StatusPostedAt ? StatusVerdict.Old
            : StatusMapping.Same(current.Status, seen.Status) ? StatusVerdict.Agrees
            : current.StatusByKayse is not { State: KayseStatusState.Due } due ? IsFromElsewhere(current) && IsKnown(current, seen) ? StatusVerdict.Keep : StatusVerdict.Take
            : IsKnown(current, seen) || KayseWins(due, seen, rule) ? StatusVerdict.Keep
            : StatusVerdict.Take;
    }

    /// <summary>The case after the CRM told of its status.</summary>
    /// <param name="current">The case.</param>
    /// <param name="seen">What the CRM says.</param>
    /// <param name="rule">Whose status stays when both changed.</param>
    /// <param name="origin">The CRM.</param>
    /// <param name="now">The time.</param>
    public static Case Observe(Case current, CrmStatus seen, StatusConflict rule, string origin, DateTimeOffset now)
    {
        var verdict = Judge(current, seen, rule);
        return verdict switch
        {
            StatusVerdict.Old => current,
            StatusVerdict.Keep => Known(current, seen),
            StatusVerdict.Agrees => Settled(Change(Known(current, seen), seen.Status, seen.StatusId, origin, now)),
            _ => Change(Settled(Known(current, seen)), seen.Status, seen.StatusId, origin, now),
        };
    }

    /// <summary>The case after the CRM told of its status while statuses are not synchronised: it is noted, and the case's own stays. A case without a status takes it.</summary>
    public static Case ObserveWhileOff(Case current, CrmStatus seen, string origin, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(seen);
        return current.Status is null ? Change(Known(current, seen), seen.Status, seen.StatusId, origin, now)
            : StatusMapping.Same(current.Status, seen.Status) ? Change(Known(current, seen), current.Status, seen.StatusId, origin, now)
            : Known(current, seen);
    }

    /// <summary>The case after Kayse set its status.</summary>
    /// <param name="current">The case.</param>
    /// <param name="set">The status, by Kayse's name, with what is to become of it.</param>
    /// <param name="crmName">What the CRM calls it.</param>
    /// <param name="receivedAt">When Kayse's service learned of it.</param>
    /// <param name="rule">Whose status stays when both changed.</param>
    /// <param name="now">The time.</param>
    public static Case SetByKayse(Case current, KayseStatus set, string crmName, DateTimeOffset receivedAt, StatusConflict rule, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(set);
        if ((current.StatusByKayse is { } last && (last.Change == set.Change || set.At < last.At)) || (IsFromElsewhere(current) && set.At < current.StatusAt))
        {
            // It came before, or after one that was set later.
            return current;
        }

        if (StatusMapping.Same(current.Status, crmName))
        {
            // Said again. What the CRM has, because it came from there or was written, does not go there once more.
            return current with { StatusByKayse = IsThere(current, crmName) ? set with { State = KayseStatusState.Settled } : set };
        }

        // The CRM's change became known between this one's coming and its turn: neither side knew of the other's.
        var isConflict = set.State == KayseStatusState.Due && current.StatusOrigin == current.ExternalSource && receivedAt < current.StatusAt && current.StatusChanges > 0;
        if (isConflict && !KayseWins(set, new CrmStatus(current.Status!, null, current.StatusAt!.Value, current.StatusAt.Value), rule))
        {
            return Again(current with { StatusByKayse = set with { State = KayseStatusState.Settled } }, now);
        }

        return current with { Status = crmName, StatusId = null, StatusOrigin = Kayse, StatusAt = now, StatusByKayse = set };
    }

    /// <summary>The case after an admin had a queued change replayed: it is due, and overwrites whatever the CRM has when it is written.</summary>
    /// <param name="current">The case.</param>
    /// <param name="change">Which change; another than the case's last leaves it as it is.</param>
    /// <param name="crmName">What the CRM calls it.</param>
    /// <param name="now">The time.</param>
    public static Case Replay(Case current, string change, string crmName, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(current);
        if (current.StatusByKayse is not { State: KayseStatusState.Queued } queued || queued.Change != change)
        {
            return current;
        }

        // What the CRM was known to have does not count: whatever it is, both sides did not change it at once, the admin has decided.
        var due = current with { StatusByKayse = queued with { State = KayseStatusState.Due }, StatusInCrm = null };
        return StatusMapping.Same(current.Status, crmName) ? due : due with { Status = crmName, StatusId = null, StatusOrigin = Kayse, StatusAt = now };
    }

    /// <summary>The case after the synchronisation was found switched off while a change was due: it waits.</summary>
    public static Case Queue(Case current, string change)
    {
        ArgumentNullException.ThrowIfNull(current);
        return IsDue(current, change) ? current with { StatusByKayse = current.StatusByKayse! with { State = KayseStatusState.Queued } } : current;
    }

    /// <summary>True when a change of Kayse's is still the one to be written.</summary>
    public static bool IsDue(Case current, string change)
    {
        ArgumentNullException.ThrowIfNull(current);
        return current.StatusByKayse is { State: KayseStatusState.Due } due && due.Change == change;
    }

    /// <summary>True when a change of Kayse's needs no write any more because the CRM has told that it is there.</summary>
    public static bool HasArrived(Case current, string change)
    {
        ArgumentNullException.ThrowIfNull(current);
        return current is { StatusOrigin: Kayse, StatusByKayse: { State: KayseStatusState.Settled } last } && last.Change == change && StatusMapping.Same(current.StatusInCrm, current.Status);
    }

    /// <summary>The case before a change of Kayse's is written: its echo is no change. One that is not due any more leaves it as it is.</summary>
    public static Case Announce(Case current, string change, string status) => IsDue(current, change) ? Writing(current, Push, status) : current;

    /// <summary>The case before a writer writes a status.</summary>
    public static Case Writing(Case current, string writer, string status)
    {
        ArgumentNullException.ThrowIfNull(current);
        return current with { StatusesBeingWritten = [.. NotWriting(current, writer).StatusesBeingWritten.TakeLast(MaxWrites - 1), new StatusWrite(writer, status)] };
    }

    /// <summary>The case after a writer's status was written or refused; what others write stays.</summary>
    public static Case NotWriting(Case current, string writer)
    {
        ArgumentNullException.ThrowIfNull(current);
        return current.StatusesBeingWritten.Any(write => write.Writer == writer)
            ? current with { StatusesBeingWritten = [.. current.StatusesBeingWritten.Where(write => write.Writer != writer)] }
            : current;
    }

    /// <summary>The case after a call's status was written. Where the echo was faster it has done this already, and what has come since then is newer.</summary>
    /// <param name="current">The case.</param>
    /// <param name="writer">The call's chain.</param>
    /// <param name="status">The status, as the CRM names it.</param>
    /// <param name="decidedAt">When the call ended: what was set in Kayse after that is still to be written.</param>
    /// <param name="now">The time.</param>
    public static Case Finished(Case current, string writer, string status, DateTimeOffset decidedAt, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(current);
        if (!current.StatusesBeingWritten.Any(write => write.Writer == writer && StatusMapping.Same(write.Status, status)))
        {
            return current;
        }

        var written = NotWriting(current, writer) with { StatusInCrm = status, StatusWrittenAt = now };
        return IsSetAfter(current, decidedAt) && !StatusMapping.Same(current.Status, status) ? written : Change(Settled(written), status, null, Kayse, now);
    }

    /// <summary>True when a status that was set in Kayse after a time is to be written, or was.</summary>
    public static bool IsSetAfter(Case current, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(current);
        return current.StatusByKayse is { } set && set.At > time && (set.State == KayseStatusState.Due || HasArrived(current, set.Change));
    }

    /// <summary>The case after Kayse's status was written to the CRM.</summary>
    /// <param name="current">The case.</param>
    /// <param name="change">Which change it was.</param>
    /// <param name="status">The status, as the CRM names it.</param>
    /// <param name="now">The time.</param>
    public static Case Written(Case current, string change, string status, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(current);
        var written = NotWriting(current, Push) with { StatusInCrm = status, StatusWrittenAt = now };
        if (!IsDue(current, change))
        {
            return written;
        }

        // The mapping may have changed since it was set.
        return Settled(StatusMapping.Same(current.Status, status) ? written : written with { Status = status, StatusId = null });
    }

    /// <summary>
    /// The case after another CRM than its own changed its status. What its own CRM has is untouched: there the change goes as one of Kayse's. Unlike the status that
    /// a case comes with, the first is a change too, since the case was there before it.
    /// </summary>
    /// <param name="current">The case.</param>
    /// <param name="status">The status, by Kayse's name.</param>
    /// <param name="origin">The CRM.</param>
    /// <param name="toKayse">Kayse's name for the status that the case has.</param>
    /// <param name="now">The time.</param>
    public static Case SetElsewhere(Case current, string status, string origin, Func<string, string> toKayse, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(toKayse);
        if (StatusMapping.Same(current.Status is { } had ? toKayse(had) : null, status))
        {
            return current;
        }

        var change = new StatusChange(current.StatusChanges + 1, status, origin, now);
        return current with
        {
            Status = status,
            StatusId = null,
            StatusOrigin = origin,
            StatusAt = now,
            StatusChanges = change.Number,
            StatusEventsDue = [.. current.StatusEventsDue, change],
        };
    }

    /// <summary>The case without anything to be written.</summary>
    public static Case Settled(Case current)
    {
        ArgumentNullException.ThrowIfNull(current);
        return current.StatusByKayse is { State: KayseStatusState.Due } due ? current with { StatusByKayse = due with { State = KayseStatusState.Settled } } : current;
    }

    /// <summary>The case with a status laid over it: marked as changed when it differs from what it had.</summary>
    public static Case Change(Case current, string status, string? statusId, string origin, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(current);
        if (StatusMapping.Same(current.Status, status))
        {
            // Its id may have become known; the value and who set it stay.
            return statusId is not null && statusId != current.StatusId ? current with { StatusId = statusId } : current;
        }

        // The echo of a write that is under way says that it took effect: the change is ours.
        var isEcho = origin != Kayse && IsBeingWritten(current, status);
        var change = new StatusChange(current.StatusChanges + 1, status, isEcho ? Kayse : origin, now);
        var isFirst = current.Status is null;
        return current with
        {
            Status = status,
            StatusId = statusId,
            StatusOrigin = change.Origin,
            StatusAt = change.At,
            StatusesBeingWritten = isEcho ? [.. current.StatusesBeingWritten.Where(write => !StatusMapping.Same(write.Status, status))] : current.StatusesBeingWritten,
            StatusChanges = isFirst ? current.StatusChanges : change.Number,
            StatusEventsDue = isFirst ? current.StatusEventsDue : [.. current.StatusEventsDue, change],
        };
    }

    // Whoever heard of Kayse's status is told that the CRM's stays.
    private static Case Again(Case current, DateTimeOffset now)
    {
        var change = new StatusChange(current.StatusChanges + 1, current.Status!, current.StatusOrigin!, now);
        return current with { StatusChanges = change.Number, StatusEventsDue = [.. current.StatusEventsDue, change] };
    }

    // Another CRM than the case's own set it: until that has gone on to its own, the own one says what it said before.
    private static bool IsFromElsewhere(Case current) => current.StatusOrigin is not (null or Kayse) && current.StatusOrigin != current.ExternalSource;

    // What an earlier write of Kayse's left there, whose answer was lost, nobody else has set.
    private static bool IsKnown(Case current, CrmStatus seen) =>
        current.StatusInCrm is null || StatusMapping.Same(current.StatusInCrm, seen.Status) || IsBeingWritten(current, seen.Status);

    private static bool IsBeingWritten(Case current, string status) => current.StatusesBeingWritten.Any(write => StatusMapping.Same(write.Status, status));

    private static bool IsThere(Case current, string status) =>
        StatusMapping.Same(current.StatusInCrm ?? (current.StatusOrigin is null || current.StatusOrigin == current.ExternalSource ? current.Status : null), status)
        && current.StatusByKayse?.State != KayseStatusState.Due
        && current.StatusesBeingWritten.All(write => StatusMapping.Same(write.Status, status));

    private static Case Known(Case current, CrmStatus seen) => current with { StatusInCrm = seen.Status, StatusPostedAt = seen.SeenAt };

    private static bool KayseWins(KayseStatus due, CrmStatus seen, StatusConflict rule) =>
        rule switch
        {
            StatusConflict.KayseWins => true,
            StatusConflict.Newest => due.At > seen.SetAt,
            _ => false,
        };
}
