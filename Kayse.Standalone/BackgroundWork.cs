using Kayse.Core;
using Kayse.Core.Events;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;
using Kayse.Standalone.Storage;
using Kayse.Standalone.Workflows;

namespace Kayse.Standalone;

/// <summary>What runs beside the requests: the workflow engine, the queue and the timers.</summary>
public sealed partial class BackgroundWork(EmbeddedWorkflowEngine engine, QueuePump pump, Sweep sweep, Retention retention, FirmTimers timers, TimeProvider clock, ILogger<BackgroundWork> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PurgePeriod = TimeSpan.FromHours(6);
    private static readonly TimeSpan TurnCheck = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private Task _timers = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow();
        engine.Start();
        pump.Start();
        // The data folder is this process's alone: whatever stands there was left by one that is gone.
        _timers = Task.WhenAll(
            OnceAsync(token => sweep.TakeUpLeftAsync(startedAt, token), _stopping.Token),
            EveryAsync(SweepPeriod, sweep.RunAsync, _stopping.Token),
            EveryAsync(PurgePeriod, retention.RunAsync, _stopping.Token),
            TurnsAsync(FirmTimers.HourlySync, TimeSpan.FromHours(1)),
            TurnsAsync(FirmTimers.Polls, TimeSpan.FromMinutes(5)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        // Not the host's token: a web server that was slow to close its connections may have used its time up, and these end within moments.
        using var patience = new CancellationTokenSource(StopPatience);
        await pump.StopAsync(patience.Token);
        await engine.StopAsync(patience.Token);
        await _timers;
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    // Looked at more often than they come: what was missed while the host was down is made up for within a minute of its start.
    private Task TurnsAsync(string timer, TimeSpan period) => EveryAsync(TurnCheck, token => timers.StartAsync(timer, period, token), _stopping.Token);

    private async Task OnceAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await TryAsync(work, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task EveryAsync(TimeSpan period, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await TryAsync(work, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The next turn comes whatever happened in this one.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.Fault(logger, fault.GetType().Name, FaultSite.Of(fault));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A timer's work ended with {Fault} at {Site}; it is tried again at its next turn")]
        public static partial void Fault(ILogger logger, string fault, string site);
    }
}
