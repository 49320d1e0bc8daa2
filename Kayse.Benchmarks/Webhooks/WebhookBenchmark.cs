using System.Text.Json;
using Kayse.Benchmarks.Load;
using Kayse.Benchmarks.Processes;

namespace Kayse.Benchmarks.Webhooks;

/// <summary>How many signed deliveries a second are made and logged, and what one costs; beside it what the HTTP client alone can do.</summary>
internal static class WebhookBenchmark
{
    private const int Connections = 64;

    // As many as the host's queue has with its handlers.
    private const int UnderWay = 256;

    // More than any destination gets here.
    private const int NoLimit = 100_000;

    private static readonly int[] s_perEvent = [1, 4];

    /// <summary>Measures with the given data folder, which may be filled.</summary>
    public static async Task RunAsync(BenchmarkOptions options, string folder, string label)
    {
        var table = new FigureTable();
        await using var sink = await WebhookSink.StartAsync();
        var plan = new WebhookPlan(sink.Port, [.. s_perEvent.SelectMany(Firms)], NoLimit, Connections);
        await using (var child = await ChildProcess.StartAsync(WebhookHostRole.Name, folder, JsonSerializer.Serialize(plan)))
        {
            var host = JsonSerializer.Deserialize<WebhookHost>(child.Ready)!;
            await DriveAsync(child, Connections, options.WarmUpSeconds);
            foreach (var atOnce in new[] { Connections, UnderWay })
            {
                table.Add($"deliveries, {label}, {atOnce} at once", await RepeatAsync(options, child, sink, () => DriveAsync(child, atOnce, options.Seconds)));
            }

            foreach (var perEvent in s_perEvent)
            {
                var flow = new EventFlow(sink, host.Port, [.. host.Firms.Where(firm => firm.Subscriptions.Count == perEvent)]);
                await flow.ClosedAsync(UnderWay, options.WarmUpSeconds / 2);
                await SettledAsync(child, sink);
                var runs = await RepeatAsync(options, child, sink, () => MeasuredAsync(child, () => flow.ClosedAsync(UnderWay, options.Seconds)));
                table.Add($"events to deliveries, whole way, {label}, {perEvent} an event, {UnderWay} under way", runs);
                sink.Arrived = null;
            }
        }

        await using (var client = await ChildProcess.StartAsync(BareClientRole.Name, JsonSerializer.Serialize(sink.First)))
        {
            await SendAsync(client, options.WarmUpSeconds);
            table.Add($"limit: HttpClient alone, {Connections} at once", await Repetition.RunEmptyAsync(options, client, () => CountedAsync(client, sink, options.Seconds)));
        }

        Console.WriteLine(table);
    }

    private static IEnumerable<FirmPlan> Firms(int perEvent) => Enumerable.Range(0, 8).Select(i => new FirmPlan($"with{perEvent}no{i}", perEvent));

    private static async Task<List<Figure>> RepeatAsync(BenchmarkOptions options, ChildProcess child, WebhookSink sink, Func<Task<Figure>> run)
    {
        var figures = new List<Figure>();
        for (var i = 0; i < options.Runs; i++)
        {
            var (logged, received) = (await DeliveryCounts.LoggedAsync(child), sink.Count);
            var figure = await run();
            await DeliveryCounts.ExpectAsync("rows in the log", logged + figure.Load.Acknowledged, () => DeliveryCounts.LoggedAsync(child));
            await DeliveryCounts.ExpectAsync("requests at the sink", received + figure.Load.Acknowledged, () => Task.FromResult(sink.Count));
            figures.Add(figure);
        }

        return figures;
    }

    // Rows may still be written for what the sink has had.
    private static Task SettledAsync(ChildProcess child, WebhookSink sink) =>
        DeliveryCounts.ExpectAsync("rows in the log", sink.Count, () => DeliveryCounts.LoggedAsync(child));

    private static async Task<Figure> DriveAsync(ChildProcess child, int atOnce, double seconds) =>
        JsonSerializer.Deserialize<Figure>(await child.AskAsync(FormattableString.Invariant($"deliver {atOnce} {seconds}")))!;

    private static async Task<Figure> MeasuredAsync(ChildProcess child, Func<Task<LoadResult>> load)
    {
        var before = await child.UsageAsync();
        var result = await load();
        return new Figure(result, (await child.UsageAsync()).Since(before));
    }

    private static async Task<LoadResult> SendAsync(ChildProcess client, double seconds) =>
        JsonSerializer.Deserialize<LoadResult>(await client.AskAsync(FormattableString.Invariant($"send {Connections} {seconds}")))!;

    private static async Task<LoadResult> CountedAsync(ChildProcess client, WebhookSink sink, double seconds)
    {
        var received = sink.Count;
        var result = await SendAsync(client, seconds);
        await DeliveryCounts.ExpectAsync("requests at the sink", received + result.Acknowledged, () => Task.FromResult(sink.Count));
        return result;
    }
}
