namespace Kayse.Core.Webhooks;

/// <summary>An event on its way to a subscription, as the delivery log shows it.</summary>
public sealed record Delivery
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The event.</summary>
    public required string Event { get; init; }

    /// <summary>The event's type.</summary>
    public required string Type { get; init; }

    /// <summary>Where it stands: one of <see cref="DeliveryStates"/>.</summary>
    public required string State { get; init; }

    /// <summary>Why it was skipped, failed or has to wait; or null.</summary>
    public string? Reason { get; init; }

    /// <summary>When its turn came first: its day begins then.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>How often it was attempted.</summary>
    public int Attempts { get; init; }

    /// <summary>When it is attempted next, or null.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>Until when an attempt that is under way keeps others out; or null.</summary>
    public DateTimeOffset? ClaimedUntil { get; init; }

    /// <summary>True when it carries a sample that an admin sent.</summary>
    public bool IsTest { get; init; }

    /// <summary>The delivery that it repeats, or null.</summary>
    public string? ReplayOf { get; init; }

    /// <summary>The delivery that repeats it, the last where there are several; or null.</summary>
    public string? ReplayedAs { get; init; }

    /// <summary>Its last attempt, or null. Those before have rows of their own.</summary>
    public DeliveryAttempt? Last { get; init; }
}

/// <summary>One attempt at a delivery.</summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="At">When it began.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Status">The status of the answer, or null when there was none.</param>
/// <param name="Error">What went wrong, or null.</param>
/// <param name="Headers">The request's headers; the App Key is masked.</param>
/// <param name="Answer">The first 4 kB of the answer's body, or null when it had none.</param>
/// <param name="AnswerCut">True when the answer's body was longer.</param>
/// <param name="NextAt">When the next attempt was then planned for, or null.</param>
public sealed record DeliveryAttempt(
    int Number, DateTimeOffset At, double Milliseconds, int? Status, string? Error, IReadOnlyDictionary<string, string> Headers, string? Answer, bool AnswerCut, DateTimeOffset? NextAt);

/// <summary>Where a delivery can stand.</summary>
public static class DeliveryStates
{
    /// <summary>It waits for its next attempt.</summary>
    public const string Waiting = "waiting";

    /// <summary>The destination took it.</summary>
    public const string Delivered = "delivered";

    /// <summary>It was given up.</summary>
    public const string Failed = "failed";

    /// <summary>It was not sent, since the subscription was switched off.</summary>
    public const string Skipped = "skipped";

    /// <summary>It goes back to its queue for a moment. What a turn can come to; it never stands in the log.</summary>
    internal const string Queued = "queued";

    /// <summary>All that stand in the log.</summary>
    public static IReadOnlyList<string> All { get; } = [Waiting, Delivered, Failed, Skipped];

    /// <summary>Those that can be replayed together.</summary>
    public static IReadOnlyList<string> Replayable { get; } = [Failed, Skipped];
}
