using System.Globalization;
using System.Text;
using Kayse.Benchmarks.Load;
using Kayse.Benchmarks.Processes;

namespace Kayse.Benchmarks.Chain;

/// <summary>How many chains a second are run from start to end, and what one costs.</summary>
internal static class ChainBenchmark
{
    private const int Accepted = 202;

    /// <summary>Measures with the given data folder, which may be filled.</summary>
    public static async Task RunAsync(BenchmarkOptions options, string folder, string label)
    {
        var table = new FigureTable();
        await using (var child = await ChildProcess.StartAsync(ChainHostRole.Name, folder))
        {
            var load = new HttpLoad(int.Parse(child.Ready, CultureInfo.InvariantCulture), Accepted);
            await load.ClosedAsync(32, options.WarmUpSeconds, Source);
            foreach (var connections in new[] { 32, 64, 256 })
            {
                table.Add($"chain, {label}, {connections} at once", await Repetition.RunAsync(options, child, () => load.ClosedAsync(connections, options.Seconds, Source)));
            }

            table.Add($"chain, {label}, 1,000/s", await Repetition.RunAsync(options, child, () => load.OpenAsync(64, options.Seconds, 1000, Source)));
        }

        Console.WriteLine(table);
    }

    private static Func<ReadOnlyMemory<byte>> Source()
    {
        ReadOnlyMemory<byte> request = Encoding.ASCII.GetBytes("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        return () => request;
    }
}
