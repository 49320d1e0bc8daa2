using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kayse.Core.Workflows;
using Kayse.Functions.Orchestrations;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace Kayse.Functions.Tests.Orchestrations;

public sealed class ActivityFunctionTests
{
    private readonly WorkflowCatalog _catalog = new(new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() });
    private readonly DurableConnection _connection = new();
    private readonly DurableTaskClient _client = new Mock<DurableTaskClient>("test").Object;

    [Fact]
    public async Task An_activity_of_the_catalog_gets_its_input_and_the_instance_that_calls()
    {
        _catalog.AddActivity<int, string>("echo", (instance, input, _) => Task.FromResult($"{instance} {input}"));
        Assert.Equal("demo.test.1 7", (await CallAsync("echo", 7)).GetString());
    }

    [Fact]
    public async Task What_an_activity_starts_goes_through_the_client_of_its_function()
    {
        DurableTaskClient? used = null;
        _catalog.AddActivity<int, int>("starts", async (_, input, cancellationToken) =>
        {
            used = await _connection.AskAsync(Task.FromResult, cancellationToken);
            return input;
        });
        await CallAsync("starts", 7);
        Assert.Same(_client, used);
    }

    [Fact]
    public async Task Only_the_type_of_a_fault_leaves_an_activity()
    {
        _catalog.AddActivity<int, int>("throws", (_, _, _) => throw new InvalidOperationException("Ms Jane Roe", new TimeoutException("Ms Jane Roe")));
        var fault = await Assert.ThrowsAsync<WorkflowFailedException>(() => CallAsync("throws", 7));
        Assert.Equal("The activity 'throws' failed: InvalidOperationException.", fault.Message);
        Assert.Null(fault.InnerException);
    }

    [Fact]
    public async Task Too_large_a_result_is_a_fault_that_names_the_activity()
    {
        _catalog.AddActivity<int, string>("wide", (_, length, _) => Task.FromResult(new string('x', length)));
        Assert.Equal(WorkflowLimits.MaxPayloadBytes - 2, (await CallAsync("wide", WorkflowLimits.MaxPayloadBytes - 2)).GetString()!.Length);
        var fault = await Assert.ThrowsAsync<WorkflowFailedException>(() => CallAsync("wide", WorkflowLimits.MaxPayloadBytes - 1));
        Assert.Equal("The result of activity 'wide' has 8193 bytes; 8192 are allowed.", fault.Message);
    }

    [Fact]
    public async Task An_activity_that_is_not_known_fails_as_one_that_threw() =>
        Assert.Equal("The activity 'gone' failed: KeyNotFoundException.", (await Assert.ThrowsAsync<WorkflowFailedException>(() => CallAsync("gone", 7))).Message);

    [Fact]
    public async Task When_the_host_stops_an_activity_is_cancelled_and_does_not_count_as_failed()
    {
        using var stopping = new CancellationTokenSource();
        _catalog.AddActivity<int, int>("waits", async (_, input, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return input;
        });
        var call = CallAsync("waits", 7, stopping.Token);
        await stopping.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => call);
    }

    private Task<JsonElement> CallAsync(string activity, int input, CancellationToken cancellationToken = default) =>
        new ActivityFunction(_catalog, _connection, NullLogger<ActivityFunction>.Instance)
            .RunAsync(new ActivityCall(activity, JsonSerializer.SerializeToElement(input)), _client, "demo.test.1", cancellationToken);
}
