using System.Diagnostics;

namespace Kayse.Benchmarks.Load;

/// <summary>Sends requests over a number of connections: each as soon as the last is answered (closed loop), or at fixed times (open loop).</summary>
/// <param name="port">Where to.</param>
/// <param name="accepted">The status that acknowledges.</param>
internal sealed class HttpLoad(int port, int accepted)
{
    /// <summary>Keeps every connection busy for a time.</summary>
    /// <param name="connections">How many.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="requests">Makes the source of one connection's requests.</param>
    public async Task<LoadResult> ClosedAsync(int connections, double seconds, Func<Func<ReadOnlyMemory<byte>>> requests)
    {
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        return await RunAsync(connections, requests, () => Stopwatch.GetTimestamp() is var now && now < end ? now : null);
    }

    /// <summary>Sends at a fixed rate; a request's time counts from when it was due, so that a slow answer is not hidden by those that it held up.</summary>
    /// <param name="connections">How many may wait at a time.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="perSecond">The rate.</param>
    /// <param name="requests">Makes the source of one connection's requests.</param>
    public async Task<LoadResult> OpenAsync(int connections, double seconds, double perSecond, Func<Func<ReadOnlyMemory<byte>>> requests)
    {
        var start = Stopwatch.GetTimestamp();
        var (sent, total) = (-1L, (long)(seconds * perSecond));
        return await RunAsync(connections, requests, () => Interlocked.Increment(ref sent) is var n && n < total ? start + (long)(n / perSecond * Stopwatch.Frequency) : null);
    }

    private async Task<LoadResult> RunAsync(int connections, Func<Func<ReadOnlyMemory<byte>>> requests, Func<long?> nextDue)
    {
        var latencies = new Latencies();
        var (acknowledged, failed, start) = (0L, 0L, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(ConnectionAsync)));
        return new LoadResult(acknowledged, failed, Stopwatch.GetElapsedTime(start).TotalSeconds, latencies);

        async Task ConnectionAsync()
        {
            using var connection = new HttpConnection();
            await connection.ConnectAsync(port);
            var next = requests();
            while (nextDue() is { } due)
            {
                if (due - Stopwatch.GetTimestamp() is > 0 and var early)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(early * 1000.0 / Stopwatch.Frequency)));
                }

                var status = await connection.SendAsync(next());
                latencies.Add(due);
                Interlocked.Increment(ref status == accepted ? ref acknowledged : ref failed);
            }
        }
    }
}
