using System.Globalization;
using System.Text.Json;
using Kayse.Benchmarks.Load;
using Kayse.Benchmarks.Processes;

namespace Kayse.Benchmarks.Intake;

/// <summary>How many events a second are accepted, and what one costs.</summary>
internal static class IntakeBenchmark
{
    private const int Accepted = 202;

    /// <summary>Measures with the given data folder, which may be filled.</summary>
    public static async Task RunAsync(BenchmarkOptions options, string folder, string label)
    {
        var table = new FigureTable();
        await using (var child = await ChildProcess.StartAsync(IntakeHostRole.Name, folder))
        {
            var host = JsonSerializer.Deserialize<IntakeHost>(child.Ready)!;
            var requests = new IntakeRequests([.. host.Firms.Select(firm => (firm.Company, firm.Key))], host.FirstNumber);
            var load = new HttpLoad(host.Port, Accepted);
            await load.ClosedAsync(32, options.WarmUpSeconds, requests.Source);
            foreach (var connections in new[] { 32, 64 })
            {
                table.Add($"intake, {label}, {connections} connections", await Repetition.RunAsync(options, child, () => load.ClosedAsync(connections, options.Seconds, requests.Source)));
            }

            table.Add($"intake, {label}, 4,000/s", await Repetition.RunAsync(options, child, () => load.OpenAsync(64, options.Seconds, 4000, requests.Source)));
        }

        Console.WriteLine(table);
    }

    /// <summary>Measures what the web server alone can do.</summary>
    public static async Task RunEmptyAsync(BenchmarkOptions options)
    {
        var table = new FigureTable();
        await using (var child = await ChildProcess.StartAsync(EmptyEndpointRole.Name))
        {
            var load = new HttpLoad(int.Parse(child.Ready, CultureInfo.InvariantCulture), Accepted);
            var requests = new IntakeRequests([("firm0", "kk_firm0_x")], 1);
            await load.ClosedAsync(32, options.WarmUpSeconds, requests.Source);
            foreach (var connections in new[] { 32, 64 })
            {
                table.Add($"limit: empty endpoint, {connections} connections", await Repetition.RunEmptyAsync(options, child, () => load.ClosedAsync(connections, options.Seconds, requests.Source)));
            }
        }

        Console.WriteLine(table);
    }
}
