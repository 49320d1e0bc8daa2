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
    private readonly EntityTable<CrmEffect> _effects = new(store, Tables.Effects, KayseJson.Default.CrmEffect);

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
            old => new CrmEffect(EffectState.Announced, now, old?.StatusBefore ?? seen?.Status, old?.Resource) { StatusSeenAt = seen?.At },
            cancellationToken);
    }

    /// <summary>Announces a write, now, unless somebody else has done something about it since it was looked at.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="workflow">The workflow.</param>
    /// <param name="step">The step.</param>
    /// <param name="seen">What <see cref="FindAsync"/> gave.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False when somebody else has: then it is not to be written.</returns>
    public async Task<bool> ClaimAsync(CompanyId company, string workflow, string step, CrmEffect? seen, CancellationToken cancellationToken)
    {
        var (partition, now) = (Partitions.Of(company, workflow), clock.GetUtcNow());
        var found = await _effects.GetAsync(partition, step, cancellationToken);
        var claim = new CrmEffect(EffectState.Announced, now, seen?.StatusBefore, seen?.Resource);
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
