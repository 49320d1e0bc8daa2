namespace Kayse.Core.Events;

/// <summary>An accepted event as it is stored: the commitment to handle it.</summary>
/// <param name="Id">The event.</param>
/// <param name="Type">What happened.</param>
/// <param name="Hash">SHA-256 of the compact envelope, base64: the same id with other content is refused.</param>
/// <param name="ReceivedAt">When it was accepted.</param>
/// <param name="Connectors">The CRMs that it concerns; settled when it is accepted.</param>
/// <param name="Envelope">The envelope, or null when it is in <paramref name="Blob"/>.</param>
/// <param name="Blob">Where an envelope above 32 kB is.</param>
/// <param name="Subscriptions">The webhook subscriptions that it matched; settled when it is accepted. Null for none.</param>
/// <param name="ReplayedAt">When it was last sent to a webhook again; or null.</param>
public sealed record StoredEvent(
    EventId Id,
    string Type,
    string Hash,
    DateTimeOffset ReceivedAt,
    IReadOnlyList<string> Connectors,
    RawJson? Envelope,
    string? Blob,
    IReadOnlyList<string>? Subscriptions = null,
    DateTimeOffset? ReplayedAt = null);
