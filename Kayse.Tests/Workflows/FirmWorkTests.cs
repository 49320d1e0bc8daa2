using System.Collections.Concurrent;
using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Workflows;
using Kayse.Standalone.Workflows;
using Microsoft.Extensions.Logging;

namespace Kayse.Tests.Workflows;

/// <summary>A timer's work of the tests' own, over the embedded engine.</summary>
public sealed class FirmWorkTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly WorkflowCatalog _catalog = new(KayseJson.Default.Options);
    private readonly CapturedLog _log = new();
    private readonly EmbeddedWorkflowRig _rig;

    public FirmWorkTests() => _rig = new EmbeddedWorkflowRig(_catalog, new EmbeddedWorkflowOptions());

    private static CancellationToken None => CancellationToken.None;

    public Task InitializeAsync()
    {
        _rig.Start();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _rig.CloseAsync();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Work_that_still_runs_is_not_started_beside_itself_and_delays_no_other_firm()
    {
        var (slow, ran) = (new TaskCompletionSource(), new ConcurrentQueue<string>());
        var timers = Of("slow", async company =>
        {
            ran.Enqueue(company.ToString());
            await (company.ToString() == "demo" ? slow.Task : Task.CompletedTask);
        });

        Assert.Equal(2, await timers.StartAsync("Test", Hour, None));
        await EndedAsync("other.slow.20260101T120000Z");
        _rig.Clock.Advance(Hour);
        Assert.Equal(1, await timers.StartAsync("Test", Hour, None));
        await EndedAsync("other.slow.20260101T130000Z");
        for (var patience = 3000; ran.Count < 3 && patience > 0; patience--)
        {
            // The slow one has begun on a thread of its own.
            await Task.Delay(10);
        }

        Assert.Equal(["demo", "other", "other"], ran.Order());

        slow.SetResult();
        await EndedAsync("demo.slow.20260101T120000Z");
        _rig.Clock.Advance(Hour);
        Assert.Equal(2, await timers.StartAsync("Test", Hour, None));
    }

    [Fact]
    public async Task Work_that_breaks_is_logged_by_its_type_and_done_again_at_the_next_turn()
    {
        var turns = 0;
        var timers = Of("broken", company => company.ToString() == "demo" && ++turns == 1 ? throw new InvalidOperationException("Jane Roe") : Task.CompletedTask);

        await timers.StartAsync("Test", Hour, None);
        Assert.Equal("""{"isDone":false}""", (await EndedAsync("demo.broken.20260101T120000Z")).Output);
        Assert.Equal("""{"isDone":true}""", (await EndedAsync("other.broken.20260101T120000Z")).Output);
        _rig.Clock.Advance(Hour);
        await timers.StartAsync("Test", Hour, None);
        Assert.Equal("""{"isDone":true}""", (await EndedAsync("demo.broken.20260101T130000Z")).Output);

        Assert.Contains(_log.Lines, line => line.Contains("demo: broken ended with InvalidOperationException", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, line => line.Contains("Jane", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-50)]
    [InlineData(0)]
    [InlineData(3_000_000)]
    public async Task A_turn_that_comes_a_moment_early_or_late_is_that_turn(int milliseconds)
    {
        var timers = Of("early", _ => Task.CompletedTask);
        Assert.Equal(2, await timers.StartAsync("Test", Hour, None));
        await EndedAsync("demo.early.20260101T120000Z");
        await EndedAsync("other.early.20260101T120000Z");
        _rig.Clock.Advance(Hour + TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(2, await timers.StartAsync("Test", Hour, None));

        await EndedAsync("demo.early.20260101T130000Z");
    }

    [Fact]
    public async Task Work_that_is_stuck_for_hours_is_reported_and_no_more_waited_for()
    {
        var stuck = new TaskCompletionSource();
        var timers = Of("stuck", company => company.ToString() == "demo" ? stuck.Task : Task.CompletedTask);
        await timers.StartAsync("Test", Hour, None);
        await EndedAsync("other.stuck.20260101T120000Z");
        _rig.Clock.Advance(TimeSpan.FromHours(7));

        Assert.Equal(2, await timers.StartAsync("Test", Hour, None));

        Assert.Contains(_log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("1 of stuck have run for hours", StringComparison.Ordinal));
        stuck.SetResult();
    }

    [Fact]
    public async Task Another_timers_work_is_left_alone()
    {
        var timers = Of("other", _ => Task.CompletedTask);

        Assert.Equal(0, await timers.StartAsync(FirmTimers.Sweep, Hour, None));
    }

    private FirmTimers Of(string name, Func<CompanyId, Task> work)
    {
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(_log));
        var timers = new FirmTimers([new FirmWork(name, "Test", _ => FirmsAsync(), (company, _) => work(company))], _rig.Engine, _catalog, _rig.Clock, logging.CreateLogger<FirmTimers>());
        timers.AddTo(_catalog);
        return timers;
    }

    private static async IAsyncEnumerable<CompanyId> FirmsAsync()
    {
        await Task.Yield();
        yield return CompanyId.Parse("demo");
        yield return CompanyId.Parse("other");
    }

    private async Task<WorkflowInstance> EndedAsync(string id)
    {
        for (var patience = TimeSpan.FromSeconds(30); ; patience -= TimeSpan.FromMilliseconds(10))
        {
            if (await _rig.Engine.GetAsync(id, None) is { State: WorkflowState.Completed } found)
            {
                return found;
            }

            Assert.True(patience > TimeSpan.Zero, $"{id} did not end in time.");
            await Task.Delay(10);
        }
    }
}
