using System.Diagnostics;

namespace Kayse.Benchmarks.Processes;

/// <summary>What a process has used since it started.</summary>
/// <param name="CpuSeconds">Processor time, user and system.</param>
/// <param name="AllocatedBytes">Managed memory that was allocated.</param>
/// <param name="Fsyncs">Times that the store waited for the disk.</param>
/// <param name="ResidentBytes">Memory that it has now.</param>
internal sealed record Usage(double CpuSeconds, long AllocatedBytes, long Fsyncs, long ResidentBytes)
{
    /// <summary>This process's usage.</summary>
    public static Usage Now(long fsyncs)
    {
        using var process = Process.GetCurrentProcess();
        return new Usage(process.TotalProcessorTime.TotalSeconds, GC.GetTotalAllocatedBytes(precise: true), fsyncs, process.WorkingSet64);
    }

    /// <summary>What was used since an earlier reading.</summary>
    public Usage Since(Usage earlier) =>
        new(CpuSeconds - earlier.CpuSeconds, AllocatedBytes - earlier.AllocatedBytes, Fsyncs - earlier.Fsyncs, ResidentBytes);
}
