using System.Text.Json.Serialization;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors;

/// <summary>
/// Announcements of CRM writes. A write is announced before it is made; whoever finds an announcement, whatever the engine says,
/// is not the first to try and looks in the CRM whether the earlier try took effect.
/// </summary>
public sealed class CrmEffects(IEntityStore store, TimeProvider clock)
{
    private readonly EntityTable<CrmEffect> _effects = new(store, Tables.Effects, static () => KayseJson.Default.CrmEffect);

    /// <summary>The announcement of a step of a workflow, or null.</summary>
    public async Task<CrmEffect?> FindAsync(CompanyId company, string workflow, string step, CancellationToken cancellationToken) =>
        (await _effects.GetAsync(Partitions.Of(company, workflow), step, cancellationToken))?.Value;

    /// <summary>Announces a write, now; of one that sets a status, with the lead's status and when it was seen.</summary>
    public Task AnnounceAsync(CompanyId company, string workflow, string step, SeenStatus? seen, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return _effects.UpdateAsync(
            Partitions.Of(company, workflow),
            step,
            old => new CrmEffect(EffectState.Announced, now, old?.StatusBefore ?? seen?.Status, old?.Resource) { StatusSeenAt = seen?.At, Holder = old?.Holder },
            cancellationToken);
    }

    /// <summary>Announces a write, now, unless somebody else has done something about it since it was looked at.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="workflow">The workflow.</param>
    /// <param name="step">The step.</param>
    /// <param name="seen">What <see cref="FindAsync"/> gave.</param>
    /// <param name="sent">By what the write is recognised, see <see cref="CrmEffect.Sent"/>; null where it is not needed.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False when somebody else has: then it is not to be written.</returns>
    public async Task<bool> ClaimAsync(CompanyId company, string workflow, string step, CrmEffect? seen, string? sent, CancellationToken cancellationToken)
    {
        var (partition, now) = (Partitions.Of(company, workflow), clock.GetUtcNow());
        var found = await _effects.GetAsync(partition, step, cancellationToken);
        var claim = new CrmEffect(EffectState.Announced, now, seen?.StatusBefore, seen?.Resource) { Holder = seen?.Holder, Sent = sent };
        return found?.Value == seen
            && (found is null ? await _effects.InsertAsync(partition, step, claim, cancellationToken) : await _effects.ReplaceAsync(partition, found, claim, cancellationToken));
    }

    /// <summary>Notes that nobody waits for an announced write's answer any more, and none has told whether it took effect: the CRM may still apply it.</summary>
    /// <returns>Since when that is so.</returns>
    public async Task<DateTimeOffset> LeaveOpenAsync(CompanyId company, string workflow, string step, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var effect = await _effects.UpdateAsync(
            Partitions.Of(company, workflow), step, old => (old ?? new CrmEffect(EffectState.Announced, now, null, null)) with { State = EffectState.Announced, OpenSince = now }, cancellationToken);
        return effect.OpenSince ?? now;
    }

    /// <summary>Since when nobody waits for the answer of an announced write. One that a crash has cut off bears no time: how late that was nobody knows, so it begins where it is found.</summary>
    public async Task<DateTimeOffset> OpenSinceAsync(CompanyId company, string workflow, string step, CrmEffect found, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(found);
        return found.OpenSince ?? await LeaveOpenAsync(company, workflow, step, cancellationToken);
    }

    /// <summary>Notes what is known of an announced write.</summary>
    public Task SettleAsync(CompanyId company, string workflow, string step, EffectState state, string? resource, CancellationToken cancellationToken) =>
        _effects.UpdateAsync(
            Partitions.Of(company, workflow),
            step,
            old => (old ?? new CrmEffect(state, clock.GetUtcNow(), null, null)) with { State = state, Resource = resource ?? old?.Resource },
            cancellationToken);

    /// <summary>
    /// Takes a write that several workflows may want to make (the contact of two matters of one client) for one of them alone; the others come back. A holder that has
    /// not been heard of for long loses it: whoever takes it over finds what that one announced.
    /// </summary>
    /// <param name="company">The firm.</param>
    /// <param name="workflow">What the write is announced under.</param>
    /// <param name="step">The write's name there.</param>
    /// <param name="holder">Who takes it; the same each time that it tries.</param>
    /// <param name="patience">How long a holder may be silent: longer than any attempt takes.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<CrmHold> HoldAsync(CompanyId company, string workflow, string step, string holder, TimeSpan patience, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            var row = await _effects.GetAsync(Partitions.Of(company, workflow), step, cancellationToken);
            if (row is { Value: { State: EffectState.Done } done })
            {
                return new CrmHold(IsOurs: false, done.Resource, null) { IsMaker = done.Holder == holder };
            }

            if (row is { Value: var found } && found.Holder is { } other && other != holder && found.State is EffectState.Held or EffectState.Announced
                && (found.OpenSince ?? found.AnnouncedAt) + patience is var until && until > now)
            {
                return new CrmHold(IsOurs: false, null, until);
            }

            var held = row is null ? new CrmEffect(EffectState.Held, now, null, null) { Holder = holder }
                : row.Value.State == EffectState.Announced ? row.Value with { Holder = holder }
                : row.Value with { Holder = holder, State = EffectState.Held, AnnouncedAt = now, OpenSince = null };
            if (row is null ? await _effects.InsertAsync(Partitions.Of(company, workflow), step, held, cancellationToken)
                : row.Value == held || await _effects.ReplaceAsync(Partitions.Of(company, workflow), row, held, cancellationToken))
            {
                return new CrmHold(IsOurs: true, null, null);
            }
        }
    }

    /// <summary>Notes that what was written is not in the CRM any more, if it still is what is known: it may be written again.</summary>
    public Task ReopenAsync(CompanyId company, string workflow, string step, string resource, CancellationToken cancellationToken) =>
        _effects.UpdateAsync(
            Partitions.Of(company, workflow),
            step,
            old => old is null ? new CrmEffect(EffectState.NotSent, clock.GetUtcNow(), null, null)
                : old.State == EffectState.Done && old.Resource == resource ? old with { State = EffectState.NotSent, Resource = null, Holder = null, OpenSince = null } : old,
            cancellationToken);
}

/// <summary>Whether a write was taken for whoever asked.</summary>
/// <param name="IsOurs">True when it is theirs to make.</param>
/// <param name="Resource">The CRM's id of what was written, where it has been made.</param>
/// <param name="BusyUntil">Until when another is left alone with it; null when nobody is at it.</param>
public sealed record CrmHold(bool IsOurs, string? Resource, DateTimeOffset? BusyUntil)
{
    /// <summary>True when it was made by whoever asked.</summary>
    public bool IsMaker { get; init; }
}

/// <summary>An announced write.</summary>
/// <param name="State">What is known of it.</param>
/// <param name="AnnouncedAt">When the last try was announced.</param>
/// <param name="StatusBefore">The lead's status before the first try, where the write sets one.</param>
/// <param name="Resource">The CRM's id of what was written, or null.</param>
/// <param name="OpenSince">Since when nobody waits for the answer any more; null while somebody does, or where a crash has cut it off.</param>
public sealed record CrmEffect(EffectState State, DateTimeOffset AnnouncedAt, string? StatusBefore, string? Resource, DateTimeOffset? OpenSince = null)
{
    /// <summary>When the lead's status was last looked at for the write.</summary>
    public DateTimeOffset? StatusSeenAt { get; init; }

    /// <summary>Who has taken the write for himself alone; null where nobody else would make it.</summary>
    public string? Holder { get; init; }

    /// <summary>By what the writer recognises in the CRM what was announced last, though it would write something else by now: ids and hashes alone. Null where it is not needed.</summary>
    public string? Sent { get; init; }
}

/// <summary>A lead's status at a time.</summary>
/// <param name="Status">The status; null where the CRM gives none.</param>
/// <param name="At">When it was seen.</param>
public sealed record SeenStatus(string? Status, DateTimeOffset At);

/// <summary>What is known of an announced write.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EffectState>))]
public enum EffectState
{
    /// <summary>It may be under way, or have been cut off, or be applied yet: no answer has told.</summary>
    Announced,

    /// <summary>Somebody is about to make it; nothing has been sent.</summary>
    Held,

    /// <summary>The CRM refused it.</summary>
    Answered,

    /// <summary>The CRM turned the request away unread (too many requests, a wrong key): a second look is good, but not needed.</summary>
    TurnedAway,

    /// <summary>Nothing reached the CRM since it was last looked.</summary>
    NotSent,

    /// <summary>The CRM said that it took it; that it is there has not been seen.</summary>
    Taken,

    /// <summary>It took effect.</summary>
    Done,
}
