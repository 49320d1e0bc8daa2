using System.Text.Json.Serialization;

namespace Kayse.Core.Workflows;

/// <summary>What became of one attempt at a step. Failures are values: nothing branches on exception types. It becomes part of a workflow's history: texts of our own only, never a CRM's.</summary>
/// <param name="Kind">How it ended.</param>
/// <param name="Reason">What happened and what to do; null when there is nothing to say.</param>
/// <param name="NotBefore">With <see cref="StepKind.RetryAfter"/>: the earliest time for the next attempt, or null for the backoff's.</param>
/// <param name="Postponed">With <see cref="StepKind.RetryAfter"/>: nothing was sent, so no attempt was spent (no rate budget, no token yet).</param>
/// <param name="StopsAll">With <see cref="StepKind.Refused"/>: no other step can succeed either (a refused Key).</param>
/// <param name="Resource">The CRM's id of what was written, or null.</param>
/// <param name="Unauthorized">With <see cref="StepKind.RetryAfter"/>: the sign-in was refused without a word why; some of these in a row mean that it is wrong.</param>
/// <param name="CredentialsRefused">With <see cref="StepKind.Refused"/>: the CRM does not take the firm's credentials any more.</param>
/// <param name="Credential">Which credential the CRM refused, or with <see cref="StepKind.Done"/> certainly took; null where that is not known.</param>
public sealed record StepOutcome(
    StepKind Kind, string? Reason = null, DateTimeOffset? NotBefore = null, bool Postponed = false, bool StopsAll = false, string? Resource = null, bool Unauthorized = false, bool CredentialsRefused = false, string? Credential = null)
{
    /// <summary>What the CRM said itself: for the audit log alone, and no part of a workflow's history.</summary>
    [JsonIgnore]
    public string? Said { get; init; }

    /// <summary>It took effect.</summary>
    public static StepOutcome Done(string? resource = null, string? note = null) => new(StepKind.Done, note, Resource: resource);

    /// <summary>There was nothing to do.</summary>
    public static StepOutcome Skipped(string reason) => new(StepKind.Skipped, reason);

    /// <summary>It did not work for now.</summary>
    public static StepOutcome Retry(string reason, DateTimeOffset? notBefore = null) => new(StepKind.RetryAfter, reason, notBefore);

    /// <summary>Nothing was tried; come back at a time.</summary>
    public static StepOutcome Postpone(string reason, DateTimeOffset notBefore) => new(StepKind.RetryAfter, reason, notBefore, Postponed: true);

    /// <summary>It will not work however often it is tried.</summary>
    public static StepOutcome Refused(string reason, bool stopsAll = false) => new(StepKind.Refused, reason, StopsAll: stopsAll);
}

/// <summary>How an attempt at a step ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StepKind>))]
public enum StepKind
{
    /// <summary>It took effect.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>There was nothing to do.</summary>
    [JsonStringEnumMemberName("skipped")]
    Skipped,

    /// <summary>Try again later.</summary>
    [JsonStringEnumMemberName("retry")]
    RetryAfter,

    /// <summary>Do not try again.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,
}
