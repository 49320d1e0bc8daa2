namespace Kayse.Sandbox.Lawmatics.Webhooks;

/// <summary>One try, with what came back.</summary>
internal sealed record LawmaticsDelivery
{
    public required DateTimeOffset At { get; init; }

    public required string EventId { get; init; }

    public required string EventType { get; init; }

    /// <summary>1 for the first try, 7 for the last.</summary>
    public required int Attempt { get; init; }

    public required string Url { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required string Sent { get; init; }

    /// <summary>The receiver's status; null if it gave none.</summary>
    public int? Status { get; init; }

    public string? Error { get; init; }

    /// <summary>When the next try is due; null where there is none.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }
}
