using Kayse.Core.Workflows;

namespace Kayse.Tests.Workflows;

/// <summary>What every adapter of the port must do. A subclass says how its engine is made.</summary>
public abstract class WorkflowEngineContract : WorkflowHarness
{
    [Fact]
    public async Task A_workflow_runs_its_activities_and_returns_its_result()
    {
        AddEcho();
        Catalog.AddWorkflow<int, string>("two", async (context, input) =>
            await context.CallAsync<int, string>("echo", input) + await context.CallAsync<int, string>("echo", input + 1));
        Assert.True(await StartAsync("demo.test.1", "two", 4));
        var instance = await EndAsync("demo.test.1");
        Assert.Equal((WorkflowState.Completed, "\"45\"", null), (instance.State, instance.Output, instance.Error));
        Assert.Equal("two", instance.Workflow);
        Assert.NotNull(instance.EndedAt);
    }

    [Fact]
    public async Task A_second_start_is_refused_while_the_instance_runs_and_after_it()
    {
        Catalog.AddWorkflow<int, int>("waits", async (context, input) => input + await context.WaitForEventAsync<int>("go"));
        Assert.True(await StartAsync("demo.test.1", "waits", 1));
        Assert.False(await StartAsync("demo.test.1", "waits", 100));
        await RaiseAsync("demo.test.1", "go", 1);
        Assert.Equal("2", (await EndAsync("demo.test.1")).Output);
        Assert.False(await StartAsync("demo.test.1", "waits", 100));
        Assert.Equal("2", (await Engine.GetAsync("demo.test.1", None))!.Output);
    }

    [Fact]
    public async Task Starts_at_the_same_moment_make_one_instance()
    {
        Catalog.AddWorkflow<int, int>("input", static (_, input) => Task.FromResult(input));
        var started = await Task.WhenAll(Enumerable.Range(0, 20).Select(input => StartAsync("demo.test.1", "input", input)));
        Assert.Single(started, won => won);
    }

    [Fact]
    public async Task Instances_are_found_by_prefix_state_and_page()
    {
        Catalog.AddWorkflow<int, int>("waits", async (context, _) => await context.WaitForEventAsync<int>("go"));
        foreach (var id in new[] { "demo.a.1", "demo.a.2", "demo.a.3", "demo.b.1", "demo2.a.1" })
        {
            await StartAsync(id, "waits", 0);
        }

        await RaiseAsync("demo.a.2", "go", 1);
        await EndAsync("demo.a.2");
        Assert.Equal(["demo.a.1", "demo.a.2", "demo.a.3", "demo.b.1"], await IdsAsync("demo.", null, null, 100));
        Assert.Equal(["demo.a.1", "demo.a.3"], await IdsAsync("demo.a.", WorkflowState.Running, null, 100));
        Assert.Equal(["demo.a.2", "demo.a.3"], await IdsAsync("demo.a.", null, "demo.a.1", 2));
        Assert.Null(await Engine.GetAsync("demo.a.9", None));
    }

    [Fact]
    public async Task Events_raised_before_they_are_awaited_are_kept_in_order()
    {
        Catalog.AddWorkflow<int, string>("three", async (context, _) =>
        {
            await context.WaitForEventAsync<int>("go");
            return await context.WaitForEventAsync<string>("x") + await context.WaitForEventAsync<string>("x") + await context.WaitForEventAsync<string>("x");
        });
        await StartAsync("demo.test.1", "three", 0);
        foreach (var payload in new[] { "a", "b", "c" })
        {
            await RaiseAsync("demo.test.1", "x", payload);
        }

        await RaiseAsync("demo.test.1", "go", 1);
        Assert.Equal("\"abc\"", (await EndAsync("demo.test.1")).Output);
        Assert.False(await RaiseAsync("demo.test.1", "x", "d"));
        Assert.False(await RaiseAsync("demo.test.2", "x", "d"));
    }

    [Fact]
    public async Task A_workflow_that_continues_as_new_keeps_its_untaken_events()
    {
        Catalog.AddWorkflow<int, int>("sum", async (context, sum) =>
        {
            sum += await context.WaitForEventAsync<int>("add");
            if (sum < 10)
            {
                context.ContinueAsNew(sum);
            }

            return sum;
        });
        await StartAsync("demo.test.1", "sum", 0);
        foreach (var number in new[] { 1, 2, 3, 4, 5 })
        {
            await RaiseAsync("demo.test.1", "add", number);
        }

        Assert.Equal("10", (await EndAsync("demo.test.1")).Output);
    }

    [Fact]
    public async Task A_terminated_instance_has_ended_at_once_with_the_reason()
    {
        Catalog.AddWorkflow<int, int>("waits", async (context, _) => await context.WaitForEventAsync<int>("go"));
        await StartAsync("demo.test.1", "waits", 0);
        Assert.True(await Engine.TerminateAsync("demo.test.1", "the firm was erased", None));
        var instance = await Engine.GetAsync("demo.test.1", None);
        Assert.Equal((WorkflowState.Terminated, "the firm was erased"), (instance!.State, instance.Error));
        Assert.False(await Engine.TerminateAsync("demo.test.1", "again", None));
        Assert.False(await RaiseAsync("demo.test.1", "go", 1));
    }

    [Fact]
    public async Task A_purged_instance_is_gone_and_its_id_is_free()
    {
        Catalog.AddWorkflow<int, int>("waits", async (context, input) => input + await context.WaitForEventAsync<int>("go"));
        await StartAsync("demo.test.1", "waits", 1);
        Assert.True(await Engine.PurgeInstanceAsync("demo.test.1", None));
        Assert.Null(await Engine.GetAsync("demo.test.1", None));
        Assert.False(await Engine.PurgeInstanceAsync("demo.test.1", None));
        Assert.True(await StartAsync("demo.test.1", "waits", 5));
        await RaiseAsync("demo.test.1", "go", 1);
        Assert.Equal("6", (await EndAsync("demo.test.1")).Output);
    }

    [Fact]
    public async Task Payloads_over_8_kB_are_refused()
    {
        Catalog.AddWorkflow<string, int>("waits", async (context, _) => await context.WaitForEventAsync<int>("go"));
        await Assert.ThrowsAsync<ArgumentException>(() => StartAsync("demo.test.1", "waits", new string('x', WorkflowLimits.MaxPayloadBytes)));
        Assert.Null(await Engine.GetAsync("demo.test.1", None));
        Assert.True(await StartAsync("demo.test.1", "waits", new string('x', WorkflowLimits.MaxPayloadBytes - 2)));
        await Assert.ThrowsAsync<ArgumentException>(() => RaiseAsync("demo.test.1", "go", new string('x', WorkflowLimits.MaxPayloadBytes)));
    }

    [Fact]
    public async Task An_activity_with_too_large_an_input_fails_the_instance_and_is_named()
    {
        AddEcho();
        Catalog.AddWorkflow<int, string>("large", async (context, input) =>
        {
            try
            {
                return await context.CallAsync<string, string>("echo_text", new string('x', input));
            }
            catch (Exception)
            {
                return "caught";
            }
        });
        await StartAsync("demo.test.1", "large", WorkflowLimits.MaxPayloadBytes);
        var instance = await EndAsync("demo.test.1");
        Assert.Equal(WorkflowState.Failed, instance.State);
        Assert.Contains("'echo_text'", instance.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_activity_with_too_large_a_result_is_a_fault_that_names_it()
    {
        Catalog.AddActivity<int, string>("wide", static (_, length, _) => Task.FromResult(new string('x', length)));
        Catalog.AddWorkflow<int, string>("large", async (context, input) => await context.CallAsync<int, string>("wide", input));
        await StartAsync("demo.test.1", "large", WorkflowLimits.MaxPayloadBytes);
        var instance = await EndAsync("demo.test.1");
        Assert.Equal(WorkflowState.Failed, instance.State);
        Assert.Contains("'wide'", instance.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_activity_that_throws_is_a_fault_in_the_workflow_without_the_text()
    {
        Catalog.AddActivity<int, int>("throws", static (_, _, _) => throw new InvalidOperationException("Ms Jane Roe"));
        Catalog.AddWorkflow<int, string>("catches", async (context, _) =>
        {
            try
            {
                await context.CallAsync<int, int>("throws", 0);
                return string.Empty;
            }
            catch (WorkflowActivityException fault)
            {
                return fault.Message;
            }
        });
        await StartAsync("demo.test.1", "catches", 0);
        var output = (await EndAsync("demo.test.1")).Output!;
        Assert.Contains("throws", output, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Jane", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("demo.test")]
    [InlineData("demo.test.a/b")]
    [InlineData("demo.test.1 ")]
    [InlineData(".test.1")]
    public async Task An_id_of_another_form_is_refused(string id)
    {
        AddEcho();
        await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(id, "echoes", 0));
    }

    [Fact]
    public async Task A_workflow_that_does_not_exist_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => StartAsync("demo.test.1", "nothing", 0));

    private async Task<string[]> IdsAsync(string prefix, WorkflowState? state, string? after, int limit) =>
        [.. (await Engine.QueryAsync(prefix, state, after, limit, None)).Select(instance => instance.Id)];
}
