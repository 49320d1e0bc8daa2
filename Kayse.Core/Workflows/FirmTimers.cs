using System.Globalization;
using Kayse.Core.Companies;
using Microsoft.Extensions.Logging;

namespace Kayse.Core.Workflows;

/// <summary>
/// The timers of an installation that many hosts share: each turn starts a workflow a firm and ends, so that no firm's work delays the next turn.
/// A turn may be repeated, come late or come twice: a firm's work runs once a turn, and not while it still runs from an earlier one.
/// </summary>
public sealed partial class FirmTimers(IEnumerable<FirmWork> works, IWorkflowEngine engine, WorkflowCatalog catalog, TimeProvider clock, ILogger<FirmTimers> logger)
{
    /// <summary>Takes up what was accepted and not finished.</summary>
    public const string Sweep = "Sweep";

    /// <summary>Syncs notes with the CRMs, at each full hour.</summary>
    public const string HourlySync = "HourlySync";

    /// <summary>Asks the CRMs for statuses and stages.</summary>
    public const string Polls = "Polls";

    /// <summary>Looks after what no event touches: failing webhooks, workflows that broke, deliveries that wait for nothing.</summary>
    public const string Upkeep = "Upkeep";

    /// <summary>Deletes what was kept long enough.</summary>
    public const string Purge = "Purge";

    private const int MaxRunning = 100;

    // A host's timer may come a moment before its time; that turn must not be taken for the one before.
    private static readonly TimeSpan s_early = TimeSpan.FromSeconds(30);

    // What runs longer is stuck, or waits for a version of the app that is not there: the firm's work must go on without it.
    private static readonly TimeSpan s_stuck = TimeSpan.FromHours(6);

    private readonly FirmWork[] _works = [.. works];

    /// <summary>Adds the workflow and its activity to the catalog.</summary>
    public void AddTo(WorkflowCatalog workflows)
    {
        ArgumentNullException.ThrowIfNull(workflows);
        workflows.AddWorkflow<FirmWorkInput, FirmWorkResult>(FirmWorkflow.Name, FirmWorkflow.RunAsync)
            .AddActivity<FirmWorkInput, FirmWorkResult>(FirmWorkflow.WorkActivity, (_, input, cancellationToken) => RunAsync(input, cancellationToken));
    }

    /// <summary>Takes a timer's turn; returns how many workflows it started.</summary>
    /// <param name="timer">Which timer.</param>
    /// <param name="period">How often it comes: turns within one period are the same turn.</param>
    /// <param name="cancellationToken">The host stops: the next turn starts the rest.</param>
    public async Task<int> StartAsync(string timer, TimeSpan period, CancellationToken cancellationToken)
    {
        var turn = new DateTimeOffset((clock.GetUtcNow() + s_early).UtcTicks / period.Ticks * period.Ticks, TimeSpan.Zero);
        var started = 0;
        foreach (var work in _works.Where(work => work.Timer == timer))
        {
            await foreach (var company in work.Firms(cancellationToken))
            {
                started += await TryStartAsync(work, company, turn, cancellationToken) ? 1 : 0;
            }
        }

        if (started > 0)
        {
            Log.Started(logger, timer, started);
        }

        return started;
    }

    private async Task<bool> TryStartAsync(FirmWork work, CompanyId company, DateTimeOffset turn, CancellationToken cancellationToken)
    {
        try
        {
            var prefix = $"{company}.{work.Name}.";
            var running = await engine.QueryAsync(prefix, WorkflowState.Running, null, MaxRunning, cancellationToken);
            if (running.Any(instance => instance.StartedAt + s_stuck > clock.GetUtcNow()))
            {
                Log.StillRuns(logger, company.ToString(), work.Name);
                return false;
            }

            if (running.Count > 0)
            {
                Log.Stuck(logger, company.ToString(), work.Name, running.Count);
            }

            var id = prefix + turn.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
            return await engine.StartAsync(id, FirmWorkflow.Name, catalog.Serialize(new FirmWorkInput(company, work.Name)), cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // One firm's trouble must not keep the others' work from being started.
            Log.Fault(logger, company.ToString(), work.Name, fault.GetType().Name, FaultSite.Of(fault));
            return false;
        }
    }

    private async Task<FirmWorkResult> RunAsync(FirmWorkInput input, CancellationToken cancellationToken)
    {
        try
        {
            await _works.First(work => work.Name == input.Work).RunAsync(input.Company, cancellationToken);
            return new FirmWorkResult(IsDone: true);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.Fault(logger, input.Company.ToString(), input.Work, fault.GetType().Name, FaultSite.Of(fault));
            return new FirmWorkResult(IsDone: false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Timer {Timer} started {Count} workflows")]
        public static partial void Started(ILogger logger, string timer, int count);

        [LoggerMessage(2, LogLevel.Warning, "{Company}: {Work} still runs from an earlier turn of its timer")]
        public static partial void StillRuns(ILogger logger, string company, string work);

        [LoggerMessage(4, LogLevel.Error, "{Company}: {Count} of {Work} have run for hours; the work goes on without them")]
        public static partial void Stuck(ILogger logger, string company, string work, int count);

        [LoggerMessage(3, LogLevel.Error, "{Company}: {Work} ended with {Fault} at {Site}; it is done again at its timer's next turn")]
        public static partial void Fault(ILogger logger, string company, string work, string fault, string site);
    }
}
