using System.Globalization;
using Kayse.Benchmarks.Load;
using Kayse.Benchmarks.Processes;

namespace Kayse.Benchmarks;

/// <summary>Measures the same several times.</summary>
internal static class Repetition
{
    /// <summary>Runs a load against a process that stores what it acknowledges, and counts after each run that all of it is there.</summary>
    public static async Task<List<Figure>> RunAsync(BenchmarkOptions options, ChildProcess child, Func<Task<LoadResult>> load)
    {
        var figures = new List<Figure>();
        for (var run = 0; run < options.Runs; run++)
        {
            var stored = await StoredAsync(child);
            figures.Add(await OnceAsync(child, load));
            var added = await StoredAsync(child) - stored;
            if (added != figures[^1].Load.Acknowledged)
            {
                throw new InvalidOperationException($"{figures[^1].Load.Acknowledged} were acknowledged and {added} are stored.");
            }
        }

        return figures;
    }

    /// <summary>Runs a load against a process that stores nothing.</summary>
    public static async Task<List<Figure>> RunEmptyAsync(BenchmarkOptions options, ChildProcess child, Func<Task<LoadResult>> load)
    {
        var figures = new List<Figure>();
        for (var run = 0; run < options.Runs; run++)
        {
            figures.Add(await OnceAsync(child, load));
        }

        return figures;
    }

    private static async Task<Figure> OnceAsync(ChildProcess child, Func<Task<LoadResult>> load)
    {
        var before = await child.UsageAsync();
        var result = await load();
        return new Figure(result, (await child.UsageAsync()).Since(before));
    }

    private static async Task<long> StoredAsync(ChildProcess child) => long.Parse(await child.AskAsync("stored"), CultureInfo.InvariantCulture);
}
