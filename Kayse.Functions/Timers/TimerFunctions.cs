using Kayse.Core.Sync;
using Kayse.Core.Workflows;
using Kayse.Functions.Orchestrations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Kayse.Functions.Timers;

/// <summary>
/// The installation's timers. The host runs each on one instance alone and keeps note of its last turn, so that one that was missed is made up for
/// when the host is back. A turn only starts workflows: the work itself, however long, is a workflow a firm.
/// </summary>
public sealed class TimerFunctions(FirmTimers timers, Retention retention, DurableConnection durable, DurableWorkflowMeter meter)
{
    /// <summary>Takes up what was accepted and not finished, every two minutes, and looks how long workflows wait.</summary>
    [Function(FirmTimers.Sweep)]
    public async Task SweepAsync([TimerTrigger("0 */2 * * * *", UseMonitor = true)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        await StartAsync(FirmTimers.Sweep, TimeSpan.FromMinutes(2), client, cancellationToken);
        await meter.MeasureAsync(cancellationToken);
    }

    /// <summary>Syncs notes at each full hour.</summary>
    [Function(FirmTimers.HourlySync)]
    public Task HourlySyncAsync([TimerTrigger("0 0 * * * *", UseMonitor = true)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        StartAsync(FirmTimers.HourlySync, TimeSpan.FromHours(1), client, cancellationToken);

    /// <summary>Asks the CRMs for statuses and stages, every five minutes.</summary>
    [Function(FirmTimers.Polls)]
    public Task PollsAsync([TimerTrigger("0 */5 * * * *", UseMonitor = true)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        StartAsync(FirmTimers.Polls, TimeSpan.FromMinutes(5), client, cancellationToken);

    /// <summary>Looks after what no event touches, each hour.</summary>
    [Function(FirmTimers.Upkeep)]
    public Task UpkeepAsync([TimerTrigger("0 20 * * * *", UseMonitor = true)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        StartAsync(FirmTimers.Upkeep, TimeSpan.FromHours(1), client, cancellationToken);

    /// <summary>Deletes what was kept long enough, every six hours.</summary>
    [Function(FirmTimers.Purge)]
    public async Task PurgeAsync([TimerTrigger("0 40 */6 * * *", UseMonitor = true)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        await StartAsync(FirmTimers.Purge, TimeSpan.FromHours(6), client, cancellationToken);
        await retention.PurgeHistoriesAsync(cancellationToken);
    }

    private Task StartAsync(string timer, TimeSpan period, DurableTaskClient client, CancellationToken cancellationToken)
    {
        durable.Use(client);
        return timers.StartAsync(timer, period, cancellationToken);
    }
}
