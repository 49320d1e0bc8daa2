using System.Globalization;
using System.Text;

namespace Kayse.Benchmarks;

/// <summary>The figures as a Markdown table: of each row's runs the median, and the range of the throughput.</summary>
internal sealed class FigureTable
{
    private readonly StringBuilder _text = new("| What | per second (range) | p50 ms | p95 ms | p99 ms | CPU s / 1,000 | fsyncs / 1,000 | bytes allocated each | failed |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");

    /// <summary>Adds a row.</summary>
    public void Add(string what, IReadOnlyList<Figure> runs)
    {
        var rates = runs.Select(run => run.Load.PerSecond).Order().ToList();
        string[] cells =
        [
            what,
            Text($"{Median(runs, run => run.Load.PerSecond):n0} ({rates[0]:n0}–{rates[^1]:n0})"),
            Text($"{Median(runs, run => run.Load.Latencies.Percentile(0.50)):f2}"),
            Text($"{Median(runs, run => run.Load.Latencies.Percentile(0.95)):f2}"),
            Text($"{Median(runs, run => run.Load.Latencies.Percentile(0.99)):f2}"),
            Text($"{Median(runs, run => run.PerThousand(run.Used.CpuSeconds)):f3}"),
            Text($"{Median(runs, run => run.PerThousand(run.Used.Fsyncs)):f0}"),
            Text($"{Median(runs, run => run.PerThousand(run.Used.AllocatedBytes) / 1000):n0}"),
            Text($"{runs.Sum(run => run.Load.Failed)}"),
        ];
        _text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private static double Median(IReadOnlyList<Figure> runs, Func<Figure, double> value) => runs.Select(value).Order().ElementAt(runs.Count / 2);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
