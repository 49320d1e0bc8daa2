using Kayse.Benchmarks.Chain;
using Kayse.Benchmarks.Filling;
using Kayse.Benchmarks.Intake;
using Kayse.Benchmarks.Start;
using Kayse.Benchmarks.Webhooks;
using Kayse.Standalone.Storage;

namespace Kayse.Benchmarks;

/// <summary>Runs benchmarks, each with an empty data folder and a filled one, and its limits beside it.</summary>
internal sealed class BenchmarkRun(BenchmarkOptions options, string parent)
{
    private string Filled => Path.Combine(parent, "filled");

    /// <summary>Runs one benchmark, or all.</summary>
    public async Task RunAsync(string name)
    {
        if (name != "neighbours" && options.Events > 0 && !Directory.Exists(Filled))
        {
            Console.WriteLine($"Filling a data folder with {options.Events} events and {options.Waiting} waiting workflows …");
            await FilledFolder.MakeAsync(Filled, options.Events, options.Waiting);
        }

        if (name is "start" or "all")
        {
            await InFoldersAsync("start", (folder, label) => StartBenchmark.RunAsync(options, folder, label));
        }

        if (name is "intake" or "all")
        {
            await IntakeBenchmark.RunEmptyAsync(options);
            await InFoldersAsync("intake", (folder, label) => IntakeBenchmark.RunAsync(options, folder, label));
            await RunBareStoreAsync("intake", IntakeRows.Sample(Path.Combine(parent, "intake")));
        }

        if (name is "chain" or "all")
        {
            await InFoldersAsync("chain", (folder, label) => ChainBenchmark.RunAsync(options, folder, label));
            await RunBareStoreAsync("chain", ChainRows.Sample(Path.Combine(parent, "chain")));
        }

        if (name is "webhooks" or "all")
        {
            await InFoldersAsync("webhooks", (folder, label) => WebhookBenchmark.RunAsync(options, folder, label));
            await RunBareStoreAsync("webhooks", WebhookRows.Sample(Path.Combine(parent, "webhooks")));
        }

        if (name is "neighbours" or "all")
        {
            await NeighbourBenchmark.RunAsync(options, Path.Combine(parent, "neighbours"));
        }
    }

    private async Task InFoldersAsync(string name, Func<string, string, Task> run)
    {
        await run(Path.Combine(parent, name), "empty folder");
        if (options.Events > 0)
        {
            await run(Filled, "filled folder");
        }
    }

    private async Task RunBareStoreAsync(string name, IReadOnlyList<Action<SqliteStatements, long>> writes)
    {
        var table = new FigureTable();
        foreach (var group in new[] { 32, 64 })
        {
            var file = Path.Combine(parent, $"bare-{name}-{group}");
            var runs = Enumerable.Range(0, options.Runs).Select(run => BareStore.Run($"{file}-{run}.db", group, options.Seconds, writes)).ToList();
            table.Add($"limit: SQLite alone, the rows of {name}, {group} to a commit", runs);
            runs = [];
            for (var run = 0; run < options.Runs; run++)
            {
                runs.Add(await BareStore.RunGroupCommitAsync($"{file}-group-{run}.db", group, options.Seconds, writes));
            }

            table.Add($"limit: group commit, the rows of {name}, {group} writers", runs);
        }

        Console.WriteLine(table);
    }
}
