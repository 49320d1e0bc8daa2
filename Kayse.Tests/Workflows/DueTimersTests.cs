using System.Collections.Concurrent;
using Kayse.Standalone.Storage;
using Kayse.Standalone.Workflows;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kayse.Tests.Workflows;

public sealed class DueTimersTests
{
    [Fact]
    public async Task A_timer_that_is_added_while_the_store_is_asked_is_not_forgotten()
    {
        using var folder = new TempFolder();
        using var database = SqliteDatabase.Open(folder.In("kayse.db"));
        var clock = new ManualClock();
        var now = clock.GetUtcNow();
        var later = now.AddSeconds(20).UtcTicks;
        var woken = new ConcurrentQueue<string>();
        DueTimers? timers = null;
        // It is added when the store has told what is next, and is not among that.
        using var all = timers = new DueTimers(new WorkflowStore(database), clock, new WorkflowLog(NullLogger.Instance), (id, _) =>
        {
            woken.Enqueue(id);
            if (id == "demo.test.1")
            {
                timers!.Add("demo.test.2", later);
            }
        });
        await AddRowAsync("demo.test.1", now.AddSeconds(10).UtcTicks);
        all.Start();
        await UntilAsync(() => !all.IsScanning);
        clock.Advance(TimeSpan.FromSeconds(10));
        await UntilAsync(() => !all.IsScanning);
        await AddRowAsync("demo.test.2", later);
        clock.Advance(TimeSpan.FromSeconds(10));
        await UntilAsync(() => !all.IsScanning);
        Assert.Equal(["demo.test.1", "demo.test.2"], woken);

        Task AddRowAsync(string id, long due) => database.WriteAsync(store => store.Run("INSERT INTO wf_timer (due, instance, step) VALUES (?1, ?2, 0)", due, id));
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            Assert.False(patience.IsCancellationRequested, "What was waited for did not come.");
            await Task.Yield();
        }
    }
}
