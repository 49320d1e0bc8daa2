using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Workflows;

namespace Kayse.Tests.Workflows;

/// <summary>The timers that many hosts share, over the one-machine host's engine.</summary>
public sealed class FirmTimerTests : IAsyncLifetime
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private TestHost _host = null!;

    private static CancellationToken None => CancellationToken.None;

    private FirmTimers Timers => _host.Get<FirmTimers>();

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_turn_starts_one_workflow_a_firm()
    {
        await _host.OpenFirmAsync("other");

        Assert.Equal(2, await Timers.StartAsync(FirmTimers.Upkeep, Hour, None));

        await EndedAsync("demo.upkeep.20261120T150000Z");
        await EndedAsync("other.upkeep.20261120T150000Z");
    }

    [Fact]
    public async Task A_turn_that_comes_twice_or_late_does_its_work_once()
    {
        Assert.Equal(1, await Timers.StartAsync(FirmTimers.Upkeep, Hour, None));
        await EndedAsync("demo.upkeep.20261120T150000Z");
        _host.Clock.Advance(TimeSpan.FromMinutes(40));

        Assert.Equal(0, await Timers.StartAsync(FirmTimers.Upkeep, Hour, None));
    }

    [Fact]
    public async Task A_turn_that_was_missed_is_made_up_for_by_the_next_one_that_comes()
    {
        await Timers.StartAsync(FirmTimers.Upkeep, Hour, None);
        await EndedAsync("demo.upkeep.20261120T150000Z");
        _host.Clock.Advance(TimeSpan.FromMinutes(155));

        Assert.Equal(1, await Timers.StartAsync(FirmTimers.Upkeep, Hour, None));

        await EndedAsync("demo.upkeep.20261120T170000Z");
    }

    [Fact]
    public async Task The_sweep_is_for_firms_that_wait_for_something_alone()
    {
        await _host.OpenFirmAsync("other");
        await _host.OpenFirmAsync("third");
        await _host.Get<PendingWork>().AddAsync(CompanyId.Parse("other"), EventIntake.PendingKind, "evt_1", None);
        await _host.Get<PendingWork>().AddAsync(CompanyId.Parse("other"), EventIntake.PendingKind, "evt_2", None);

        // The demo firm may be about to take its first webhook.
        Assert.InRange(await Timers.StartAsync(FirmTimers.Sweep, TimeSpan.FromMinutes(2), None), 1, 2);

        await EndedAsync("other.sweep.20261120T150600Z");
        Assert.Null(await _host.Get<IWorkflowEngine>().GetAsync("third.sweep.20261120T150600Z", None));
    }

    [Fact]
    public async Task The_purge_deletes_what_was_kept_long_enough()
    {
        await _host.SendAsync(new { id = "evt_old", type = "task_completed", occurredAt = "2026-11-20T15:05:10Z", companyId = "demo", data = new { } });
        _host.Clock.Advance(TimeSpan.FromDays(40));

        await Timers.StartAsync(FirmTimers.Purge, TimeSpan.FromHours(6), None);

        await _host.EventuallyAsync(async () => await _host.Get<EventStore>().FindAsync(CompanyId.Parse("demo"), "evt_old", None) is null);
    }

    private Task EndedAsync(string id) => _host.EventuallyAsync(async () => (await _host.Get<IWorkflowEngine>().GetAsync(id, None))?.State is WorkflowState.Completed);
}
