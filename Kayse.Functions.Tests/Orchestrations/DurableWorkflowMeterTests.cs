using System.Diagnostics.Metrics;
using Kayse.Functions.Orchestrations;
using Kayse.Tests;
using Microsoft.DurableTask.Client;

namespace Kayse.Functions.Tests.Orchestrations;

public sealed class DurableWorkflowMeterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly ScriptedDurableClient _durable = new();

    [Fact]
    public async Task The_oldest_runnable_age_is_that_of_the_instance_that_waits_longest_to_be_taken_up()
    {
        Add("demo.a.1", OrchestrationRuntimeStatus.Pending, minutes: 2);
        Add("demo.a.2", OrchestrationRuntimeStatus.Pending, minutes: 7);
        Add("demo.a.3", OrchestrationRuntimeStatus.Pending, minutes: 3);
        Add("demo.a.4", OrchestrationRuntimeStatus.Running, minutes: 90);
        Assert.Equal(7 * 60, await MeasuredAsync());
    }

    [Fact]
    public async Task It_is_nothing_when_all_are_taken_up()
    {
        Add("demo.a.1", OrchestrationRuntimeStatus.Running, minutes: 90);
        Assert.Equal(0, await MeasuredAsync());
    }

    private async Task<double> MeasuredAsync()
    {
        var connection = new DurableConnection();
        connection.Use(_durable.Object);
        using var meter = new DurableWorkflowMeter(connection, new ManualClock(Noon));
        await meter.MeasureAsync(CancellationToken.None);
        var seen = new List<double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                // Another test's host has a gauge of this name too.
                if (instrument.Name == "kayse.workflows.oldest_runnable_age" && instrument.Description!.Contains("started", StringComparison.Ordinal))
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => seen.Add(value));
        listener.Start();
        listener.RecordObservableInstruments();
        return Assert.Single(seen);
    }

    private void Add(string id, OrchestrationRuntimeStatus status, int minutes) =>
        _durable.Add(new OrchestrationMetadata("test", id) { RuntimeStatus = status, CreatedAt = Noon.AddMinutes(-minutes), LastUpdatedAt = Noon });
}
