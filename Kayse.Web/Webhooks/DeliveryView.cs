using System.Text.Json;
using System.Text.Json.Serialization;
using Kayse.Core.Webhooks;

namespace Kayse.Web.Webhooks;

/// <summary>A delivery as it is shown.</summary>
public sealed record DeliveryView
{
    /// <summary>Its id, which is sent as X-Kayse-Delivery.</summary>
    public required string Id { get; init; }

    /// <summary>The event's id, which is sent as webhook-id.</summary>
    public required string EventId { get; init; }

    /// <summary>The event's type.</summary>
    public required string Type { get; init; }

    /// <summary><c>waiting</c>, <c>delivered</c>, <c>failed</c> or <c>skipped</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why it was skipped, failed or waits; or null.</summary>
    public required string? Reason { get; init; }

    /// <summary>When its turn came first.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How often it was attempted.</summary>
    public required int AttemptCount { get; init; }

    /// <summary>When it is attempted next, or null.</summary>
    public required DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Whether it carries a sample that an admin sent.</summary>
    public required bool Test { get; init; }

    /// <summary>The delivery that it repeats, or null.</summary>
    public required string? ReplayOf { get; init; }

    /// <summary>The delivery that repeats it, or null.</summary>
    public required string? ReplayedAs { get; init; }

    /// <summary>Its last attempt, or null.</summary>
    public required AttemptView? LastAttempt { get; init; }

    /// <summary>All attempts, the first first; where one delivery is asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AttemptView>? Attempts { get; init; }

    /// <summary>The body, made of the event as it was accepted; where one delivery is asked for and its event is still kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Payload { get; init; }

    /// <summary>The view of a delivery.</summary>
    public static DeliveryView Of(Delivery delivery)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return new DeliveryView
        {
            Id = delivery.Id,
            EventId = delivery.Event,
            Type = delivery.Type,
            State = delivery.State,
            Reason = delivery.Reason,
            CreatedAt = delivery.FirstAt,
            AttemptCount = delivery.Attempts,
            NextAttemptAt = delivery.NextAt,
            Test = delivery.IsTest,
            ReplayOf = delivery.ReplayOf,
            ReplayedAs = delivery.ReplayedAs,
            LastAttempt = delivery.Last is null ? null : AttemptView.Of(delivery.Last),
        };
    }
}

/// <summary>An attempt as it is shown.</summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="At">When it began.</param>
/// <param name="DurationMs">How long it took.</param>
/// <param name="Status">The answer's status, or null when there was none.</param>
/// <param name="Error">What went wrong, or null.</param>
/// <param name="Headers">The request's headers; the App Key is masked.</param>
/// <param name="Answer">The first 4 kB of the answer's body, or null.</param>
/// <param name="AnswerCut">Whether it was longer.</param>
/// <param name="NextAttemptAt">When the next attempt was then planned for, or null.</param>
public sealed record AttemptView(
    int Number, DateTimeOffset At, double DurationMs, int? Status, string? Error, IReadOnlyDictionary<string, string> Headers, string? Answer, bool AnswerCut, DateTimeOffset? NextAttemptAt)
{
    /// <summary>The view of an attempt.</summary>
    public static AttemptView Of(DeliveryAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return new AttemptView(
            attempt.Number, attempt.At, attempt.Milliseconds, attempt.Status, attempt.Error, attempt.Headers, attempt.Answer, attempt.AnswerCut, attempt.NextAt);
    }
}
