using System.Diagnostics;

namespace Kayse.Tests.Benchmarks;

/// <summary>The benchmarks in short. They count after each run that what was acknowledged is there, and end with an error where it is not.</summary>
[Trait("Category", "Torture")]
public sealed class BenchmarkTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Every_benchmark_runs_to_its_end_and_finds_all_that_was_acknowledged()
    {
        var rows = await RunAsync("all", "--seconds", "0.4", "--runs", "1", "--pairs", "1", "--pair-seconds", "1", "--events", "500", "--waiting", "20");

        string[] expected =
        [
            "start, filled folder", "limit: empty endpoint, 64", "intake, empty folder, 32", "intake, filled folder, 4,000/s", "chain, filled folder, 256",
            "limit: SQLite alone, the rows of chain", "limit: group commit, the rows of intake", "deliveries, filled folder, 64", "events to deliveries, whole way, filled folder, 4",
            "limit: HttpClient alone, 64", "limit: group commit, the rows of webhooks, 64", "neighbours, 48", "neighbours, the same 48", "p99",
        ];
        foreach (var what in expected)
        {
            Assert.Contains(rows, row => row.StartsWith($"| {what}", StringComparison.Ordinal));
        }

        // The last column of what takes requests: those that failed.
        string[] takers = ["| intake", "| chain", "| deliveries", "| events to", "| limit: HttpClient", "| neighbours,"];
        Assert.All(rows.Where(row => takers.Any(taker => row.StartsWith(taker, StringComparison.Ordinal))), row => Assert.EndsWith("| 0 |", row, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("intake", "--seconds")]
    [InlineData("intake", "--minutes", "1")]
    [InlineData("neighbours", "--pairs")]
    public async Task What_is_not_known_gets_the_help(params string[] arguments)
    {
        using var process = Start(arguments);
        var help = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("--seconds N", help, StringComparison.Ordinal);
    }

    private static async Task<List<string>> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, await errors);
            return [.. output.Split('\n').Where(line => line.StartsWith('|'))];
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Kayse.Benchmarks.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}
