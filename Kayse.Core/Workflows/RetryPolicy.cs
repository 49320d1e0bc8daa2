using Kayse.Core.Storage;

namespace Kayse.Core.Workflows;

/// <summary>How a step that failed for the moment is tried again: exponential backoff with jitter within a window.</summary>
/// <param name="FirstDelaySeconds">Before the second attempt.</param>
/// <param name="MaxDelaySeconds">The most between two attempts; the delay doubles up to it.</param>
/// <param name="WindowHours">How long after the first attempt the last may come.</param>
public sealed record RetryPolicy(double FirstDelaySeconds, double MaxDelaySeconds, double WindowHours)
{
    /// <summary>The delay after an attempt, with up to 10 % taken off or added. The same instance, step and attempt always give the same delay, so that a replay does.</summary>
    /// <param name="seed">The instance and step.</param>
    /// <param name="attempt">Which attempt failed, from 1.</param>
    public TimeSpan Delay(string seed, int attempt)
    {
        var seconds = Math.Min(FirstDelaySeconds * Math.Pow(2, Math.Min(attempt - 1, 30)), MaxDelaySeconds);
        var jitter = Partitions.Hash($"{seed}/{attempt}") / (double)uint.MaxValue;
        return TimeSpan.FromSeconds(seconds * (0.9 + (0.2 * jitter)));
    }
}
