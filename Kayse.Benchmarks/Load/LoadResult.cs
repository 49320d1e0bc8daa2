namespace Kayse.Benchmarks.Load;

/// <summary>What a load brought.</summary>
/// <param name="Acknowledged">How many were acknowledged within the measured time.</param>
/// <param name="Failed">How many were not.</param>
/// <param name="Seconds">The measured time.</param>
/// <param name="Latencies">How long each took.</param>
internal sealed record LoadResult(long Acknowledged, long Failed, double Seconds, Latencies Latencies)
{
    /// <summary>How many a second.</summary>
    public double PerSecond => Acknowledged / Seconds;
}
