using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kayse.Core.Workflows;

namespace Kayse.Functions.Tests.Orchestrations;

/// <summary>What the port says of a workflow's context, over Durable's.</summary>
public sealed class DurableWorkflowContextTests
{
    private static readonly DateTimeOffset Start = OrchestrationWorld.Start;
    private static readonly string Wide = new('x', WorkflowLimits.MaxPayloadBytes);

    private readonly WorkflowCatalog _catalog = new(new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() });
    private OrchestrationWorld? _world;

    [Fact]
    public void An_activity_gets_its_name_and_input_and_its_result_comes_back()
    {
        _catalog.AddWorkflow<int, string>("test", async (context, input) => await context.CallAsync<int, string>("echo", input) + context.InstanceId);
        var history = Run(7);
        var asked = Assert.Single(history.Asked);
        Assert.Equal(("echo", "7"), (asked.Name, asked.Input!.Value.GetRawText()));
        Assert.Equal("7demo.test.1", Output(history));
    }

    [Fact]
    public void A_wait_is_a_timer_and_a_time_that_has_passed_is_none()
    {
        _catalog.AddWorkflow<int, string>("test", async (context, _) =>
        {
            await context.DelayUntilAsync(context.UtcNow);
            await context.DelayUntilAsync(context.UtcNow.AddHours(-1));
            await context.DelayUntilAsync(new DateTimeOffset(2026, 11, 20, 11, 0, 0, TimeSpan.FromHours(-5)));
            return $"{context.UtcNow:o}";
        });
        var history = Run(0);
        Assert.Equal(Start.AddHours(1), Assert.Single(history.Asked).Due);
        Assert.Equal($"{Start.AddHours(1):o}", Output(history));
    }

    [Fact]
    public void Events_are_taken_in_order_by_those_who_waited_longest_and_kept_while_nobody_waits()
    {
        _catalog.AddWorkflow<int, string>("test", async (context, _) =>
        {
            var first = context.WaitForEventAsync<string>("x");
            var second = context.WaitForEventAsync<string>("x");
            await Task.WhenAll(first, second);
            await context.DelayUntilAsync(Start.AddMinutes(10));
            return await first + await second + await context.WaitForEventAsync<string>("x") + await context.WaitForEventAsync<string>("x");
        });
        var history = Run(0, [Event(1, "x", "a"), Event(2, "x", "b"), Event(3, "x", "c"), Event(4, "x", "d")]);
        Assert.Equal("abcd", Output(history));
    }

    [Theory]
    [InlineData(1, "came")]
    [InlineData(9, "late")]
    public void An_event_can_be_raced_against_a_timer(int minutes, string expected)
    {
        _catalog.AddWorkflow<int, string>("test", async (context, _) =>
        {
            var came = context.WaitForEventAsync<int>("go");
            return await Task.WhenAny(came, context.DelayUntilAsync(Start.AddMinutes(5))) == came ? "came" : "late";
        });
        var history = Run(0, [Event(minutes, "go", 1)]);
        Assert.Equal(expected, Output(history));
        // The timer that lost does not keep the instance running.
        Assert.Equal(Start.AddMinutes(Math.Min(minutes, 5)), history.Turns[^1].At);
    }

    [Fact]
    public void A_run_that_continues_as_new_hands_over_its_input_and_keeps_events_that_nobody_took()
    {
        _catalog.AddWorkflow<int, int>("test", async (context, sum) =>
        {
            sum += await context.WaitForEventAsync<int>("add");
            context.ContinueAsNew(sum);
            return sum;
        });
        // The script refuses any other way to continue than with the events.
        var history = Run(40, [Event(1, "add", 2)]);
        Assert.Equal(("continued", "42"), (history.End!.Kind, history.End.Output!.Value.GetRawText()));
    }

    [Fact]
    public void New_ids_are_durables_own()
    {
        _catalog.AddWorkflow<int, string>("test", (context, _) => Task.FromResult($"{context.NewGuid()} {context.NewGuid()}"));
        Assert.Equal("00000001-0000-0000-0000-000000000000 00000002-0000-0000-0000-000000000000", Output(Run(0)));
    }

    [Theory]
    [InlineData("The activity 'echo' failed: InvalidOperationException.", "The activity 'echo' failed: InvalidOperationException.")]
    [InlineData("Task 'Activity' (#1) failed with an unhandled exception: Kayse.X: The activity 'echo' failed: List`1.", "The activity 'echo' failed: List`1.")]
    [InlineData("The result of activity 'echo' has 9000 bytes; 8192 are allowed.", "The result of activity 'echo' has 9000 bytes; 8192 are allowed.")]
    [InlineData("Could not read Ms Jane Roe", "The activity 'echo' failed outside its code.")]
    public void A_failed_activity_tells_its_workflow_only_what_is_our_own_text(string told, string expected)
    {
        _catalog.AddWorkflow<int, string>("test", async (context, _) =>
        {
            try
            {
                return await context.CallAsync<int, string>("echo", 1);
            }
            catch (WorkflowActivityException fault)
            {
                return fault.Message;
            }
        });
        Assert.Equal(expected, Output(Run(0, answer: _ => new Answer(null, told))));
    }

    [Fact]
    public void A_failed_activity_that_is_not_caught_fails_the_instance_with_its_text()
    {
        _catalog.AddWorkflow<int, string>("test", async (context, _) => await context.CallAsync<int, string>("echo", 1));
        var history = Run(0, answer: _ => new Answer(null, "The activity 'echo' failed: TimeoutException."));
        Assert.Equal(("failed", "The activity 'echo' failed: TimeoutException."), (history.End!.Kind, history.End.Error));
        Assert.Equal(["Workflow demo.test.1 failed: The activity 'echo' failed: TimeoutException."], _world!.Script!.Logged);
    }

    [Fact]
    public void A_workflow_that_throws_fails_with_the_type_and_place_but_not_the_text()
    {
        _catalog.AddWorkflow<int, int>("test", (_, _) => throw new InvalidOperationException("Ms Jane Roe"));
        var history = Run(0);
        Assert.Equal("failed", history.End!.Kind);
        Assert.StartsWith("The workflow threw InvalidOperationException at Kayse.Functions.Tests.", history.End.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Jane", history.End.Error + string.Concat(_world!.Script!.Logged), StringComparison.Ordinal);
    }

    [Fact]
    public void Too_large_an_input_fails_the_instance_even_when_the_exception_is_caught()
    {
        _catalog.AddWorkflow<int, string>("test", async (context, _) =>
        {
            try
            {
                return await context.CallAsync<string, string>("echo", Wide);
            }
            catch (Exception)
            {
                return "caught";
            }
        });
        var history = Run(0);
        Assert.Equal(("failed", "The input of activity 'echo' has 8194 bytes; 8192 are allowed."), (history.End!.Kind, history.End.Error));
        Assert.Empty(history.Asked);
    }

    [Fact]
    public void Too_large_an_input_of_the_next_run_fails_the_instance()
    {
        _catalog.AddWorkflow<int, int>("test", (context, _) =>
        {
            context.ContinueAsNew(Wide);
            return Task.FromResult(0);
        });
        Assert.Equal("The input of the next run has 8194 bytes; 8192 are allowed.", Run(0).End!.Error);
    }

    [Fact]
    public void Too_large_a_result_of_a_workflow_fails_the_instance()
    {
        _catalog.AddWorkflow<int, string>("test", (_, _) => Task.FromResult(Wide));
        Assert.Equal("The workflow's result has 8194 bytes; 8192 are allowed.", Run(0).End!.Error);
    }

    [Fact]
    public void A_workflow_that_asks_for_more_after_it_continued_fails()
    {
        _catalog.AddWorkflow<int, int>("test", async (context, _) =>
        {
            context.ContinueAsNew(1);
            await context.DelayUntilAsync(Start.AddHours(1));
            return 0;
        });
        Assert.Equal("The workflow asked for a timer after ContinueAsNew.", Run(0).End!.Error);
    }

    [Fact]
    public void A_foreign_await_is_noticed_by_the_script()
    {
        using var foreign = new SemaphoreSlim(0);
        _catalog.AddWorkflow<int, int>("test", async (_, _) =>
        {
            await foreign.WaitAsync();
            return 0;
        });
        Assert.ThrowsAny<Exception>(() => Run(0));
    }

    private static OutsideEvent Event<T>(int minutes, string name, T payload) => new(TimeSpan.FromMinutes(minutes), name, JsonSerializer.SerializeToElement(payload));

    private static string Output(OrchestrationHistory history)
    {
        Assert.Equal("completed", history.End!.Kind);
        return history.End.Output!.Value.GetString()!;
    }

    /// <summary>Runs the workflow, and again from every place.</summary>
    private OrchestrationHistory Run(int input, IReadOnlyList<OutsideEvent>? events = null, Func<Asked, Answer>? answer = null)
    {
        _world = new OrchestrationWorld(_catalog)
        {
            Activity = (asked, _) => answer?.Invoke(asked) ?? new Answer(JsonSerializer.SerializeToElement(asked.Input.ToString())),
            Events = events ?? [],
        };
        var history = _world.Run("test", "demo.test.1", JsonSerializer.SerializeToElement(input));
        OrchestrationWorld.AssertReplays(history, _catalog);
        return history;
    }
}
