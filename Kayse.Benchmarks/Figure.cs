using Kayse.Benchmarks.Load;
using Kayse.Benchmarks.Processes;

namespace Kayse.Benchmarks;

/// <summary>One run.</summary>
/// <param name="Load">What was done.</param>
/// <param name="Used">What the measured process used for it.</param>
internal sealed record Figure(LoadResult Load, Usage Used)
{
    /// <summary>Per one thousand that were done.</summary>
    public double PerThousand(double used) => used / Load.Acknowledged * 1000;
}
