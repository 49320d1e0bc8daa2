using Kayse.Core.Sync;
using Kayse.Core.Workflows;
using Microsoft.Azure.Functions.Worker;

namespace Kayse.Functions.Timers;

/// <summary>
/// The installation's timers. The host runs each on one instance alone and keeps note of its last turn, so that one that was missed is made up for
/// when the host is back. A turn only starts workflows: the work itself, however long, is a workflow a firm.
/// </summary>
public sealed class TimerFunctions(FirmTimers timers, Retention retention)
{
    /// <summary>Takes up what was accepted and not finished, every two minutes.</summary>
    [Function(FirmTimers.Sweep)]
    public Task SweepAsync([TimerTrigger("0 */2 * * * *", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        timers.StartAsync(FirmTimers.Sweep, TimeSpan.FromMinutes(2), cancellationToken);

    /// <summary>Syncs notes at each full hour.</summary>
    [Function(FirmTimers.HourlySync)]
    public Task HourlySyncAsync([TimerTrigger("0 0 * * * *", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        timers.StartAsync(FirmTimers.HourlySync, TimeSpan.FromHours(1), cancellationToken);

    /// <summary>Asks the CRMs for statuses and stages, every five minutes.</summary>
    [Function(FirmTimers.Polls)]
    public Task PollsAsync([TimerTrigger("0 */5 * * * *", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        timers.StartAsync(FirmTimers.Polls, TimeSpan.FromMinutes(5), cancellationToken);

    /// <summary>Looks after what no event touches, each hour.</summary>
    [Function(FirmTimers.Upkeep)]
    public Task UpkeepAsync([TimerTrigger("0 20 * * * *", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        timers.StartAsync(FirmTimers.Upkeep, TimeSpan.FromHours(1), cancellationToken);

    /// <summary>Deletes what was kept long enough, every six hours.</summary>
    [Function(FirmTimers.Purge)]
    public async Task PurgeAsync([TimerTrigger("0 40 */6 * * *", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        await timers.StartAsync(FirmTimers.Purge, TimeSpan.FromHours(6), cancellationToken);
        await retention.PurgeHistoriesAsync(cancellationToken);
    }
}
