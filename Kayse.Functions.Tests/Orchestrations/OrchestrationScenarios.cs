using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Cases.Import;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Webhooks;
using Kayse.Core.Workflows;

namespace Kayse.Functions.Tests.Orchestrations;

/// <summary>
/// Runs of the product's workflows, one for each way that they can take. Each is recorded under <c>Histories/{name}.json</c>, in every version that was released.
/// </summary>
internal static class OrchestrationScenarios
{
    private static readonly CompanyId s_demo = CompanyId.Parse("demo");
    private static readonly DeliveryKey s_delivery = new(s_demo, "sub_1", "evt_1", "dlv_1");
    private static readonly RetryPolicy s_policy = new(FirstDelaySeconds: 60, MaxDelaySeconds: 3600, WindowHours: 24);

    public static IReadOnlyDictionary<string, Func<WorkflowCatalog, OrchestrationHistory>> All { get; } = new Dictionary<string, Func<WorkflowCatalog, OrchestrationHistory>>
    {
        ["PostCallWorkflow.done"] = catalog => PostCall(catalog, (_, _) => StepOutcome.Done()),
        ["PostCallWorkflow.retries"] = catalog => PostCall(catalog, RetriesNotes),
        ["PostCallWorkflow.refused-key"] = catalog => PostCall(catalog, (attempt, now) => attempt.Step == NoteStep.Summary ? StepOutcome.Refused("The Key was refused.", stopsAll: true) : RetriesFirst(attempt, now)),
        ["PostCallWorkflow.store-out"] = catalog => PostCall(catalog, (_, _) => StepOutcome.Skipped("Nothing to do."), unrecorded: 2),
        ["WebhookRetryWorkflow.delivered"] = catalog => WebhookRetry(catalog, turns: 3),
        ["WebhookRetryWorkflow.continues"] = catalog => WebhookRetry(catalog, turns: int.MaxValue),
        ["WebhookReplayWorkflow.done"] = catalog => WebhookReplay(catalog, pages: 3),
        ["WebhookReplayWorkflow.continues"] = catalog => WebhookReplay(catalog, pages: int.MaxValue),
        ["ImportWorkflow.done"] = catalog => Import(catalog, parts: 3),
        ["ImportWorkflow.continues"] = catalog => Import(catalog, parts: int.MaxValue),
        ["FirmWorkflow.done"] = catalog => Run(catalog, FirmWorkflow.Name, "demo.sweep.20261120T150000Z", new FirmWorkInput(s_demo, "sweep"), (asked, _) =>
        {
            Assert.Equal((FirmWorkflow.WorkActivity, new FirmWorkInput(s_demo, "sweep")), (asked.Name, Read<FirmWorkInput>(asked)));
            return Value(new FirmWorkResult(IsDone: true));
        }),
    };

    private static StepOutcome RetriesFirst(StepAttempt attempt, DateTimeOffset now) =>
        attempt.Step == CampaignCallStep.Name ? StepOutcome.Retry("Law Ruler did not answer.", now.AddHours(2)) : StepOutcome.Done();

    // The first step is postponed once and works at its third attempt, long after the next ones went on; one note is refused.
    private static StepOutcome RetriesNotes(StepAttempt attempt, DateTimeOffset now) => (attempt.Step, attempt.Number) switch
    {
        (CampaignCallStep.Name, 1) when attempt.FirstAt == OrchestrationWorld.Start => StepOutcome.Postpone("The integration is paused.", now.AddMinutes(1)),
        (CampaignCallStep.Name, < 3) => StepOutcome.Retry("Law Ruler did not answer.", now.AddMinutes(20)),
        (NoteStep.Transcript, _) => StepOutcome.Refused("There is no transcript."),
        (RecordingStep.Name, 1) => StepOutcome.Retry("The download broke off.", now.AddMinutes(1)),
        _ => StepOutcome.Done("77"),
    };

    private static OrchestrationHistory PostCall(WorkflowCatalog catalog, Func<StepAttempt, DateTimeOffset, StepOutcome> attempted, int unrecorded = 0)
    {
        var input = new PostCallInput(s_demo, "postcall.call_1", "evt_1", CampaignCallStep.Name, s_policy, GoOnAfterMinutes: 10);
        return Run(catalog, PostCallWorkflow.Name, "demo.postcall.call_1", input, (asked, now) => asked.Name switch
        {
            PostCallWorkflow.StepActivity => Value(attempted(Read<StepAttempt>(asked), now)),
            PostCallWorkflow.FinishActivity => Value(new PostCallResult(Read<PostCallFinish>(asked).State, Recorded: unrecorded-- <= 0)),
            _ => throw new InvalidOperationException(asked.Name),
        });
    }

    private static OrchestrationHistory WebhookRetry(WorkflowCatalog catalog, int turns)
    {
        var input = new WebhookRetryInput(s_delivery, OrchestrationWorld.Start.AddMinutes(1));
        return Run(catalog, WebhookRetryWorkflow.Name, "demo.delivery.dlv_1", input, (asked, now) =>
        {
            Assert.Equal((WebhookRetryWorkflow.TurnActivity, s_delivery), (asked.Name, Read<DeliveryKey>(asked)));
            // Once it was due at once.
            return Value(--turns > 0 ? new DeliveryTurn(DeliveryStates.Waiting, turns % 2 == 0 ? now : now.AddMinutes(5)) : new DeliveryTurn(DeliveryStates.Delivered, null));
        });
    }

    private static OrchestrationHistory WebhookReplay(WorkflowCatalog catalog, int pages)
    {
        var start = OrchestrationWorld.Start;
        var input = new WebhookReplayInput(s_demo, "replay.rpl_1", "sub_1", DeliveryStates.Failed, null, start, start, null, 0);
        return Run(catalog, WebhookReplayWorkflow.Name, "demo.replay.rpl_1", input, (asked, now) =>
        {
            Assert.Equal(WebhookReplayWorkflow.PageActivity, asked.Name);
            var from = Read<WebhookReplayInput>(asked);
            return Value(new WebhookReplayPage($"dlv_{from.Started + 10}", from.Started + 10, now.AddSeconds(10), IsDone: --pages == 0));
        });
    }

    private static OrchestrationHistory Import(WorkflowCatalog catalog, int parts)
    {
        var failures = 0;
        return Run(catalog, ImportWorkflow.Name, "demo.import.imp_1", new ImportInput(s_demo, "imp_1"), (asked, now) =>
        {
            Assert.Equal((ImportWorkflow.PartActivity, new ImportInput(s_demo, "imp_1", failures)), (asked.Name, Read<ImportInput>(asked)));
            // Every second part breaks off once.
            failures = --parts % 2 == 0 ? 1 : 0;
            return Value(parts == 0 ? new ImportTurn(IsDone: true) : new ImportTurn(IsDone: false, failures > 0 ? now.AddMinutes(1) : null, failures));
        });
    }

    private static OrchestrationHistory Run<TIn>(WorkflowCatalog catalog, string workflow, string instance, TIn input, Func<Asked, DateTimeOffset, JsonElement> answer) =>
        new OrchestrationWorld(catalog) { Activity = (asked, now) => new Answer(answer(asked, now), Takes: TimeSpan.FromSeconds(1)) }.Run(workflow, instance, Value(input));

    private static T Read<T>(Asked asked) => (T)asked.Input!.Value.Deserialize(KayseJson.Default.Options.GetTypeInfo(typeof(T)))!;

    private static JsonElement Value<T>(T value) => JsonSerializer.SerializeToElement(value, KayseJson.Default.Options.GetTypeInfo(typeof(T)));
}
