using System.Collections.Concurrent;
using System.Diagnostics;
using Kayse.Benchmarks.Load;

namespace Kayse.Benchmarks.Webhooks;

/// <summary>Sends events to the product and waits until the sink has all of an event's deliveries before it sends the next one.</summary>
internal sealed class EventFlow(WebhookSink sink, int port, IReadOnlyList<OpenedFirm> firms)
{
    private const int Accepted = 202;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly StampedRequests _requests = new(firms);
    private readonly int _perEvent = firms[0].Subscriptions.Count;
    private readonly ConcurrentDictionary<string, Arrivals> _underWay = new(StringComparer.Ordinal);

    /// <summary>Keeps so many deliveries under way for a time.</summary>
    /// <returns>The deliveries, each with its time from the sending of the event to the sink.</returns>
    public async Task<LoadResult> ClosedAsync(int underWay, double seconds)
    {
        var latencies = new Latencies();
        sink.Arrived = (_, id) => Arrive(id, latencies);
        var (delivered, failed, start) = (0L, 0L, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, underWay / _perEvent).Select(_ => Task.Run(ConnectionAsync)));
        return new LoadResult(delivered, failed, Stopwatch.GetElapsedTime(start).TotalSeconds, latencies);

        async Task ConnectionAsync()
        {
            using var connection = new HttpConnection();
            await connection.ConnectAsync(port);
            var next = _requests.Source();
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
            {
                var (id, request) = next();
                var arrivals = _underWay[id] = new Arrivals(_perEvent);
                if (await connection.SendAsync(request) == Accepted)
                {
                    await arrivals.All.Task.WaitAsync(s_patience);
                    Interlocked.Add(ref delivered, _perEvent);
                }
                else
                {
                    Interlocked.Add(ref failed, _perEvent);
                }
            }
        }
    }

    private void Arrive(string id, Latencies latencies)
    {
        latencies.Add(StampedRequests.SentAt(id));
        if (_underWay.TryGetValue(id, out var arrivals) && Interlocked.Decrement(ref arrivals.Missing) == 0)
        {
            _underWay.TryRemove(id, out _);
            arrivals.All.SetResult();
        }
    }

    private sealed class Arrivals(int missing)
    {
        public int Missing = missing;

        public TaskCompletionSource All { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
