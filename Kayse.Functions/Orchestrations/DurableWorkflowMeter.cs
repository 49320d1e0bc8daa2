using System.Diagnostics.Metrics;
using Microsoft.DurableTask.Client;

namespace Kayse.Functions.Orchestrations;

/// <summary>What is measured of workflows, under the same names as on one machine.</summary>
public sealed class DurableWorkflowMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Kayse.Workflows";

    private const int PageSize = 200;

    private static readonly Meter s_counts = new(Name);

    private readonly Meter _meter = new(Name);
    private readonly DurableConnection _durable;
    private readonly TimeProvider _clock;
    private double _oldestRunnableAge;

    /// <summary>A meter; the age is measured with <see cref="MeasureAsync"/>.</summary>
    public DurableWorkflowMeter(DurableConnection durable, TimeProvider clock)
    {
        _durable = durable;
        _clock = clock;
        _meter.CreateObservableGauge("kayse.workflows.oldest_runnable_age", () => Volatile.Read(ref _oldestRunnableAge), "s", "Age of the oldest instance that was started and has not been taken up");
    }

    internal static Counter<long> Started { get; } = s_counts.CreateCounter<long>("kayse.workflows.started", "{workflow}", "Instances started");

    internal static Counter<long> Completed { get; } = s_counts.CreateCounter<long>("kayse.workflows.completed", "{workflow}", "Instances completed");

    internal static Counter<long> Failed { get; } = s_counts.CreateCounter<long>("kayse.workflows.failed", "{workflow}", "Instances failed");

    /// <summary>Looks how long the oldest instance waits to be taken up; from a timer, since Durable tells nobody.</summary>
    /// <exception cref="Core.Storage.StorageUnavailableException">Durable did not answer.</exception>
    public async Task MeasureAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var oldest = now;
        await foreach (var page in _durable.PagesAsync(new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Pending], PageSize: PageSize), cancellationToken))
        {
            oldest = page.Select(found => found.CreatedAt).Append(oldest).Min();
        }

        Volatile.Write(ref _oldestRunnableAge, (now - oldest).TotalSeconds);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
