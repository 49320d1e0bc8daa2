namespace Kayse.Core.Events;

/// <summary>Which events a connector's reaction is about; settled when an event is accepted, by the event alone.</summary>
/// <param name="Connector">The reaction's name (<see cref="IEventReaction.Connector"/>); it stands in stored events.</param>
/// <param name="Concerns">True for an event that it reacts to.</param>
public sealed record EventConcern(string Connector, Func<PlatformEvent, bool> Concerns);
