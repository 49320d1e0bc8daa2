using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kayse.Sandbox.Faults;

/// <summary>A fault to serve on the next calls that match.</summary>
internal sealed record Fault
{
    /// <summary>Every kind there is.</summary>
    public static readonly IReadOnlyList<string> Kinds =
        ["429", "500", "502", "503", "401", "slow", "reset", "html200", "empty200", "truncated", "login-redirect", "refused200", "404", "404-path", "422", "invalid-json"];

    public long Id { get; init; }

    /// <summary>The stand-in, such as <c>lawruler</c> or <c>receiver</c>; <c>*</c> is any.</summary>
    public string System { get; init; } = "*";

    /// <summary>The operation as the request log names it; <c>*</c> is any.</summary>
    public string Operation { get; init; } = "*";

    public required string Kind { get; init; }

    /// <summary>How many calls are still to fail.</summary>
    public int Count { get; init; } = 1;

    /// <summary>How long the answer keeps the caller waiting.</summary>
    public int DelayMs { get; init; }

    /// <summary>The value of <c>Retry-After</c>, seconds or a date; null sends none.</summary>
    public JsonElement? RetryAfter { get; init; }

    /// <summary>What the error of a 404 or 422 of Lawmatics says.</summary>
    public string? Detail { get; init; }

    public FaultApplied? Applied { get; init; }

    /// <summary>With <see cref="FaultApplied.Late"/>: how long after the caller was let down the write happens.</summary>
    public int LateMs { get; init; }

    /// <summary>A slow answer that says nothing else is only slow: the write counts.</summary>
    [JsonIgnore]
    public FaultApplied WhenApplied => Applied ?? (Kind == "slow" ? FaultApplied.Before : FaultApplied.No);

    public bool Matches(string system, string operation) =>
        Fits(System, system) && Fits(Operation, operation);

    private static bool Fits(string wanted, string actual) =>
        wanted == "*" || wanted.Equals(actual, StringComparison.OrdinalIgnoreCase);
}
