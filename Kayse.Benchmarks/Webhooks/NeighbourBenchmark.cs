using System.Globalization;
using System.Text.Json;
using Kayse.Benchmarks.Load;
using Kayse.Benchmarks.Processes;

namespace Kayse.Benchmarks.Webhooks;

/// <summary>
/// What bad destinations do to the others: of 50 destinations one never answers and one takes 14 s, in every second run. The time of the other 48 counts from
/// the sending of the event until the sink has it.
/// </summary>
internal static class NeighbourBenchmark
{
    private const int Accepted = 202;
    private const int Firms = 5;
    private const int PerFirm = 10;
    private const int Connections = 16;
    private const double EventsPerSecond = 40;

    // The first subscription of each of these firms is a bad one.
    private const int NeverFirm = 0;
    private const int SlowFirm = 1;

    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(14);

    /// <summary>Measures, each run with a new data folder.</summary>
    public static async Task RunAsync(BenchmarkOptions options, string folder)
    {
        var (without, with) = (new List<Figure>(), new List<Figure>());
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            without.Add(await OnceAsync(options, $"{folder}-{pair}-without", static _ => null));
            with.Add(await OnceAsync(options, $"{folder}-{pair}-with", static path => path == Path(NeverFirm) ? Timeout.InfiniteTimeSpan : path == Path(SlowFirm) ? s_slow : null));
        }

        var table = new FigureTable();
        table.Add($"neighbours, 48 of 50 destinations, all answer, {EventsPerSecond * PerFirm:f0}/s to all", without);
        table.Add("neighbours, the same 48, one of the others never answers and one takes 14 s", with);
        Console.WriteLine(table);
        Console.WriteLine("| Neighbours, median of the runs | without ms | with ms | difference ms | difference % |\n|---|---:|---:|---:|---:|");
        foreach (var share in new[] { 0.50, 0.95, 0.99 })
        {
            var (before, after) = (Median(without, share), Median(with, share));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| p{share * 100:f0} | {before:f2} | {after:f2} | {after - before:+0.00;-0.00;0.00} | {(after / before * 100) - 100:+0;-0;0} |"));
        }

        Console.WriteLine();
    }

    private static async Task<Figure> OnceAsync(BenchmarkOptions options, string folder, Func<string, TimeSpan?> delay)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        await using var sink = await WebhookSink.StartAsync();
        var plan = new WebhookPlan(sink.Port, [.. Enumerable.Range(0, Firms).Select(i => new FirmPlan(Company(i), PerFirm))]);
        await using var child = await ChildProcess.StartAsync(WebhookHostRole.Name, folder, JsonSerializer.Serialize(plan));
        var host = JsonSerializer.Deserialize<WebhookHost>(child.Ready)!;
        var requests = new StampedRequests(host.Firms);
        var arrived = 0L;
        var latencies = new Latencies();
        sink.Arrived = (path, id) =>
        {
            if (!IsBad(path))
            {
                latencies.Add(StampedRequests.SentAt(id));
                Interlocked.Increment(ref arrived);
            }
        };
        await SendAsync(Math.Min(5, options.PairSeconds));
        (sink.Delay, latencies) = (delay, new Latencies());
        var (earlier, before) = (arrived, await child.UsageAsync());
        var seconds = await SendAsync(options.PairSeconds);
        var used = (await child.UsageAsync()).Since(before);
        string[] bad = [host.Firms[NeverFirm].Subscriptions[0], host.Firms[SlowFirm].Subscriptions[0]];
        await DeliveryCounts.ExpectAsync("rows in the log", arrived, () => DeliveryCounts.LoggedAsync(child, bad));
        return new Figure(new LoadResult(arrived - earlier, 0, seconds, latencies), used);

        async Task<double> SendAsync(double time)
        {
            var load = new HttpLoad(host.Port, Accepted);
            var sent = await load.OpenAsync(Connections, time, EventsPerSecond, Source);
            if (sent.Failed > 0)
            {
                throw new InvalidOperationException($"{sent.Failed} events were not accepted.");
            }

            var expected = Enumerable.Range(0, Firms).Sum(firm => requests.SentTo(firm) * (firm is NeverFirm or SlowFirm ? PerFirm - 1 : PerFirm));
            await DeliveryCounts.ExpectAsync("deliveries to the good destinations", expected, () => Task.FromResult(Interlocked.Read(ref arrived)));
            return sent.Seconds;
        }

        Func<ReadOnlyMemory<byte>> Source() => requests.Source() is var next ? () => next().Request : throw new InvalidOperationException();
    }

    private static string Company(int firm) => $"firm{firm}";

    private static string Path(int firm) => $"/{Company(firm)}/0";

    private static bool IsBad(string path) => path == Path(NeverFirm) || path == Path(SlowFirm);

    private static double Median(List<Figure> runs, double share) => runs.Select(run => run.Load.Latencies.Percentile(share)).Order().ElementAt(runs.Count / 2);
}
