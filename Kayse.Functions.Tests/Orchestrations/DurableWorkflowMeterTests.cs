using System.Diagnostics.Metrics;
using Kayse.Functions.Orchestrations;
using Kayse.Tests;
using Microsoft.DurableTask.Client;

namespace Kayse.Functions.Tests.Orchestrations;

public sealed class DurableWorkflowMeterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly ScriptedDurableClient _durable = new();
    private readonly ManualClock _clock = new(Noon);

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

    [Fact]
    public async Task What_was_seen_a_while_ago_is_told_no_more()
    {
        Add("demo.a.1", OrchestrationRuntimeStatus.Pending, minutes: 7);
        using var meter = await MeasureAsync();
        Assert.Single(Told(meter));

        _clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Empty(Told(meter));
    }

    [Fact]
    public async Task Each_instance_that_failed_since_the_last_look_is_counted_once()
    {
        using var meter = Make();
        var counted = 0L;
        using var listener = new MeterListener { InstrumentPublished = (instrument, listening) => Listen(meter, "kayse.workflows.failed", instrument, listening) };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => counted += value);
        listener.Start();
        Add("demo.a.1", OrchestrationRuntimeStatus.Failed, minutes: 90, ended: -60);
        Add("demo.a.2", OrchestrationRuntimeStatus.Failed, minutes: 90, ended: 1);
        Add("demo.a.3", OrchestrationRuntimeStatus.Completed, minutes: 90, ended: 1);

        _clock.Advance(TimeSpan.FromMinutes(2));
        await meter.MeasureAsync(CancellationToken.None);
        Assert.Equal(1, counted);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await meter.MeasureAsync(CancellationToken.None);
        Assert.Equal(1, counted);
    }

    private static void Listen(DurableWorkflowMeter meter, string name, Instrument instrument, MeterListener listening)
    {
        if (instrument.Meter == meter.Meter && instrument.Name == name)
        {
            listening.EnableMeasurementEvents(instrument);
        }
    }

    private static List<double> Told(DurableWorkflowMeter meter)
    {
        var seen = new List<double>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, listening) => Listen(meter, "kayse.workflows.oldest_runnable_age", instrument, listening) };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => seen.Add(value));
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }

    private DurableWorkflowMeter Make()
    {
        var connection = new DurableConnection();
        connection.Use(_durable.Object);
        return new DurableWorkflowMeter(connection, _clock);
    }

    private async Task<DurableWorkflowMeter> MeasureAsync()
    {
        var meter = Make();
        await meter.MeasureAsync(CancellationToken.None);
        return meter;
    }

    private async Task<double> MeasuredAsync()
    {
        using var meter = await MeasureAsync();
        return Assert.Single(Told(meter));
    }

    private void Add(string id, OrchestrationRuntimeStatus status, int minutes, int ended = 0) =>
        _durable.Add(new OrchestrationMetadata("test", id) { RuntimeStatus = status, CreatedAt = Noon.AddMinutes(-minutes), LastUpdatedAt = Noon.AddMinutes(ended) });
}
