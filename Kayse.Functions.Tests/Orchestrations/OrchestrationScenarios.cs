using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Cases.Import;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.Lawmatics;
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
        ["PostCallWorkflow.one-step"] = catalog => PostCall(catalog, (_, _) => StepOutcome.Done(), fromStep: NoteStep.Transcript, only: true),
        ["LawRulerTaskWorkflow.done"] = catalog => LawRulerTask(catalog, (attempt, now) => attempt.Number < 3 ? StepOutcome.Retry("Law Ruler did not answer.", now.AddMinutes(5)) : StepOutcome.Done("77"), unrecorded: 1),
        ["LawRulerTaskWorkflow.continues"] = catalog => LawRulerTask(catalog, (_, now) => StepOutcome.Postpone("The integration is paused.", now.AddMinutes(1))),
        ["LawRulerSyncWorkflow.done"] = catalog => LawRulerSync(catalog, (_, _) => StepOutcome.Done(), pages: 3),
        ["LawRulerSyncWorkflow.continues"] = catalog => LawRulerSync(catalog, (_, _) => StepOutcome.Done(), pages: int.MaxValue),
        ["LawRulerSyncWorkflow.retries"] = catalog => LawRulerSync(catalog, RetriesLeads, unrecorded: 2),
        ["LawRulerSyncWorkflow.stopped"] = catalog => LawRulerSync(catalog, (_, _) => StepOutcome.Refused("Law Ruler is not connected.", stopsAll: true)),
        ["LawmaticsEventWorkflow.done"] = catalog => OneStep(catalog, LawmaticsEventWorkflow.Name, "lawmaticsevent.inb_1", LawmaticsEventStep.Name, (attempt, now) => attempt.Number < 3 ? StepOutcome.Retry("Lawmatics did not answer.", now.AddMinutes(5)) : StepOutcome.Done("456"), unrecorded: 1),
        ["LawmaticsEventWorkflow.continues"] = catalog => OneStep(catalog, LawmaticsEventWorkflow.Name, "lawmaticsevent.inb_1", LawmaticsEventStep.Name, (_, now) => StepOutcome.Postpone("The integration is paused.", now.AddMinutes(1))),
        ["LawmaticsPullWorkflow.done"] = catalog => OneStep(catalog, LawmaticsPullWorkflow.Name, "lawmaticspull.pul_1", LawmaticsPulls.Step, Pages(3)),
        ["LawmaticsPullWorkflow.continues"] = catalog => OneStep(catalog, LawmaticsPullWorkflow.Name, "lawmaticspull.pul_1", LawmaticsPulls.Step, Pages(int.MaxValue)),
        ["LawmaticsPullWorkflow.refused"] = catalog => OneStep(catalog, LawmaticsPullWorkflow.Name, "lawmaticspull.pul_1", LawmaticsPulls.Step, (_, _) => StepOutcome.Refused("Lawmatics is not connected.")),
        ["StatusPushWorkflow.done"] = catalog => StatusPush(catalog, (_, _) => StepOutcome.Done("711551")),
        ["StatusPushWorkflow.retries"] = catalog => StatusPush(catalog, (attempt, _) => RetriesStatus(attempt), unrecorded: 1),
        ["StatusPushWorkflow.continues"] = catalog => StatusPush(catalog, (_, now) => StepOutcome.Postpone("The integration is paused.", now.AddMinutes(1))),
        ["StatusReplayWorkflow.done"] = catalog => StatusReplay(catalog, pages: 2),
        ["StatusReplayWorkflow.continues"] = catalog => StatusReplay(catalog, pages: int.MaxValue),
        ["LawmaticsSyncWorkflow.done"] = catalog => LawmaticsSync(catalog, (_, _) => StepOutcome.Done("6446448"), unrecorded: 1),
        ["LawmaticsSyncWorkflow.unrecorded"] = catalog => LawmaticsSync(catalog, (_, _) => StepOutcome.Done(), unrecorded: int.MaxValue),
        ["LawmaticsSyncWorkflow.uploads"] = catalog => LawmaticsSync(catalog, RetriesMatter, uploads: true),
        ["LawmaticsSyncWorkflow.refused"] = catalog => LawmaticsSync(catalog, (attempt, _) => attempt.Step == MatterStep.Name ? StepOutcome.Refused("Lawmatics refused what was sent.") : StepOutcome.Done()),
        ["LawmaticsSyncWorkflow.more"] = catalog => LawmaticsSync(catalog, (_, _) => StepOutcome.Done(), isMore: true),
        ["LawmaticsSyncWorkflow.continues"] = catalog => LawmaticsSync(catalog, (_, now) => StepOutcome.Postpone("The integration is paused.", now.AddMinutes(1))),
        ["LawmaticsBulkWorkflow.done"] = catalog => LawmaticsBulk(catalog, turns: 3),
        ["LawmaticsBulkWorkflow.continues"] = catalog => LawmaticsBulk(catalog, turns: int.MaxValue),
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

    private static OrchestrationHistory PostCall(WorkflowCatalog catalog, Func<StepAttempt, DateTimeOffset, StepOutcome> attempted, int unrecorded = 0, string fromStep = CampaignCallStep.Name, bool only = false)
    {
        var input = new PostCallInput(s_demo, "postcall.call_1", "evt_1", fromStep, s_policy, GoOnAfterMinutes: 10, only);
        return Run(catalog, PostCallWorkflow.Name, "demo.postcall.call_1", input, (asked, now) => asked.Name switch
        {
            PostCallWorkflow.StepActivity => Value(attempted(Read<StepAttempt>(asked), now)),
            PostCallWorkflow.FinishActivity => Value(new PostCallResult(Read<PostCallFinish>(asked).State, Recorded: unrecorded-- <= 0)),
            _ => throw new InvalidOperationException(asked.Name),
        });
    }

    private static OrchestrationHistory LawRulerTask(WorkflowCatalog catalog, Func<StepAttempt, DateTimeOffset, StepOutcome> attempted, int unrecorded = 0)
    {
        var input = new StepAttempt(s_demo, "message.msg_1", MessageStep.Name, "evt_1", 1, OrchestrationWorld.Start, s_policy);
        return Run(catalog, LawRulerTaskWorkflow.Name, "demo.message.msg_1", input, (asked, now) => asked.Name switch
        {
            LawRulerTaskWorkflow.StepActivity => Value(attempted(Read<StepAttempt>(asked), now)),
            LawRulerTaskWorkflow.FinishActivity => Value(new LawRulerTaskResult(Read<LawRulerTaskFinish>(asked).State, Recorded: unrecorded-- <= 0)),
            _ => throw new InvalidOperationException(asked.Name),
        });
    }

    // The leads work at the third attempt, the notes are refused, and the sync goes on behind them.
    private static StepOutcome RetriesLeads(StepAttempt attempt, DateTimeOffset now) => (attempt.Step, attempt.Number) switch
    {
        (LawRulerSyncWorkflow.Leads, 1) when attempt.FirstAt == OrchestrationWorld.Start => StepOutcome.Postpone("Waiting for the connection's rate limit.", now.AddSeconds(2)),
        (LawRulerSyncWorkflow.Leads, < 3) => StepOutcome.Retry("Law Ruler did not answer.", now.AddMinutes(1)),
        (LawRulerSyncWorkflow.Notes, _) => StepOutcome.Refused("Law Ruler has no such page."),
        _ => StepOutcome.Done(),
    };

    private static OrchestrationHistory LawRulerSync(WorkflowCatalog catalog, Func<StepAttempt, DateTimeOffset, StepOutcome> attempted, int pages = 1, int unrecorded = 0)
    {
        var attempt = new StepAttempt(s_demo, "lawrulersync.syn_1", LawRulerSyncWorkflow.Leads, "lawruler", 1, OrchestrationWorld.Start, s_policy);
        return Run(catalog, LawRulerSyncWorkflow.Name, "demo.lawrulersync.syn_1", new LawRulerSyncInput(s_demo, "lawrulersync.syn_1", attempt), (asked, now) => asked.Name switch
        {
            LawRulerSyncWorkflow.PageActivity when --pages > 0 => Value(new LawRulerSyncTurn(StepOutcome.Postpone("A page was read.", now.AddSeconds(4)), IsPage: true)),
            LawRulerSyncWorkflow.PageActivity => Value(new LawRulerSyncTurn(attempted(Read<StepAttempt>(asked), now), IsPage: false)),
            LawRulerSyncWorkflow.FinishActivity => Value(new LawRulerSyncResult(Read<LawRulerSyncFinish>(asked).State, Recorded: unrecorded-- <= 0)),
            _ => throw new InvalidOperationException(asked.Name),
        });
    }

    private static Func<StepAttempt, DateTimeOffset, StepOutcome> Pages(int pages) =>
        (_, now) => --pages > 0 ? StepOutcome.Postpone("Read 25 of 75 matters; 3 of them are linked.", now) : StepOutcome.Done();

    private static OrchestrationHistory OneStep(WorkflowCatalog catalog, string workflow, string id, string step, Func<StepAttempt, DateTimeOffset, StepOutcome> attempted, int unrecorded = 0)
    {
        var input = new StepAttempt(s_demo, id, step, "inb_1", 1, OrchestrationWorld.Start, s_policy);
        return Run(catalog, workflow, $"demo.{id}", input, (asked, now) => asked.Name switch
        {
            LawmaticsEventWorkflow.StepActivity or LawmaticsPullWorkflow.StepActivity => Value(attempted(Read<StepAttempt>(asked), now)),
            LawmaticsEventWorkflow.FinishActivity or LawmaticsPullWorkflow.FinishActivity => Value(new OneStepResult(Read<OneStepFinish>(asked).State, Recorded: unrecorded-- <= 0)),
            _ => throw new InvalidOperationException(asked.Name),
        });
    }

    private static StepOutcome RetriesStatus(StepAttempt attempt) => attempt.Number switch
    {
        1 when attempt.FirstAt == OrchestrationWorld.Start => StepOutcome.Postpone("The integration is paused.", OrchestrationWorld.Start.AddMinutes(1)),
        1 => StepOutcome.Retry("Law Ruler did not answer.", OrchestrationWorld.Start.AddMinutes(20)),
        _ => StepOutcome.Refused("Law Ruler does not know this status."),
    };

    private static OrchestrationHistory StatusPush(WorkflowCatalog catalog, Func<StepAttempt, DateTimeOffset, StepOutcome> attempted, int unrecorded = 0)
    {
        var input = new StatusPushInput(s_demo, "status.evt_1", Core.Cases.CaseId.Parse("case_1"), s_policy);
        return Run(catalog, StatusPushWorkflow.Name, "demo.status.evt_1", input, (asked, now) => asked.Name switch
        {
            StatusPushWorkflow.StepActivity => Value(attempted(Read<StepAttempt>(asked), now)),
            StatusPushWorkflow.FinishActivity => Value(new PostCallResult(Read<StatusPushFinish>(asked).State, Recorded: unrecorded-- <= 0)),
            _ => throw new InvalidOperationException(asked.Name),
        });
    }

    private static OrchestrationHistory StatusReplay(WorkflowCatalog catalog, int pages)
    {
        var input = new StatusReplayInput(s_demo, "statusreplay.rpl_1", OrchestrationWorld.Start, null, 0);
        return Run(catalog, StatusReplayWorkflow.Name, "demo.statusreplay.rpl_1", input, (asked, now) =>
        {
            Assert.Equal(StatusReplayWorkflow.PageActivity, asked.Name);
            var from = Read<StatusReplayInput>(asked);
            return Value(new StatusReplayPage($"case_{from.Started + 20}", from.Started + 20, now.AddMinutes(1), IsDone: --pages == 0));
        });
    }

    // The matter is postponed once and works at its second attempt.
    private static StepOutcome RetriesMatter(StepAttempt attempt, DateTimeOffset now) => (attempt.Step, attempt.Number) switch
    {
        (MatterStep.Name, 1) when attempt.FirstAt < OrchestrationWorld.Start.AddSeconds(30) => StepOutcome.Postpone("Waiting for the connection's rate limit.", now.AddMinutes(1)),
        (MatterStep.Name, 1) => StepOutcome.Retry("Lawmatics did not answer in time.", now.AddMinutes(2)),
        (ActivityStep.Name, _) => StepOutcome.Skipped("The activity is in Lawmatics already."),
        _ => StepOutcome.Done("77"),
    };

    private static OrchestrationHistory LawmaticsSync(WorkflowCatalog catalog, Func<StepAttempt, DateTimeOffset, StepOutcome> attempted, bool uploads = false, int unrecorded = 0, bool isMore = false)
    {
        var attempt = new StepAttempt(s_demo, "lawmaticssync.syn_1", ContactStep.Name, "case_1", 1, OrchestrationWorld.Start, s_policy);
        return Run(catalog, LawmaticsSyncWorkflow.Name, "demo.lawmaticssync.syn_1", new LawmaticsSyncInput(s_demo, "lawmaticssync.syn_1", attempt, uploads, Only: false), (asked, now) => asked.Name switch
        {
            LawmaticsSyncWorkflow.StepActivity => Value(attempted(Read<StepAttempt>(asked), now)),
            LawmaticsSyncWorkflow.FinishActivity => Value(new LawmaticsSyncResult(Read<LawmaticsSyncFinish>(asked).State, Recorded: unrecorded-- <= 0, isMore)),
            _ => throw new InvalidOperationException(asked.Name),
        });
    }

    private static OrchestrationHistory LawmaticsBulk(WorkflowCatalog catalog, int turns) =>
        Run(catalog, LawmaticsBulkWorkflow.Name, "demo.lawmaticsbulk.blk_1", new LawmaticsBulkInput(s_demo, "lawmaticsbulk.blk_1"), (asked, now) =>
        {
            Assert.Equal((LawmaticsBulkWorkflow.TurnActivity, new LawmaticsBulkInput(s_demo, "lawmaticsbulk.blk_1")), (asked.Name, Read<LawmaticsBulkInput>(asked)));
            return Value(new LawmaticsBulkTurn(now.AddSeconds(2), IsDone: --turns == 0));
        });

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
