using System.Diagnostics.Metrics;
using Kayse.Core.Workflows;
using Kayse.Standalone.Workflows;

namespace Kayse.Tests.Workflows;

/// <summary>No firm holds up another, and what waits can be seen.</summary>
public sealed class EmbeddedWorkflowFairnessTests : EmbeddedWorkflowHost
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Now, int Most)> _running = [];

    protected override EmbeddedWorkflowOptions Options => new() { MaxActivities = 12, MaxActivitiesPerKind = 8, MaxLiveInstances = 64 };

    [Fact]
    public async Task A_firm_with_5000_waiting_ones_does_not_delay_another_firms_single_one()
    {
        AddHeld();
        await Task.WhenAll(Enumerable.Range(0, 5000).Select(number => StartAsync($"big.test.{number}", "held", 1)));
        await UntilAsync(() => Running("big") == 8);
        await StartAsync("small.test.1", "held", 0);
        Assert.Equal(WorkflowState.Completed, (await EndAsync("small.test.1")).State);
        Assert.Equal(0, Count("SELECT count(*) FROM wf_instance WHERE state = 1 AND id LIKE 'big.%'"));
        _open.SetResult();
        await UntilAsync(() => Count("SELECT count(*) FROM wf_instance WHERE state = 1") == 5001);
        Assert.Equal(8, _running["big"].Most);
    }

    [Fact]
    public async Task Hanging_activities_of_one_kind_do_not_hold_up_the_same_firms_workflows_of_another_kind()
    {
        AddHeld();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => StartAsync($"demo.delivery.{number}.r{number}", "held", 1)));
        await UntilAsync(() => Running("demo") == 8);

        await StartAsync("demo.postcall.1", "held", 0);

        Assert.Equal(WorkflowState.Completed, (await EndAsync("demo.postcall.1")).State);
        Assert.Equal(8, Running("demo"));
        _open.SetResult();
        await UntilAsync(() => Count("SELECT count(*) FROM wf_instance WHERE state = 1") == 21);
        // The one of the other kind ran beside the eight.
        Assert.Equal(9, _running["demo"].Most);
    }

    [Fact]
    public async Task Firms_that_fill_the_memory_leave_room_for_the_first_of_another()
    {
        AddHeld();
        await Task.WhenAll(Enumerable.Range(0, 400).Select(number => StartAsync($"big{number % 4}.test.{number}", "held", 1)));
        await UntilAsync(() => Embedded.LiveInstances >= 64);
        Catalog.AddWorkflow<int, int>("quick", static (_, input) => Task.FromResult(input));
        await StartAsync("small.test.1", "quick", 4);
        Assert.Equal("4", (await EndAsync("small.test.1")).Output);
        _open.SetResult();
    }

    [Fact]
    public async Task Due_timers_of_one_firm_do_not_delay_anothers()
    {
        AddHeld();
        Catalog.AddWorkflow<int, string>("sleeps", static async (context, held) =>
        {
            await context.DelayUntilAsync(context.UtcNow.AddSeconds(60 + (held == 0 ? 1 : 0)));
            return await context.CallAsync<int, string>("hold", held);
        });
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => StartAsync($"big.test.{number}", "sleeps", 1)));
        await StartAsync("small.test.1", "sleeps", 0);
        await IdleAsync();
        Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(WorkflowState.Completed, (await EndAsync("small.test.1")).State);
        Assert.Equal(0, Count("SELECT count(*) FROM wf_instance WHERE state = 1 AND id LIKE 'big.%'"));
        _open.SetResult();
    }

    [Fact]
    public async Task The_meter_tells_the_age_of_the_oldest_instance_that_was_not_taken_up()
    {
        AddHeld();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(number => StartAsync($"big.test.{number}", "held", 1)));
        Clock.Advance(TimeSpan.FromSeconds(30));
        await Task.WhenAll(Enumerable.Range(100, 10).Select(number => StartAsync($"big.test.{number}", "held", 1)));
        Clock.Advance(TimeSpan.FromSeconds(12));
        Assert.Contains(42, Measure("kayse.workflows.oldest_runnable_age"));
        Assert.Contains(32, Measure("kayse.workflows.live"));
        _open.SetResult();
        await UntilAsync(() => Count("SELECT count(*) FROM wf_instance WHERE state = 1") == 110);
        await IdleAsync();
        Assert.DoesNotContain(42, Measure("kayse.workflows.oldest_runnable_age"));
    }

    [Fact]
    public async Task The_meter_counts_what_starts_and_ends()
    {
        var counts = new Dictionary<string, long>();
        using var listener = Listen((name, value) =>
        {
            lock (counts)
            {
                counts[name] = counts.GetValueOrDefault(name) + (long)value;
            }
        });
        Catalog.AddWorkflow<int, int>("maybe", static (_, input) => input > 0 ? Task.FromResult(input) : throw new InvalidOperationException());
        await StartAsync("demo.test.1", "maybe", 1);
        await StartAsync("demo.test.2", "maybe", 0);
        await EndAsync("demo.test.1");
        await EndAsync("demo.test.2");
        await IdleAsync();
        // Other tests' engines count under the same meter.
        Assert.True(counts["kayse.workflows.started"] >= 2);
        Assert.True(counts["kayse.workflows.completed"] >= 1);
        Assert.True(counts["kayse.workflows.failed"] >= 1);
    }

    private static MeterListener Listen(Action<string, double> measured)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Kayse.Workflows")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => measured(instrument.Name, value));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => measured(instrument.Name, value));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => measured(instrument.Name, value));
        listener.Start();
        return listener;
    }

    private static List<int> Measure(string name)
    {
        var values = new List<int>();
        using var listener = Listen((instrument, value) =>
        {
            if (instrument == name)
            {
                values.Add((int)value);
            }
        });
        listener.RecordObservableInstruments();
        return values;
    }

    private void AddHeld()
    {
        Catalog.AddActivity<int, string>("hold", async (instance, held, _) =>
        {
            var company = instance[..instance.IndexOf('.', StringComparison.Ordinal)];
            Move(company, 1);
            await (held == 0 ? Task.CompletedTask : _open.Task);
            Move(company, -1);
            return "done";
        });
        Catalog.AddWorkflow<int, string>("held", static async (context, held) => await context.CallAsync<int, string>("hold", held));
    }

    private void Move(string company, int by)
    {
        lock (_gate)
        {
            var (now, most) = _running.GetValueOrDefault(company);
            _running[company] = (now + by, Math.Max(most, now + by));
        }
    }

    private int Running(string company)
    {
        lock (_gate)
        {
            return _running.GetValueOrDefault(company).Now;
        }
    }
}
