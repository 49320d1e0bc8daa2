using Kayse.Core.Storage;
using Kayse.Standalone.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kayse.Tests.Storage;

public sealed class SqliteQueueTests : QueueContract, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly ShiftedClock _time;
    private readonly SqliteDatabase _database;
    private readonly SqliteQueue _queue;
    private QueuePumpOptions _options = new();
    private QueuePump? _pump;

    public SqliteQueueTests()
    {
        _database = SqliteDatabase.Open(_folder.In("kayse.db"));
        _time = new ShiftedClock(_clock);
        _queue = new SqliteQueue(_database, _time);
    }

    protected override IQueue Queue => _queue;

    protected override DateTimeOffset Now => _time.GetUtcNow();

    public void Dispose()
    {
        StopAsync().GetAwaiter().GetResult();
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_burst_of_one_firm_does_not_delay_anothers_message()
    {
        _options = new QueuePumpOptions { MaxConcurrent = 1 };
        for (var i = 0; i < 100; i++)
        {
            await SendAsync($"burst{i}", $"busy-{i % 4}");
        }

        await SendAsync("single", "small-0");
        var handler = new RecordingHandler(Name);
        await StartAsync(handler);
        await SettledAsync();

        Assert.InRange(handler.Ids.ToList().IndexOf("single"), 0, 4);
        Assert.Equal(101, handler.Seen.Count);
    }

    [Fact]
    public async Task No_more_than_the_set_number_run_at_once()
    {
        _options = new QueuePumpOptions { MaxConcurrent = 3 };
        var full = new CountdownEvent(3);
        var handler = new RecordingHandler(Name, (_, _) =>
        {
            full.Signal(full.CurrentCount > 0 ? 1 : 0);
            return Task.Run(() => full.Wait(TimeSpan.FromSeconds(30)));
        });
        for (var i = 0; i < 3; i++)
        {
            await SendAsync($"m{i}", $"firm{i}-0");
        }

        await StartAsync(handler);
        await SettledAsync();
        Assert.Equal(3, handler.MostAtOnce);

        var many = new RecordingHandler(Name, async (_, _) => await Task.Yield());
        await StopAsync();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => SendAsync($"n{i}", $"firm{i % 50}-1")));
        await StartAsync(many);
        await SettledAsync();
        Assert.InRange(many.MostAtOnce, 1, 3);
        Assert.Equal(300, many.Seen.Count);
        full.Dispose();
    }

    [Fact]
    public async Task What_was_with_a_handler_when_the_process_was_killed_is_pushed_again()
    {
        var entered = new TaskCompletionSource();
        await StartAsync(new RecordingHandler(Name, async (_, cancellationToken) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }));
        await SendAsync("m1");
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30));

        foreach (var file in (string[])["kayse.db", "kayse.db-wal"])
        {
            File.Copy(_folder.In(file), _folder.In("copy-" + file));
        }

        using var copy = SqliteDatabase.Open(_folder.In("copy-kayse.db"));
        var handler = new RecordingHandler(Name);
        await using var next = new QueuePump(new SqliteQueue(copy, _clock), [handler], _options, _clock, NullLogger<QueuePump>.Instance);
        next.Start();
        await next.WhenIdleAsync();
        Assert.Equal(["m1"], handler.Ids);
    }

    [Fact]
    public async Task The_waits_between_tries_grow_up_to_a_limit()
    {
        var tries = new List<DateTimeOffset>();
        await StartAsync(new RecordingHandler(Name, (_, _) =>
        {
            tries.Add(Now);
            throw new InvalidOperationException();
        }));
        await SendAsync("m1");
        await SettledAsync();
        for (var second = 0; second < 1200; second++)
        {
            Pass(TimeSpan.FromSeconds(1));
            await SettledAsync();
        }

        Assert.Equal([2, 4, 8, 16, 32, 64, 128, 256, 300], tries.Zip(tries.Skip(1), (one, next) => (int)(next - one).TotalSeconds));
    }

    [Fact]
    public async Task Short_messages_share_their_commits()
    {
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => SendAsync($"m{i}", $"firm{i % 20}-{i % 4}")));
        var before = _database.Commits;
        var handler = new RecordingHandler(Name);

        await StartAsync(handler);
        await SettledAsync();

        Assert.Equal(2000, handler.Ids.Distinct().Count());
        Assert.Equal(2000, handler.Seen.Count);
        Assert.InRange(_database.Commits - before, 1, 1000);
        Assert.Equal(0L, Messages());
    }

    [Fact]
    public async Task A_store_that_fails_for_a_time_does_not_end_the_pushing()
    {
        _options = new QueuePumpOptions { StorageRetry = TimeSpan.FromSeconds(5) };
        var blocked = true;
        var handler = new RecordingHandler(Name, (message, _) => message.Id == "bad" && blocked ? throw new InvalidOperationException() : Task.CompletedTask);
        await StartAsync(handler);
        // A trigger that fails every outcome stands for a store that takes no write.
        await RunAsync("CREATE TRIGGER no_delete BEFORE DELETE ON message BEGIN SELECT raise(ABORT, 'no'); END");
        await RunAsync("CREATE TRIGGER no_update BEFORE UPDATE ON message BEGIN SELECT raise(ABORT, 'no'); END");
        await SendAsync("good");
        await SendAsync("bad", "demo-1");
        await SendAsync("other", "demo-0");
        var settled = SettledAsync();
        await UntilAsync(() => handler.Seen.Count == 3);
        Assert.False(settled.IsCompleted);

        await RunAsync("DROP TRIGGER no_delete");
        await RunAsync("DROP TRIGGER no_update");
        blocked = false;
        await UntilAsync(() =>
        {
            Pass(TimeSpan.FromSeconds(5));
            return Messages() == 0L;
        });

        await settled;
        Assert.Equal(1, handler.Ids.Count(id => id == "good"));
        Assert.Equal(2, handler.Ids.Count(id => id == "bad"));
    }

    [Fact]
    public async Task Messages_that_cannot_be_read_for_a_time_are_pushed_afterwards()
    {
        await SendAsync("before");
        await RunAsync("ALTER TABLE message RENAME TO hidden");
        var handler = new RecordingHandler(Name);
        await StartAsync(handler);
        await SettledAsync();
        Assert.Empty(handler.Seen);

        await RunAsync("ALTER TABLE hidden RENAME TO message");
        Pass(_options.StorageRetry);
        await SettledAsync();

        Assert.Equal(["before"], handler.Ids);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_loses_no_scheduled_message()
    {
        var handler = new RecordingHandler(Name);
        await StartAsync(handler);
        Pass(TimeSpan.FromHours(1));
        await SendAsync("now");
        await SettledAsync();
        _time.Shift = TimeSpan.FromMinutes(-30);

        await Queue.SendAsync(Message("soon"), Now.AddMinutes(1), None);
        Pass(TimeSpan.FromMinutes(1));
        await SettledAsync();

        Assert.Equal(["now", "soon"], handler.Ids);
    }

    protected override Task StartAsync(params IQueueHandler[] handlers)
    {
        _pump = new QueuePump(_queue, handlers, _options, _time, NullLogger<QueuePump>.Instance);
        _pump.Start();
        return Task.CompletedTask;
    }

    protected override async Task StopAsync()
    {
        if (_pump is not null)
        {
            await _pump.DisposeAsync();
            _pump = null;
        }
    }

    protected override void Pass(TimeSpan time) => _clock.Advance(time);

    protected override Task SettledAsync() => _pump!.WhenIdleAsync().WaitAsync(TimeSpan.FromSeconds(60));

    private static async Task UntilAsync(Func<bool> condition)
    {
        var patience = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(patience) < TimeSpan.FromSeconds(30));
            await Task.Yield();
        }
    }

    private Task<int> RunAsync(string sql) => _database.WriteAsync(statements => statements.Run(sql));

    private long Messages() => _database.Read(statements => (long)statements.Scalar("SELECT count(*) FROM message")!);

    private sealed class ShiftedClock(ManualClock clock) : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + Shift;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
    }
}
