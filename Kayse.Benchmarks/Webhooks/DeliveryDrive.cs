using System.Diagnostics;
using System.Text.Json;
using Kayse.Benchmarks.Intake;
using Kayse.Benchmarks.Load;
using Kayse.Benchmarks.Processes;
using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Webhooks;
using Kayse.Standalone.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Benchmarks.Webhooks;

/// <summary>
/// Hands deliveries to the product as its queue does, so many at once: the attempt, its row in the log, and the clearing of what was pending. The events are accepted
/// in between, so many at a time as are still in memory when their turn comes; that is not measured.
/// </summary>
internal sealed class DeliveryDrive(IServiceProvider services, IReadOnlyList<OpenedFirm> firms)
{
    private const int Wave = 2048;

    private readonly EventStore _events = services.GetRequiredService<EventStore>();
    private readonly PendingWork _pending = services.GetRequiredService<PendingWork>();
    private readonly WebhookDeliveries _deliveries = services.GetRequiredService<WebhookDeliveries>();
    private readonly SqliteDatabase _database = services.GetRequiredService<SqliteDatabase>();
    // Only those with one subscription: a delivery of theirs is the whole of an event's.
    private readonly IReadOnlyList<OpenedFirm> _firms = [.. firms.Where(firm => firm.Subscriptions.Count == 1)];
    private long _number;

    /// <summary>Delivers until so much time was spent with it.</summary>
    public async Task<Figure> RunAsync(int atOnce, double seconds)
    {
        var latencies = new Latencies();
        var (done, spent, used) = (0L, 0.0, new Usage(0, 0, 0, 0));
        while (spent < seconds)
        {
            var messages = new QueueMessage[Wave];
            await Parallel.ForAsync(0, Wave, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (i, _) => messages[i] = await AcceptAsync());
            var before = Usage.Now(_database.Commits);
            var start = Stopwatch.GetTimestamp();
            await DeliverAsync(messages, atOnce, latencies);
            spent += Stopwatch.GetElapsedTime(start).TotalSeconds;
            var wave = Usage.Now(_database.Commits).Since(before);
            used = new Usage(used.CpuSeconds + wave.CpuSeconds, used.AllocatedBytes + wave.AllocatedBytes, used.Fsyncs + wave.Fsyncs, wave.ResidentBytes);
            done += Wave;
        }

        return new Figure(new LoadResult(done, 0, spent, latencies), used);
    }

    private async Task DeliverAsync(QueueMessage[] messages, int atOnce, Latencies latencies)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < messages.Length)
            {
                var begin = Stopwatch.GetTimestamp();
                await _deliveries.HandleAsync(messages[i], default);
                latencies.Add(begin);
            }
        })));
    }

    // What intake writes, without the message: this is the queue.
    private async Task<QueueMessage> AcceptAsync()
    {
        var number = Interlocked.Increment(ref _number);
        var firm = _firms[(int)(number % _firms.Count)];
        var (company, now) = (CompanyId.Parse(firm.Company, null), TimeProvider.System.GetUtcNow());
        using var json = JsonDocument.Parse(IntakeRequests.Event(firm.Company, $"evt_{now.UtcTicks:d19}_{number:d8}"));
        var read = PlatformEventReader.Read(json.RootElement, out _)[0];
        await _pending.AddAsync(company, WebhookFanOut.PendingKind, read.Id.ToString(), default);
        await _events.InsertAsync(read, EventStore.Hash(read.Json), [], firm.Subscriptions, now, default);
        var delivery = DeliveryKey.Of(company, firm.Subscriptions[0], read.Id.ToString(), now);
        return new QueueMessage(WebhookFanOut.Queue, delivery.Id, $"{company}-benchmark", JsonSerializer.Serialize(delivery, KayseJson.Default.DeliveryKey));
    }
}
