using Kayse.Core.Workflows;

namespace Kayse.Tests.Workflows;

/// <summary>What is in the store goes on, whatever became of the process.</summary>
public sealed class EmbeddedWorkflowCrashTests : EmbeddedWorkflowHost
{
    private readonly List<int> _calls = [];
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task After_a_crash_within_an_activity_only_that_activity_runs_again()
    {
        AddGated();
        await StartAsync("demo.test.1", "gated", 3);
        await UntilAsync(() => Called(2));
        Crash();
        await UntilAsync(() => Called(2, times: 2));
        _open.SetResult();
        Assert.Equal("\"1 2 3\"", (await EndAsync("demo.test.1")).Output);
        lock (_calls)
        {
            Assert.Single(_calls, call => call == 1);
        }
    }

    [Fact]
    public async Task All_that_had_work_goes_on_after_a_crash_and_each_ends_once()
    {
        AddGated();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(number => StartAsync($"firm{number % 3}.test.{number}", "gated", 3)));
        Crash();
        _open.SetResult();
        await UntilAsync(() => Count("SELECT count(*) FROM wf_instance WHERE state = 1") == 300);
        Assert.Equal(0, Count("SELECT count(*) FROM wf_work"));
    }

    [Fact]
    public async Task A_timer_that_fell_due_while_nothing_ran_fires_at_the_next_start()
    {
        AddSleeper();
        await StartAsync("demo.test.1", "sleeper", 60);
        await IdleAsync();
        await Embedded.StopAsync();
        Clock.Advance(TimeSpan.FromDays(2));
        Crash();
        Assert.Equal("\"woken\"", (await EndAsync("demo.test.1")).Output);
    }

    [Fact]
    public async Task A_timer_that_the_store_did_not_tell_at_the_start_fires_soon_whatever_others_are_added()
    {
        AddSleeper();
        await StartAsync("demo.test.1", "sleeper", 60);
        await IdleAsync();
        await Embedded.StopAsync();
        Clock.Advance(TimeSpan.FromMinutes(2));
        await Database.WriteAsync(store => store.Run("ALTER TABLE wf_timer RENAME TO out_of_order"));
        Crash();
        await UntilAsync(() => Embedded.Underway == 0);
        await Database.WriteAsync(store => store.Run("ALTER TABLE out_of_order RENAME TO wf_timer"));
        await StartAsync("demo.test.2", "sleeper", 3600);
        await UntilAsync(() => Embedded.Underway == 0);
        Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("\"woken\"", (await EndAsync("demo.test.1")).Output);
    }

    [Fact]
    public async Task An_event_that_was_acknowledged_is_there_after_a_crash()
    {
        Catalog.AddWorkflow<int, int>("waits", static async (context, _) => await context.WaitForEventAsync<int>("go"));
        await StartAsync("demo.test.1", "waits", 0);
        await IdleAsync();
        await Embedded.StopAsync();
        await RaiseAsync("demo.test.1", "go", 5);
        Crash();
        Assert.Equal("5", (await EndAsync("demo.test.1")).Output);
    }

    [Fact]
    public async Task An_activity_that_a_stop_cancels_is_not_recorded_and_runs_again()
    {
        var runs = 0;
        Catalog.AddActivity<int, int>("slow", async (_, _, token) =>
        {
            if (Interlocked.Increment(ref runs) == 1)
            {
                await Task.Delay(Timeout.Infinite, token);
            }

            return 1;
        });
        Catalog.AddWorkflow<int, int>("calls", static async (context, _) => await context.CallAsync<int, int>("slow", 0));
        await StartAsync("demo.test.1", "calls", 0);
        await UntilAsync(() => Volatile.Read(ref runs) == 1);
        await Embedded.StopAsync();
        Assert.Equal(WorkflowState.Running, (await Engine.GetAsync("demo.test.1", None))!.State);
        Crash();
        Assert.Equal("1", (await EndAsync("demo.test.1")).Output);
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task A_result_that_comes_during_the_stop_is_recorded()
    {
        AddGated();
        await StartAsync("demo.test.1", "gated", 3);
        await UntilAsync(() => Called(2));
        var stopping = Embedded.StopAsync();
        _open.SetResult();
        await stopping;
        Crash();
        Assert.Equal("\"1 2 3\"", (await EndAsync("demo.test.1")).Output);
        lock (_calls)
        {
            Assert.Equal([1, 2, 3], _calls);
        }
    }

    [Fact]
    public async Task A_store_that_refuses_a_turn_loses_nothing_and_the_turn_is_taken_later()
    {
        AddGated();
        await StartAsync("demo.test.1", "gated", 3);
        await UntilAsync(() => Called(2));
        await Database.WriteAsync(store => store.Run("CREATE TRIGGER full BEFORE INSERT ON wf_turn BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END"));
        _open.SetResult();
        for (var i = 0; i < 5; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(WorkflowState.Running, (await Engine.GetAsync("demo.test.1", None))!.State);
        // A turn that is refused in the same group takes its neighbours down with it, this one too.
        for (var isDropped = false; !isDropped;)
        {
            isDropped = await Database.WriteAsync(store => store.Run("DROP TRIGGER full")).ContinueWith(task => task.IsCompletedSuccessfully, TaskScheduler.Default);
        }

        await UntilAsync(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            return Count("SELECT count(*) FROM wf_instance WHERE state = 1") == 1;
        });
        lock (_calls)
        {
            Assert.Equal([1, 2, 3], _calls);
        }
    }

    private void AddGated()
    {
        Catalog.AddActivity<int, int>("gate", async (_, number, _) =>
        {
            lock (_calls)
            {
                _calls.Add(number);
            }

            if (number > 1)
            {
                await _open.Task;
            }

            return number;
        });
        Catalog.AddWorkflow<int, string>("gated", static async (context, count) =>
        {
            var results = new List<int>();
            for (var i = 1; i <= count; i++)
            {
                results.Add(await context.CallAsync<int, int>("gate", i));
            }

            return string.Join(' ', results);
        });
    }

    private bool Called(int number, int times = 1)
    {
        lock (_calls)
        {
            return _calls.Count(call => call == number) == times;
        }
    }

    private void AddSleeper() => Catalog.AddWorkflow<int, string>("sleeper", static async (context, seconds) =>
    {
        await context.DelayUntilAsync(context.UtcNow.AddSeconds(seconds));
        return "woken";
    });
}
