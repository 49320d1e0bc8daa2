using System.Collections.Concurrent;
using Kayse.Core.Storage;
using Kayse.Standalone.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kayse.Tests.Storage;

/// <summary>Each queue has its own places and its own round.</summary>
public sealed class QueueLanesTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteDatabase _database;
    private readonly SqliteQueue _queue;
    private QueuePump? _pump;

    public QueueLanesTests()
    {
        _database = SqliteDatabase.Open(_folder.In("kayse.db"));
        _queue = new SqliteQueue(_database, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _open.TrySetResult();
        await (_pump?.DisposeAsync() ?? ValueTask.CompletedTask);
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Messages_that_hang_do_not_delay_another_queues()
    {
        var (slow, quick) = (Hanging("slow"), new RecordingHandler("quick"));
        Start(new QueuePumpOptions(), slow, quick);
        await SendAsync("slow", 40);
        await UntilAsync(() => slow.Seen.Count == 16);

        await SendAsync("quick", 40);
        await UntilAsync(() => quick.Seen.Count == 40);

        Assert.Equal(16, slow.Seen.Count);
        _open.SetResult();
        await SettledAsync();
        Assert.Equal(40, slow.Seen.Count);
    }

    [Fact]
    public async Task A_queue_has_its_own_number_of_places()
    {
        var (slow, few) = (Hanging("slow"), Hanging("few"));
        Start(new QueuePumpOptions { MaxConcurrent = 2, MaxConcurrentOf = new Dictionary<string, int> { ["slow"] = 300 } }, slow, few);
        await SendAsync("slow", 350);
        await SendAsync("few", 10);
        await UntilAsync(() => slow.Seen.Count == 300 && few.Seen.Count == 2);

        _open.SetResult();
        await SettledAsync();

        Assert.Equal((350, 300), (slow.Seen.Count, slow.MostAtOnce));
        Assert.Equal((10, 2), (few.Seen.Count, few.MostAtOnce));
    }

    [Fact]
    public async Task A_session_of_a_name_that_two_queues_have_is_two_sessions()
    {
        var (slow, quick) = (Hanging("slow"), new RecordingHandler("quick"));
        Start(new QueuePumpOptions(), slow, quick);
        await SendAsync("slow", 2, sessions: 1);
        await UntilAsync(() => slow.Seen.Count == 1);

        await SendAsync("quick", 2, sessions: 1);
        await UntilAsync(() => quick.Seen.Count == 2);

        Assert.Single(slow.Seen);
    }

    [Fact]
    public async Task Messages_of_a_session_keep_their_order_beside_other_queues()
    {
        var handlers = ((string[])["one", "two", "three"]).Select(name => new RecordingHandler(name, async (_, _) => await Task.Yield())).ToArray();
        for (var i = 0; i < 100; i++)
        {
            foreach (var handler in handlers)
            {
                await SendAsync(handler.Queue, $"m{i}", $"demo-{i % 3}");
            }
        }

        Start(new QueuePumpOptions { MaxConcurrentOf = new Dictionary<string, int> { ["two"] = 1, ["three"] = 100 } }, handlers);
        await SettledAsync();

        foreach (var session in handlers.SelectMany(handler => handler.Seen.GroupBy(message => message.Session, (_, messages) => messages.Select(message => message.Id))))
        {
            Assert.Equal(session.OrderBy(id => int.Parse(id[1..], null)), session);
        }

        Assert.All(handlers, handler => Assert.Equal(100, handler.Seen.Count));
        Assert.All(handlers, handler => Assert.False(handler.Overlapped));
    }

    [Fact]
    public async Task A_queues_backlog_that_waits_for_the_disk_does_not_shut_out_another_queue()
    {
        var order = new ConcurrentQueue<string>();
        var (busy, other) = (Listing("busy"), Listing("other"));
        await SendAsync("busy", 3000);
        await _queue.SendAsync(new QueueMessage("other", "single", "demo-0", ""), _clock.GetUtcNow().AddMinutes(1), default);
        using (var held = new HeldWriter(_database))
        {
            Start(new QueuePumpOptions(), busy, other);
            await UntilAsync(() => order.Count >= 256);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        await SettledAsync();

        Assert.Equal(3001, order.Count);
        Assert.InRange(order.ToList().IndexOf("single"), 0, 2000);

        RecordingHandler Listing(string name) => new(name, (message, _) =>
        {
            order.Enqueue(message.Id);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void A_queue_without_a_place_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Start(new QueuePumpOptions { MaxConcurrent = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Start(new QueuePumpOptions { MaxConcurrentOf = new Dictionary<string, int> { ["slow"] = 0 } }));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var patience = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(patience) < TimeSpan.FromSeconds(30));
            await Task.Yield();
        }
    }

    private RecordingHandler Hanging(string queue) => new(queue, (_, _) => _open.Task);

    private void Start(QueuePumpOptions options, params IQueueHandler[] handlers)
    {
        _pump = new QueuePump(_queue, handlers, options, _clock, NullLogger<QueuePump>.Instance);
        _pump.Start();
    }

    private Task SettledAsync() => _pump!.WhenIdleAsync().WaitAsync(TimeSpan.FromSeconds(60));

    private Task SendAsync(string queue, int count, int sessions = int.MaxValue) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => SendAsync(queue, $"m{i}", $"demo-{i % sessions}")));

    private Task SendAsync(string queue, string id, string session) => _queue.SendAsync(new QueueMessage(queue, id, session, ""), null, default);
}
