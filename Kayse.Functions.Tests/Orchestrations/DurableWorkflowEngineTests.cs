using System.Text;
using System.Text.Json;
using Grpc.Core;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;
using Kayse.Functions.Orchestrations;
using Kayse.Tests;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Kayse.Functions.Tests.Orchestrations;

public sealed class DurableWorkflowEngineTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly ReadOnlyMemory<byte> Seven = "7"u8.ToArray();

    private readonly ManualClock _clock = new(Noon);
    private readonly ScriptedDurableClient _durable = new();
    private readonly DurableConnection _connection = new();
    private readonly DurableWorkflowEngine _engine;

    public DurableWorkflowEngineTests()
    {
        var catalog = new WorkflowCatalog(JsonSerializerOptions.Default).AddWorkflow<int, int>("test", (_, input) => Task.FromResult(input));
        _engine = new DurableWorkflowEngine(_connection, catalog, _clock);
        _connection.Use(_durable.Object);
    }

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_start_names_the_workflow_the_instance_and_its_input()
    {
        Assert.True(await StartAsync("demo.test.1"));
        var started = Assert.Single(_durable.Started);
        Assert.Equal(("test", "demo.test.1", "7"), (started.Name, started.Options.InstanceId, Assert.IsType<JsonElement>(started.Input).GetRawText()));
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Pending)]
    [InlineData(OrchestrationRuntimeStatus.Running)]
    [InlineData(OrchestrationRuntimeStatus.Suspended)]
    [InlineData(OrchestrationRuntimeStatus.Completed)]
    [InlineData(OrchestrationRuntimeStatus.Failed)]
    [InlineData(OrchestrationRuntimeStatus.Terminated)]
    public async Task A_second_start_is_refused_in_every_state_of_the_first(OrchestrationRuntimeStatus status)
    {
        Add("demo.test.1", status);
        Assert.False(await StartAsync("demo.test.1"));
        Assert.Equal(status, Assert.Single(_durable.Instances).RuntimeStatus);
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("demo.test")]
    [InlineData("demo.test.a/b")]
    [InlineData("@demo.test.1")]
    public async Task An_id_of_another_form_is_refused(string id)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(id));
        Assert.Empty(_durable.Started);
    }

    [Fact]
    public async Task A_workflow_that_does_not_exist_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _engine.StartAsync("demo.test.1", "nothing", Seven, None));

    [Fact]
    public async Task Payloads_over_8_kB_are_refused()
    {
        Add("demo.test.1", OrchestrationRuntimeStatus.Running);
        var wide = Encoding.UTF8.GetBytes($"\"{new string('x', WorkflowLimits.MaxPayloadBytes)}\"");
        await Assert.ThrowsAsync<ArgumentException>(() => _engine.StartAsync("demo.test.2", "test", wide, None));
        await Assert.ThrowsAsync<ArgumentException>(() => _engine.RaiseEventAsync("demo.test.1", "go", wide, None));
        Assert.Empty(_durable.Started);
        Assert.Empty(_durable.Raised);
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Pending, WorkflowState.Running)]
    [InlineData(OrchestrationRuntimeStatus.Running, WorkflowState.Running)]
    [InlineData(OrchestrationRuntimeStatus.Suspended, WorkflowState.Running)]
    [InlineData(OrchestrationRuntimeStatus.Completed, WorkflowState.Completed)]
    [InlineData(OrchestrationRuntimeStatus.Failed, WorkflowState.Failed)]
    [InlineData(OrchestrationRuntimeStatus.Terminated, WorkflowState.Terminated)]
    public async Task An_instance_has_the_ports_state_and_an_end_only_when_it_ended(OrchestrationRuntimeStatus status, WorkflowState expected)
    {
        Add("demo.test.1", status, output: "\"text\"");
        var instance = await _engine.GetAsync("demo.test.1", None);
        Assert.Equal(("demo.test.1", "test", expected, Noon.AddHours(-2)), (instance!.Id, instance.Workflow, instance.State, instance.StartedAt));
        Assert.Equal(expected == WorkflowState.Running ? null : Noon.AddHours(-1), instance.EndedAt);
        Assert.Equal(expected == WorkflowState.Completed ? "\"text\"" : null, instance.Output);
        Assert.Equal(expected switch { WorkflowState.Failed => "The workflow failed.", WorkflowState.Terminated => "text", _ => null }, instance.Error);
    }

    [Fact]
    public async Task A_failed_instance_tells_the_text_that_its_orchestration_failed_with()
    {
        _durable.Add(new OrchestrationMetadata("test", "demo.test.1") { RuntimeStatus = OrchestrationRuntimeStatus.Failed, FailureDetails = new TaskFailureDetails("A.Type", "The activity 'x' failed: E.", "at A.B()", null, null) });
        Assert.Equal("The activity 'x' failed: E.", (await _engine.GetAsync("demo.test.1", None))!.Error);
    }

    [Fact]
    public async Task There_is_no_instance_of_an_unknown_id() => Assert.Null(await _engine.GetAsync("demo.test.1", None));

    [Fact]
    public async Task Instances_are_found_in_order_of_their_ids_whatever_the_order_of_the_pages()
    {
        foreach (var id in new[] { "demo.a.3", "demo2.a.1", "demo.a.1", "demo.b.1", "demo.a.4", "demo.a.2" })
        {
            Add(id, id == "demo.a.2" ? OrchestrationRuntimeStatus.Completed : OrchestrationRuntimeStatus.Running, output: "2");
        }

        Assert.Equal(["demo.a.1", "demo.a.2", "demo.a.3", "demo.a.4", "demo.b.1"], await IdsAsync("demo.", null, null, 100));
        Assert.Equal(["demo.a.1", "demo.a.3", "demo.a.4"], await IdsAsync("demo.a.", WorkflowState.Running, null, 100));
        Assert.Equal(["demo.a.2", "demo.a.3"], await IdsAsync("demo.a.", null, "demo.a.1", 2));
        Assert.Empty(await IdsAsync("demo.a.", null, "demo.a.4", 2));
    }

    [Fact]
    public async Task What_instances_returned_is_asked_for_only_for_those_that_are_told()
    {
        Add("demo.a.1", OrchestrationRuntimeStatus.Completed, output: "1");
        Add("demo.a.2", OrchestrationRuntimeStatus.Completed, output: "2");
        var found = await _engine.QueryAsync("demo.a.", null, null, 1, None);
        Assert.Equal("1", Assert.Single(found).Output);
        Assert.False(Assert.Single(_durable.Queries).FetchInputsAndOutputs);
    }

    [Fact]
    public async Task An_event_reaches_an_instance_that_runs()
    {
        Add("demo.test.1", OrchestrationRuntimeStatus.Running);
        Assert.True(await _engine.RaiseEventAsync("demo.test.1", "go", Seven, None));
        Assert.Equal("7", Assert.IsType<JsonElement>(_durable.Raised["demo.test.1 go"]).GetRawText());
    }

    [Fact]
    public async Task An_event_for_none_that_runs_is_told_so()
    {
        Add("demo.test.1", OrchestrationRuntimeStatus.Completed);
        Assert.False(await _engine.RaiseEventAsync("demo.test.1", "go", Seven, None));
        Assert.False(await _engine.RaiseEventAsync("demo.test.2", "go", Seven, None));
        Assert.Empty(_durable.Raised);
    }

    [Fact]
    public async Task A_terminated_instance_has_ended_when_the_call_returns()
    {
        Add("demo.test.1", OrchestrationRuntimeStatus.Running);
        _durable.EndsAfterLooks = 3;
        var ending = _engine.TerminateAsync("demo.test.1", "the firm was erased", None);
        await AdvanceUntilAsync(ending, TimeSpan.FromSeconds(1));
        Assert.True(await ending);
        var instance = await _engine.GetAsync("demo.test.1", None);
        Assert.Equal((WorkflowState.Terminated, "the firm was erased"), (instance!.State, instance.Error));
        Assert.False(await _engine.TerminateAsync("demo.test.1", "again", None));
        Assert.False(await _engine.TerminateAsync("demo.test.2", "again", None));
    }

    [Fact]
    public async Task An_instance_that_ended_by_itself_in_the_meantime_was_not_terminated()
    {
        Add("demo.test.1", OrchestrationRuntimeStatus.Running);
        _durable.EndsAs = OrchestrationRuntimeStatus.Completed;
        Assert.False(await _engine.TerminateAsync("demo.test.1", "reason", None));
    }

    [Theory]
    [InlineData(StatusCode.FailedPrecondition)]
    [InlineData(StatusCode.NotFound)]
    public async Task An_instance_that_is_gone_when_the_message_comes_was_not_terminated(StatusCode code)
    {
        Add("demo.test.1", OrchestrationRuntimeStatus.Running);
        _durable.MessageFault = code;
        Assert.False(await _engine.TerminateAsync("demo.test.1", "reason", None));
    }

    [Fact]
    public async Task An_instance_that_does_not_end_is_not_waited_for_for_ever()
    {
        Add("demo.test.1", OrchestrationRuntimeStatus.Running);
        _durable.EndsAfterLooks = int.MaxValue;
        var removing = _engine.PurgeInstanceAsync("demo.test.1", None);
        await AdvanceUntilAsync(removing, TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => removing);
        Assert.True(_clock.GetUtcNow() >= Noon.AddSeconds(30));
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Running)]
    [InlineData(OrchestrationRuntimeStatus.Failed)]
    public async Task An_instance_is_removed_in_whatever_state(OrchestrationRuntimeStatus status)
    {
        Add("demo.test.1", status);
        Assert.True(await _engine.PurgeInstanceAsync("demo.test.1", None));
        Assert.Empty(_durable.Instances);
        Assert.False(await _engine.PurgeInstanceAsync("demo.test.1", None));
    }

    [Fact]
    public async Task A_purge_removes_what_ended_before_a_time_and_nothing_else()
    {
        var longAgo = Noon.AddDays(-100);
        for (var n = 0; n < 11; n++)
        {
            Add($"demo.old.{n}", OrchestrationRuntimeStatus.Completed, created: longAgo, updated: longAgo.AddHours(1));
        }

        Add("demo.a.ended-late", OrchestrationRuntimeStatus.Failed, created: longAgo, updated: Noon.AddDays(-89));
        Add("demo.a.runs", OrchestrationRuntimeStatus.Running, created: longAgo, updated: longAgo);
        Add("demo.a.young", OrchestrationRuntimeStatus.Terminated, created: Noon, updated: Noon);
        Assert.Equal(11, await _engine.PurgeAsync(Noon.AddDays(-90), None));
        Assert.Equal(["demo.a.ended-late", "demo.a.runs", "demo.a.young"], _durable.Instances.Select(one => one.InstanceId));
        Assert.Equal(0, await _engine.PurgeAsync(Noon.AddDays(-90), None));
    }

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.Unknown)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.PermissionDenied)]
    [InlineData(StatusCode.Cancelled)]
    public async Task A_backend_that_does_not_answer_is_a_store_that_is_not_available(StatusCode code)
    {
        _durable.Fault = code;
        foreach (var ask in new Func<Task>[]
        {
            () => StartAsync("demo.test.1"), () => _engine.GetAsync("demo.test.1", None), () => _engine.QueryAsync("demo.", null, null, 1, None),
            () => _engine.RaiseEventAsync("demo.test.1", "go", Seven, None), () => _engine.TerminateAsync("demo.test.1", "reason", None),
            () => _engine.PurgeAsync(Noon, None), () => _engine.PurgeInstanceAsync("demo.test.1", None),
        })
        {
            var fault = await Assert.ThrowsAsync<StorageUnavailableException>(ask);
            Assert.Equal($"The workflow engine did not answer ({code}).", fault.Message);
        }
    }

    [Fact]
    public async Task A_call_that_its_caller_cancelled_is_cancelled()
    {
        _durable.Fault = StatusCode.Cancelled;
        await Assert.ThrowsAsync<OperationCanceledException>(() => _engine.GetAsync("demo.test.1", new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Without_a_functions_client_the_fault_says_what_is_missing() =>
        Assert.Contains("Durable client", (await Assert.ThrowsAsync<InvalidOperationException>(() => new DurableWorkflowEngine(new DurableConnection(), new WorkflowCatalog(JsonSerializerOptions.Default), _clock).GetAsync("demo.test.1", None))).Message, StringComparison.Ordinal);

    private void Add(string id, OrchestrationRuntimeStatus status, string? output = null, DateTimeOffset? created = null, DateTimeOffset? updated = null) =>
        _durable.Add(new OrchestrationMetadata("test", id) { RuntimeStatus = status, CreatedAt = created ?? Noon.AddHours(-2), LastUpdatedAt = updated ?? Noon.AddHours(-1), SerializedOutput = output });

    private Task<bool> StartAsync(string id) => _engine.StartAsync(id, "test", Seven, None);

    private async Task AdvanceUntilAsync(Task done, TimeSpan step)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!done.IsCompleted)
        {
            patience.Token.ThrowIfCancellationRequested();
            _clock.Advance(step);
            await Task.Yield();
        }
    }

    private async Task<string[]> IdsAsync(string prefix, WorkflowState? state, string? after, int limit) =>
        [.. (await _engine.QueryAsync(prefix, state, after, limit, None)).Select(instance => instance.Id)];
}
