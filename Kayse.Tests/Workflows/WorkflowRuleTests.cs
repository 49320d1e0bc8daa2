using System.Runtime.CompilerServices;
using Kayse.Core.Workflows;

namespace Kayse.Tests.Workflows;

/// <summary>A workflow that breaks a rule fails and says which, wherever it does it.</summary>
public sealed class WorkflowRuleTests : EmbeddedWorkflowHost
{
    private int _line;

    [Fact]
    public async Task A_workflow_that_awaits_something_else_fails_and_names_the_line()
    {
        Catalog.AddWorkflow<int, int>("foreign", async (context, _) =>
        {
            AddLine(1);
            await Task.Delay(Timeout.InfiniteTimeSpan);
            return 0;
        });
        await FailsAsync("foreign");
    }

    [Fact]
    public async Task The_line_is_that_of_the_await_and_not_of_one_before_it()
    {
        AddEcho();
        Catalog.AddWorkflow<int, int>("foreign", async (context, _) =>
        {
            await context.CallAsync<int, string>("echo", 1);
            for (var i = 0; i < 3; i++)
            {
                await context.CallAsync<int, string>("echo", i);
            }

            AddLine(1);
            await InnerAsync(new TaskCompletionSource<int>().Task);
            await context.CallAsync<int, string>("echo", 1);
            return 0;
        });
        await FailsAsync("foreign");

        async Task InnerAsync(Task<int> never)
        {
            await Task.CompletedTask;
            AddLine(1);
            await never;
        }
    }

    [Fact]
    public async Task An_await_in_the_thread_pool_fails_and_names_the_line()
    {
        using var gate = new ManualResetEventSlim();
        Catalog.AddWorkflow<int, int>("foreign", async (context, _) =>
        {
            AddLine(1);
            return await Task.Run(() => gate.IsSet ? 1 : Wait(gate));
        });
        await StartAsync("demo.test.1", "foreign", 0);
        await EndsAtLineAsync();
        gate.Set();
    }

    [Fact]
    public async Task A_framework_call_is_named_by_the_line_that_awaits_it()
    {
        Catalog.AddWorkflow<int, int>("foreign", async (context, _) =>
        {
            using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
            listener.Start();
            AddLine(1);
            using var client = await listener.AcceptTcpClientAsync();
            return 0;
        });
        await FailsAsync("foreign");
    }

    [Fact]
    public async Task A_foreign_task_beside_an_operation_is_caught_when_it_completes()
    {
        var foreign = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Catalog.AddWorkflow<int, int>("foreign", async (context, _) =>
        {
            var raised = context.WaitForEventAsync<int>("go");
            AddLine(1);
            await Task.WhenAny(raised, foreign.Task);
            return await raised;
        });
        await StartAsync("demo.test.1", "foreign", 0);
        await IdleAsync();
        await Task.Run(foreign.SetResult);
        await EndsAtLineAsync();
    }

    [Fact]
    public async Task A_foreign_task_beside_a_running_activity_is_caught_when_it_completes()
    {
        var foreign = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Catalog.AddActivity<int, int>("hangs", static async (_, _, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return 0;
        });
        Catalog.AddWorkflow<int, int>("foreign", async (context, _) =>
        {
            var call = context.CallAsync<int, int>("hangs", 0);
            AddLine(1);
            await Task.WhenAny(call, foreign.Task);
            return 0;
        });
        await StartAsync("demo.test.1", "foreign", 0);
        await UntilAsync(() => Count("SELECT count(*) FROM wf_turn") == 1);
        await Task.Run(foreign.SetResult);
        await EndsAtLineAsync();
        await IdleAsync();
    }

    [Fact]
    public async Task A_wait_that_was_given_up_does_not_hide_a_foreign_await()
    {
        Catalog.AddWorkflow<int, int>("foreign", async (context, _) =>
        {
            var raised = context.WaitForEventAsync<int>("go");
            await Task.WhenAny(raised, context.DelayUntilAsync(context.UtcNow.AddSeconds(-1)));
            AddLine(1);
            await new TaskCompletionSource().Task;
            return 0;
        });
        await FailsAsync("foreign");
    }

    [Fact]
    public async Task A_call_of_the_context_from_another_thread_fails_and_names_the_line()
    {
        Catalog.AddWorkflow<int, int>("foreign", async (context, _) =>
        {
            var started = Task.Run(() =>
            {
                AddLine(1);
                return context.CallAsync<int, int>("echo", 0);
            });
            await context.WaitForEventAsync<int>("go");
            return await started;
        });
        await FailsAsync("foreign");
    }

    [Fact]
    public async Task An_exception_of_the_workflow_is_named_by_type_and_line_without_its_text()
    {
        Catalog.AddWorkflow<int, int>("throws", (context, _) =>
        {
            AddLine(1);
            throw new InvalidOperationException("Ms Jane Roe");
        });
        var error = await FailsAsync("throws");
        Assert.Contains(nameof(InvalidOperationException), error, StringComparison.Ordinal);
        Assert.DoesNotContain("Jane", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_yield_stays_on_the_workflows_thread_and_is_allowed()
    {
        Catalog.AddWorkflow<int, int>("yields", static async (_, input) =>
        {
            await Task.Yield();
            return input;
        });
        await StartAsync("demo.test.1", "yields", 3);
        Assert.Equal("3", (await EndAsync("demo.test.1")).Output);
    }

    [Fact]
    public async Task An_operation_after_continue_as_new_fails_the_instance()
    {
        Catalog.AddWorkflow<int, int>("late", static async (context, _) =>
        {
            context.ContinueAsNew(1);
            return await context.WaitForEventAsync<int>("go");
        });
        await StartAsync("demo.test.1", "late", 0);
        Assert.Contains("event 'go' after ContinueAsNew", (await EndAsync("demo.test.1")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_change_against_a_running_history_fails_and_names_the_step()
    {
        await StartChainAsync();
        await AfterChangeAsync(
            "step 2: the history has activity 'echo_text', the code now asks for activity 'echo'",
            static async context =>
            {
                await context.CallAsync<int, string>("echo", 1);
                await context.CallAsync<int, string>("echo", 2);
            });
        await AfterChangeAsync(
            "step 2: the history has activity 'echo_text', the code now asks for a timer",
            static async context =>
            {
                await context.CallAsync<int, string>("echo", 1);
                await context.DelayUntilAsync(context.UtcNow);
            });
        await AfterChangeAsync(
            "step 3: the history has event 'go', the code now asks for event 'went'",
            static async context =>
            {
                await context.CallAsync<int, string>("echo", 1);
                await context.CallAsync<string, string>("echo_text", "a");
                await context.WaitForEventAsync<int>("went");
            });
    }

    [Fact]
    public async Task Code_that_asks_for_fewer_steps_than_the_history_has_fails_and_names_the_first_missing()
    {
        await StartChainAsync();
        await AfterChangeAsync("step 1: the history has activity 'echo', the code now asks for nothing more", static _ => Task.CompletedTask);
        await AfterChangeAsync(
            "step 2: the history has activity 'echo_text', the code now asks for nothing more",
            static async context => await context.CallAsync<int, string>("echo", 1));
    }

    [Fact]
    public async Task A_step_added_after_the_history_is_taken()
    {
        await StartChainAsync();
        Crash(new WorkflowCatalog(Catalog.Json).AddWorkflow<int, string>("chain", static async (context, _) =>
        {
            await context.CallAsync<int, string>("echo", 1);
            await context.CallAsync<string, string>("echo_text", "a");
            await context.WaitForEventAsync<int>("go");
            return await context.CallAsync<int, string>("added", 1);
        }).AddActivity<int, string>("added", static (_, _, _) => Task.FromResult("new")));
        await RaiseAsync("demo.test.1", "go", 1);
        Assert.Equal("\"new\"", (await EndAsync("demo.test.1")).Output);
    }

    [Fact]
    public async Task A_workflow_that_this_version_does_not_know_fails_and_is_named()
    {
        Catalog.AddWorkflow<int, int>("old", static async (context, _) => await context.WaitForEventAsync<int>("go"));
        await StartAsync("demo.test.1", "old", 0);
        await IdleAsync();
        Crash(new WorkflowCatalog(Catalog.Json));
        await RaiseAsync("demo.test.1", "go", 1);
        Assert.Contains("'old'", (await EndAsync("demo.test.1")).Error, StringComparison.Ordinal);
    }

    private static int Wait(ManualResetEventSlim gate)
    {
        gate.Wait();
        return 1;
    }

    private void AddLine(int further, [CallerLineNumber] int line = 0) => _line = line + further;

    private async Task StartChainAsync()
    {
        AddEcho();
        Catalog.AddWorkflow<int, int>("chain", static async (context, _) =>
        {
            await context.CallAsync<int, string>("echo", 1);
            await context.CallAsync<string, string>("echo_text", "a");
            return await context.WaitForEventAsync<int>("go");
        });
        await StartAsync("demo.test.1", "chain", 0);
        await IdleAsync();
    }

    private async Task<string> FailsAsync(string workflow)
    {
        await StartAsync("demo.test.1", workflow, 0);
        return await EndsAtLineAsync();
    }

    private async Task<string> EndsAtLineAsync()
    {
        var instance = await EndAsync("demo.test.1");
        Assert.Equal(WorkflowState.Failed, instance.State);
        Assert.Contains($" at {nameof(WorkflowRuleTests)}.cs:{_line}", instance.Error, StringComparison.Ordinal);
        return instance.Error!;
    }

    private async Task AfterChangeAsync(string error, Func<WorkflowContext, Task> changed)
    {
        var before = Database;
        var catalog = new WorkflowCatalog(Catalog.Json).AddWorkflow<int, int>("chain", async (context, _) =>
        {
            await changed(context);
            return 0;
        });
        Crash(catalog);
        await RaiseAsync("demo.test.1", "go", 1);
        var instance = await EndAsync("demo.test.1");
        Assert.Equal((WorkflowState.Failed, error), (instance.State, instance.Error));
        UseDatabase(before);
    }
}
