using System.Diagnostics.Metrics;
using Kayse.Core.Workflows;
using Microsoft.DurableTask.Client;

namespace Kayse.Functions.Orchestrations;

/// <summary>What is measured of workflows, under the same names as on one machine.</summary>
public sealed class DurableWorkflowMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Kayse.Workflows";

    private const int PageSize = 200;

    // The timer that measures moves from one instance of the app to another: what an instance saw last must not be told for ever.
    private static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(5);

    private static readonly Meter s_counts = new(Name);

    private readonly DurableConnection _durable;
    private readonly TimeProvider _clock;
    private readonly Counter<long> _failed;
    private readonly Lock _gate = new();
    private (double Age, DateTimeOffset At) _oldest;
    private DateTimeOffset _lookedAt;

    /// <summary>A meter; what only Durable knows is measured with <see cref="MeasureAsync"/>.</summary>
    public DurableWorkflowMeter(DurableConnection durable, TimeProvider clock)
    {
        _durable = durable;
        _clock = clock;
        _lookedAt = clock.GetUtcNow();
        _failed = Meter.CreateCounter<long>("kayse.workflows.failed", "{workflow}", "Instances failed");
        Meter.CreateObservableGauge("kayse.workflows.oldest_runnable_age", Oldest, "s", "Age of the oldest instance that was started and has not been taken up");
    }

    internal static Counter<long> Started { get; } = s_counts.CreateCounter<long>("kayse.workflows.started", "{workflow}", "Instances started");

    internal static Counter<long> Completed { get; } = s_counts.CreateCounter<long>("kayse.workflows.completed", "{workflow}", "Instances completed");

    internal Meter Meter { get; } = new(Name);

    /// <summary>
    /// Looks how long the oldest instance waits to be taken up, and which have failed since the last look: Durable tells nobody of either, and fails an instance
    /// whose history does not fit its code without asking our code.
    /// </summary>
    /// <exception cref="Core.Storage.StorageUnavailableException">Durable did not answer.</exception>
    public async Task MeasureAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var oldest = now;
        await foreach (var page in _durable.PagesAsync(new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Pending], PageSize: PageSize), cancellationToken))
        {
            oldest = page.Select(found => found.CreatedAt).Append(oldest).Min();
        }

        var failed = 0;
        await foreach (var page in _durable.PagesAsync(new OrchestrationQuery(Statuses: DurableInstance.Statuses(WorkflowState.Failed), PageSize: PageSize), cancellationToken))
        {
            failed += page.Count(found => found.LastUpdatedAt >= _lookedAt && found.LastUpdatedAt < now);
        }

        _failed.Add(failed);
        _lookedAt = now;
        lock (_gate)
        {
            _oldest = ((now - oldest).TotalSeconds, now);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private IEnumerable<Measurement<double>> Oldest()
    {
        lock (_gate)
        {
            return _oldest.At + s_fresh > _clock.GetUtcNow() ? [new Measurement<double>(_oldest.Age)] : [];
        }
    }
}
