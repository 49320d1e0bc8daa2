using Kayse.Core.Workflows;

namespace Kayse.Tests.Workflows;

/// <summary>What is particular to the embedded engine: timers, memory, replay and order.</summary>
public sealed class EmbeddedWorkflowEngineTests : EmbeddedWorkflowHost
{
    [Fact]
    public async Task An_instance_that_waits_for_a_timer_is_not_in_memory_and_goes_on_when_it_is_due()
    {
        AddSleeper();
        await StartAsync("demo.test.1", "sleeper", 3600);
        await IdleAsync();
        Assert.Equal(1, Count("SELECT count(*) FROM wf_timer"));
        Assert.Equal(0, Count("SELECT count(*) FROM wf_work"));
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("\"13:00:00\"", (await EndAsync("demo.test.1")).Output);
        await IdleAsync();
        Assert.Equal(0, Count("SELECT count(*) FROM wf_timer"));
    }

    [Fact]
    public async Task Thousands_that_wait_for_timers_are_neither_in_memory_nor_marked_and_all_go_on()
    {
        AddSleeper();
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(number => StartAsync($"demo.test.{number}", "sleeper", 60 + (number % 7))));
        await IdleAsync();
        Assert.Equal(2000, Count("SELECT count(*) FROM wf_timer"));
        await UntilAsync(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(10));
            return Count("SELECT count(*) FROM wf_instance WHERE state = 1") == 2000;
        });
    }

    [Fact]
    public async Task A_delay_into_the_past_completes_at_once_and_is_recorded()
    {
        Catalog.AddWorkflow<int, string>("past", async (context, _) =>
        {
            await context.DelayUntilAsync(context.UtcNow.AddHours(-1));
            return await context.WaitForEventAsync<string>("go");
        });
        await StartAsync("demo.test.1", "past", 0);
        await IdleAsync();
        Crash();
        await RaiseAsync("demo.test.1", "go", "on");
        Assert.Equal("\"on\"", (await EndAsync("demo.test.1")).Output);
    }

    [Fact]
    public async Task The_first_of_event_and_timer_decides_and_does_so_again_on_replay()
    {
        AddRace();
        await StartAsync("demo.test.1", "race", 60);
        await StartAsync("demo.test.2", "race", 60);
        await IdleAsync();
        await RaiseAsync("demo.test.1", "go", 7);
        await UntilAsync(() => Count("SELECT count(*) FROM wf_turn WHERE instance = (SELECT number FROM wf_instance WHERE id = 'demo.test.1')") == 2);
        await IdleAsync();
        Clock.Advance(TimeSpan.FromSeconds(61));
        await UntilAsync(() => Count("SELECT count(*) FROM wf_turn WHERE instance = (SELECT number FROM wf_instance WHERE id = 'demo.test.2')") == 2);
        await IdleAsync();
        Crash();
        await RaiseAsync("demo.test.1", "end", 0);
        await RaiseAsync("demo.test.2", "end", 0);
        Assert.Equal("\"event 7\"", (await EndAsync("demo.test.1")).Output);
        Assert.Equal("\"timer\"", (await EndAsync("demo.test.2")).Output);
    }

    [Fact]
    public async Task Branches_run_beside_each_other_and_replay_the_same()
    {
        AddEcho();
        Catalog.AddWorkflow<int, string>("branches", async (context, _) =>
        {
            var log = new List<string>();
            await Task.WhenAll(LoopAsync("a", 3), LoopAsync("b", 2), context.WaitForEventAsync<int>("go"));
            return string.Join(' ', log);

            async Task LoopAsync(string name, int times)
            {
                for (var i = 0; i < times; i++)
                {
                    log.Add(name + await context.CallAsync<int, string>("echo", i));
                    await context.DelayUntilAsync(context.UtcNow.AddSeconds(name == "a" ? 10 : 15));
                }
            }
        });
        await StartAsync("demo.test.1", "branches", 0);
        await UntilAsync(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(5));
            // At one moment: neither a timer nor work is left, so that it waits for "go" alone.
            return Count("SELECT (SELECT count(*) FROM wf_timer) + (SELECT count(*) FROM wf_work)") == 0;
        });
        await IdleAsync();
        Crash();
        await RaiseAsync("demo.test.1", "go", 0);
        var steps = (await EndAsync("demo.test.1")).Output!.Trim('"').Split(' ');
        Assert.Equal(["a0", "a1", "a2"], steps.Where(step => step[0] == 'a'));
        Assert.Equal(["b0", "b1"], steps.Where(step => step[0] == 'b'));
    }

    [Fact]
    public async Task Time_and_new_ids_are_the_same_on_every_replay()
    {
        Catalog.AddWorkflow<int, string[]>("ids", async (context, _) =>
        {
            var first = $"{context.UtcNow:O} {context.NewGuid()} {context.NewGuid()}";
            var seen = await context.WaitForEventAsync<int>("peek");
            return [first, $"{context.NewGuid()}", $"{seen}"];
        });
        var peeked = new List<string>();
        await StartAsync("demo.test.1", "ids", 0);
        await IdleAsync();
        Clock.Advance(TimeSpan.FromHours(1));
        for (var copy = 0; copy < 2; copy++)
        {
            var before = Database;
            Crash();
            await RaiseAsync("demo.test.1", "peek", 1);
            peeked.Add((await EndAsync("demo.test.1")).Output!);
            await Embedded.StopAsync();
            UseDatabase(before);
        }

        Assert.Equal(peeked[0], peeked[1]);
        Assert.Contains("2026-01-01T12:00:00", peeked[0], StringComparison.Ordinal);
        Assert.Equal(3, peeked[0].Split('-', ' ', '"').Count(part => part.Length == 12 && part.All(char.IsAsciiHexDigit)));
    }

    [Fact]
    public async Task A_continued_run_has_an_empty_history_and_new_ids()
    {
        Catalog.AddWorkflow<string, string>("again", async (context, former) =>
        {
            var id = context.NewGuid().ToString();
            await context.WaitForEventAsync<int>("go");
            if (former.Length == 0)
            {
                context.ContinueAsNew(id);
                return string.Empty;
            }

            return former == id ? "same" : "new";
        });
        await StartAsync("demo.test.1", "again", string.Empty);
        await RaiseAsync("demo.test.1", "go", 1);
        await UntilAsync(() => Count("SELECT count(*) FROM wf_instance WHERE length(input) > 2") == 1);
        await IdleAsync();
        Assert.Equal(1, Count("SELECT count(*) FROM wf_turn"));
        await RaiseAsync("demo.test.1", "go", 1);
        Assert.Equal("\"new\"", (await EndAsync("demo.test.1")).Output);
    }

    [Fact]
    public async Task Termination_cancels_the_running_activity_and_drops_its_result()
    {
        var cancelled = new TaskCompletionSource();
        Catalog.AddActivity<int, int>("hangs", async (_, _, token) =>
        {
            await using var registration = token.Register(() => cancelled.TrySetResult());
            await cancelled.Task;
            return 1;
        });
        Catalog.AddWorkflow<int, int>("calls", static async (context, _) => await context.CallAsync<int, int>("hangs", 0));
        await StartAsync("demo.test.1", "calls", 0);
        await UntilAsync(() => Count("SELECT count(*) FROM wf_turn") == 1);
        Assert.True(await Engine.TerminateAsync("demo.test.1", "enough", None));
        await IdleAsync();
        Assert.Equal(WorkflowState.Terminated, (await Engine.GetAsync("demo.test.1", None))!.State);
        Assert.Equal(1, Count("SELECT count(*) FROM wf_turn"));
    }

    [Fact]
    public async Task A_purge_by_age_takes_only_what_ended_before_and_goes_in_small_steps()
    {
        AddEcho();
        AddRace();
        for (var number = 0; number < 450; number++)
        {
            await StartAsync($"demo.test.{number}", "echoes", number);
        }

        await StartAsync("demo.runs.1", "race", 60);
        await UntilAsync(() => Count("SELECT count(*) FROM wf_instance WHERE state = 1") == 450);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await StartAsync("demo.late.1", "echoes", 1);
        await EndAsync("demo.late.1");
        await IdleAsync();
        var before = Database.Commits;
        Assert.Equal(450, await Engine.PurgeAsync(Clock.GetUtcNow(), None));
        Assert.Equal(3, Database.Commits - before);
        Assert.Equal(2, Count("SELECT count(*) FROM wf_instance"));
        Assert.Equal(0, Count("SELECT count(*) FROM wf_turn WHERE instance NOT IN (SELECT number FROM wf_instance WHERE id NOT LIKE 'demo.test.%')"));
    }

    private void AddSleeper() => Catalog.AddWorkflow<int, string>("sleeper", static async (context, seconds) =>
    {
        await context.DelayUntilAsync(context.UtcNow.AddSeconds(seconds));
        return context.UtcNow.ToString("HH:mm:ss");
    });

    private void AddRace() => Catalog.AddWorkflow<int, string>("race", static async (context, seconds) =>
    {
        var raised = context.WaitForEventAsync<int>("go");
        var due = context.DelayUntilAsync(context.UtcNow.AddSeconds(seconds));
        var result = await Task.WhenAny(raised, due) == raised ? $"event {await raised}" : "timer";
        await context.WaitForEventAsync<int>("end");
        return result;
    });
}
