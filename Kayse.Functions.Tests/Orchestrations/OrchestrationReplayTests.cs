using System.Text.Json;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Webhooks;

namespace Kayse.Functions.Tests.Orchestrations;

/// <summary>The product's workflows as Durable runs them: over and over from the beginning.</summary>
public sealed class OrchestrationReplayTests(WorkflowCatalogOfTheProduct product) : IClassFixture<WorkflowCatalogOfTheProduct>
{
    public static TheoryData<string> Scenarios => [.. OrchestrationScenarios.All.Keys];

    public static TheoryData<string> Histories => [.. Directory.GetFiles(HistoryFolder, "*.json").Select(file => Path.GetFileName(file))];

    private static string HistoryFolder => Path.Combine(AppContext.BaseDirectory, "Orchestrations", "Histories");

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void A_workflow_asks_for_the_same_when_it_is_replayed_from_any_place(string scenario) =>
        OrchestrationWorld.AssertReplays(Today(scenario), product.Catalog);

    [Theory]
    [MemberData(nameof(Histories))]
    public void A_history_that_was_released_still_replays(string file) =>
        OrchestrationWorld.AssertReplays(OrchestrationHistory.Read(Path.Combine(HistoryFolder, file)), product.Catalog, shapesOnly: true);

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Every_way_that_a_workflow_can_take_is_on_record(string scenario)
    {
        var today = Today(scenario);
        var released = Directory.GetFiles(HistoryFolder, $"{scenario}.*.json").Select(OrchestrationHistory.Read);
        Assert.True(
            released.Any(one => one.Asked.Select(asked => asked.Shape).SequenceEqual(today.Asked.Select(asked => asked.Shape))),
            $"No file of Orchestrations/Histories has what {scenario} does. If it is a way that no running instance can be on, add this as a further file and leave the others:\n{today}");
    }

    [Fact]
    public void Every_workflow_of_the_product_has_a_history_on_record() =>
        Assert.Equal(product.Catalog.Workflows.Order(), OrchestrationScenarios.All.Values.Select(run => run(product.Catalog).Workflow).Distinct().Order());

    [Fact]
    public void The_version_in_host_json_is_that_of_the_newest_history()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));
        var durable = host.RootElement.GetProperty("extensions").GetProperty("durableTask");
        var newest = Directory.GetFiles(HistoryFolder, "*.json").Max(file => Version.Parse(string.Join('.', Path.GetFileNameWithoutExtension(file).Split('.')[^2..])));
        Assert.Equal(newest, Version.Parse(durable.GetProperty("defaultVersion").GetString()!));
    }

    [Fact]
    public void A_chain_that_is_done_leaves_nothing_open_and_tells_how_it_went()
    {
        var history = Today("PostCallWorkflow.done");
        Assert.Equal(("completed", "completed"), (history.End!.Kind, history.End.Output!.Value.GetProperty("state").GetString()));
        Assert.Equal(PostCallWorkflow.Steps, Attempts(history));
        // Four timers of ten minutes were left behind, and none kept it running.
        Assert.Equal(4, history.Asked.Count(asked => asked.Kind == "timer"));
        Assert.True(history.Turns[^1].At < history.Turns[0].At.AddMinutes(1));
    }

    [Fact]
    public void A_step_that_retries_lets_the_next_go_on_after_a_while_and_is_waited_for_at_the_end()
    {
        var history = Today("PostCallWorkflow.retries");
        var steps = Attempts(history);
        Assert.Equal([CampaignCallStep.Name, CampaignCallStep.Name, NoteStep.Summary, NoteStep.Transcript, RecordingStep.Name], steps.Take(5));
        Assert.Equal(4, steps.Count(step => step == CampaignCallStep.Name));
        Assert.Equal(("completed", "completed_with_problems"), (history.End!.Kind, history.End.Output!.Value.GetProperty("state").GetString()));
    }

    [Fact]
    public void A_refused_key_ends_the_chain_though_a_step_still_waits_for_hours()
    {
        var history = Today("PostCallWorkflow.refused-key");
        Assert.Equal([CampaignCallStep.Name, NoteStep.Summary], Attempts(history));
        Assert.Equal("completed", history.End!.Kind);
        Assert.True(history.Turns[^1].At < history.Turns[0].At.AddHours(1));
    }

    [Fact]
    public void A_chain_whose_end_the_store_does_not_take_tells_it_again() =>
        Assert.Equal(3, Today("PostCallWorkflow.store-out").Asked.Count(asked => asked.Name == PostCallWorkflow.FinishActivity));

    [Fact]
    public void Retries_of_a_delivery_continue_as_new_after_20_turns()
    {
        var history = Today("WebhookRetryWorkflow.continues");
        Assert.Equal(20, history.Asked.Count(asked => asked.Name == WebhookRetryWorkflow.TurnActivity));
        Assert.Equal("continued", history.End!.Kind);
        Assert.Equal("dlv_1", history.End.Output!.Value.GetProperty("delivery").GetProperty("id").GetString());
        // It goes on where it stood: the time that the last turn gave.
        Assert.Equal(history.Turns[^1].Happened.Payload!.Value.GetProperty("nextAt").GetDateTimeOffset(), history.End.Output.Value.GetProperty("nextAt").GetDateTimeOffset());
    }

    private static List<string> Attempts(OrchestrationHistory history) =>
        [.. history.Asked.Where(asked => asked.Name == PostCallWorkflow.StepActivity).Select(asked => asked.Input!.Value.GetProperty("step").GetString()!)];

    private OrchestrationHistory Today(string scenario) => OrchestrationScenarios.All[scenario](product.Catalog);
}
