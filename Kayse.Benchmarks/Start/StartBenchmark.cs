using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Kayse.Benchmarks.Load;
using Kayse.Standalone;

namespace Kayse.Benchmarks.Start;

/// <summary>From the start of the host's process to its first answer, and what memory it has then.</summary>
internal static class StartBenchmark
{
    private const int Healthy = 200;

    /// <summary>Measures with the given data folder.</summary>
    public static async Task RunAsync(BenchmarkOptions options, string folder, string label)
    {
        var runs = new List<(double Seconds, double Megabytes)>();
        // The first reads the program and the data from the disk.
        await OnceAsync(options, folder);
        for (var run = 0; run < options.Runs; run++)
        {
            runs.Add(await OnceAsync(options, folder));
        }

        var seconds = runs.Select(run => run.Seconds).Order().ToList();
        var memory = runs.Select(run => run.Megabytes).Order().ToList();
        Console.WriteLine("| What | seconds to the first answer (range) | MB resident a few seconds later (range) |\n|---|---:|---:|");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| start, {label} | {seconds[seconds.Count / 2]:f2} ({seconds[0]:f2}–{seconds[^1]:f2}) | {memory[memory.Count / 2]:f0} ({memory[0]:f0}–{memory[^1]:f0}) |\n"));
    }

    private static async Task<(double Seconds, double Megabytes)> OnceAsync(BenchmarkOptions options, string folder)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [typeof(StandaloneHost).Assembly.Location, "--port", $"{port}", "--data", folder])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { ["KAYSE_ADMIN_KEY"] = "a-key-for-the-benchmark" },
        };
        var begin = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        await FirstAnswerAsync(port);
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        await Task.Delay(TimeSpan.FromSeconds(Math.Min(options.Seconds, 5)));
        process.Refresh();
        var megabytes = process.WorkingSet64 / 1e6;
        process.Kill();
        await process.WaitForExitAsync();
        await output;
        return (seconds, megabytes);
    }

    private static async Task FirstAnswerAsync(int port)
    {
        while (true)
        {
            using var connection = new HttpConnection();
            try
            {
                await connection.ConnectAsync(port);
            }
            catch (SocketException)
            {
                await Task.Delay(5);
                continue;
            }

            var status = await connection.SendAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            if (status != Healthy)
            {
                throw new InvalidOperationException($"The host answered {status}.");
            }

            return;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
