
namespace Kayse.Core.Events;

/// <summary>What a CRM's connector does about an event.</summary>
public interface IEventReaction
{
    /// <summary>The connector's name as it stands in <see cref="StoredEvent.Connectors"/>.</summary>
    string Connector { get; }

    /// <summary>Starts what the event causes, under ids that are the same each time: it may be called more than once.</summary>
    /// <param name="platformEvent">The event.</param>
    /// <param name="receivedAt">When it was accepted.</param>
    /// <param name="cancellationToken">The host stops.</param>
    Task<Reaction> ReactAsync(PlatformEvent platformEvent, DateTimeOffset receivedAt, CancellationToken cancellationToken);
}

/// <summary>How far a reaction got.</summary>
/// <param name="WaitUntil">When to come back to the event, or null when everything has been started.</param>
/// <param name="Paused">True when the connection is paused: the event waits until it is resumed.</param>
public sealed record Reaction(DateTimeOffset? WaitUntil = null, bool Paused = false)
{
    /// <summary>Everything has been started, or there is nothing to start.</summary>
    public static Reaction Finished { get; } = new();
}
