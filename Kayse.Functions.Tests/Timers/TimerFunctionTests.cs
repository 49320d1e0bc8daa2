using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Workflows;
using Kayse.Functions.Timers;
using Microsoft.Azure.Functions.Worker;

namespace Kayse.Functions.Tests.Timers;

public sealed class TimerFunctionTests : IAsyncLifetime
{
    private readonly AzureHost _host = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("HourlySync", "0 0 * * * *")]
    [InlineData("Polls", "0 */5 * * * *")]
    [InlineData("Sweep", "0 */2 * * * *")]
    [InlineData("Upkeep", "0 20 * * * *")]
    [InlineData("Purge", "0 40 */6 * * *")]
    public void A_timer_has_its_time_and_makes_up_for_a_turn_that_was_missed(string name, string schedule)
    {
        var trigger = Assert.IsType<TimerTriggerAttribute>(AzureHost.Functions.Single(function => function.Name == name).Trigger);

        Assert.Equal((schedule, true, false), (trigger.Schedule, trigger.UseMonitor, trigger.RunOnStartup));
    }

    [Fact]
    public async Task A_turn_starts_a_workflow_for_each_firm_that_has_something_to_do_and_ends()
    {
        await _host.OpenFirmAsync("one");
        await _host.OpenFirmAsync("two");
        await _host.Get<PendingWork>().AddAsync(CompanyId.Parse("two"), EventIntake.PendingKind, "evt_1", CancellationToken.None);
        var timers = _host.Make<TimerFunctions>();

        await timers.SweepAsync(new TimerInfo(), AzureHost.Durable(), CancellationToken.None);
        await timers.UpkeepAsync(new TimerInfo(), AzureHost.Durable(), CancellationToken.None);
        await timers.PurgeAsync(new TimerInfo(), AzureHost.Durable(), CancellationToken.None);

        var started = await _host.Get<IWorkflowEngine>().QueryAsync("", null, null, 100, CancellationToken.None);
        Assert.Equal(
            ["one.purge.20261120T120000Z", "one.upkeep.20261120T150000Z", "two.purge.20261120T120000Z", "two.sweep.20261120T150600Z", "two.upkeep.20261120T150000Z"],
            started.Select(instance => instance.Id));
    }

    [Fact]
    public async Task A_turn_of_a_timer_that_nothing_is_registered_for_does_nothing()
    {
        await _host.OpenFirmAsync("one");
        var timers = _host.Make<TimerFunctions>();

        await timers.HourlySyncAsync(new TimerInfo(), AzureHost.Durable(), CancellationToken.None);
        await timers.PollsAsync(new TimerInfo(), AzureHost.Durable(), CancellationToken.None);

        Assert.Empty(await _host.Get<IWorkflowEngine>().QueryAsync("", null, null, 100, CancellationToken.None));
    }
}
