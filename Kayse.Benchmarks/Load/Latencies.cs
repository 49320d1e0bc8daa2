using System.Diagnostics;
using System.Text.Json.Serialization;

namespace Kayse.Benchmarks.Load;

/// <summary>Counts times in microseconds, each step 2 % wide at most, without keeping every one. For several threads.</summary>
internal sealed class Latencies
{
    private const int StepsPerDoubling = 64;

    // 64 steps a doubling up to 2^32 µs, which is more than an hour.
    private readonly long[] _counts;

    /// <summary>None yet.</summary>
    public Latencies()
        : this(new long[33 * StepsPerDoubling])
    {
    }

    /// <summary>Those that another process has counted.</summary>
    [JsonConstructor]
    public Latencies(IReadOnlyList<long> counts) => _counts = [.. counts];

    /// <summary>How many there were at each step.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>Counts the time since a <see cref="Stopwatch"/> reading.</summary>
    public void Add(long startTimestamp) => Add(Stopwatch.GetElapsedTime(startTimestamp));

    /// <summary>Counts a time.</summary>
    public void Add(TimeSpan time)
    {
        var microseconds = Math.Max(1, time.TotalMicroseconds);
        Interlocked.Increment(ref _counts[Math.Min((int)(Math.Log2(microseconds) * StepsPerDoubling), _counts.Length - 1)]);
    }

    /// <summary>The time in milliseconds below which a share of all were.</summary>
    public double Percentile(double share)
    {
        var below = (long)Math.Ceiling(_counts.Sum() * share);
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            if ((seen += _counts[i]) >= below && seen > 0)
            {
                return Math.Pow(2, (i + 1) / (double)StepsPerDoubling) / 1000;
            }
        }

        return 0;
    }
}
