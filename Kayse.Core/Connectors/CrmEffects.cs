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

    /// <summary>Announces a write, now.</summary>
    public Task AnnounceAsync(CompanyId company, string workflow, string step, string? statusBefore, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return _effects.UpdateAsync(
            Partitions.Of(company, workflow), step, old => new CrmEffect(EffectState.Announced, now, old?.StatusBefore ?? statusBefore, old?.Resource), cancellationToken);
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
public sealed record CrmEffect(EffectState State, DateTimeOffset AnnouncedAt, string? StatusBefore, string? Resource);

/// <summary>What is known of an announced write.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EffectState>))]
public enum EffectState
{
    /// <summary>It may be under way, or have been cut off.</summary>
    Announced,

    /// <summary>The CRM answered, but not with success: it may have taken effect all the same.</summary>
    Answered,

    /// <summary>The CRM turned the request away unread (too many requests, a wrong key): a second look is good, but not needed.</summary>
    TurnedAway,

    /// <summary>Nothing reached the CRM since it was last looked.</summary>
    NotSent,

    /// <summary>It took effect.</summary>
    Done,
}
