using System.Diagnostics.Metrics;
using Kayse.Core.Workflows;

namespace Kayse.Standalone.Workflows;

/// <summary>The engine's measurements, under the meter <c>Kayse.Workflows</c>.</summary>
internal sealed class WorkflowMeter : IDisposable
{
    private readonly Meter _meter = new("Kayse.Workflows");
    private readonly Counter<long> _started;
    private readonly Counter<long> _completed;
    private readonly Counter<long> _failed;

    /// <param name="oldestRunnableAge">The seconds for which the oldest instance with something to do has not been taken up.</param>
    /// <param name="live">The instances in memory.</param>
    public WorkflowMeter(Func<double> oldestRunnableAge, Func<int> live)
    {
        _started = _meter.CreateCounter<long>("kayse.workflows.started", "{workflow}", "Instances started");
        _completed = _meter.CreateCounter<long>("kayse.workflows.completed", "{workflow}", "Instances completed");
        _failed = _meter.CreateCounter<long>("kayse.workflows.failed", "{workflow}", "Instances failed");
        _meter.CreateObservableGauge("kayse.workflows.oldest_runnable_age", oldestRunnableAge, "s", "Age of the oldest instance that has something to do and has not been taken up");
        _meter.CreateObservableGauge("kayse.workflows.live", live, "{workflow}", "Instances in memory");
    }

    public void Started() => _started.Add(1);

    public void Ended(WorkflowState state) => (state == WorkflowState.Completed ? _completed : _failed).Add(1);

    public void Dispose() => _meter.Dispose();
}
