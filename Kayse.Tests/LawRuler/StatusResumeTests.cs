using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;
using Kayse.Web.Integrations;

namespace Kayse.Tests.LawRuler;

/// <summary>What was queued while statuses were not synchronised is lost in no way but by an admin's decision.</summary>
public sealed class StatusResumeTests(StatusFirm firm) : IClassFixture<StatusFirm>, IAsyncLifetime
{
    private const string Connection = "/api/companies/demo/integrations/lawruler";

    public async Task InitializeAsync() => await firm.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_replay_waits_while_the_integration_is_paused_and_starts_nothing()
    {
        var lead = await QueuedAsync();
        await firm.Host.PatchSettingsAsync(new { toggles = new { enableIntegration = false } });

        var replay = await ReplayAsync();
        await WaitsAsync(replay, "The integration is paused");
        Assert.Equal(KayseStatusState.Queued, await StateAsync(lead));

        await firm.Host.PatchSettingsAsync(new { toggles = new { enableIntegration = true } });
        await ArrivesAsync(lead);
        Assert.Equal("completed", Chain.Text(await firm.Host.EndOfWorkflowAsync(replay, Chain.Second), "state"));
    }

    [Fact]
    public async Task A_replay_waits_while_send_data_is_off_and_loses_nothing()
    {
        var lead = await QueuedAsync();
        await firm.Host.PatchSettingsAsync(new { toggles = new { sendData = false } });

        await WaitsAsync(await ReplayAsync(), "Send data to Law Ruler is off");
        Assert.Equal(KayseStatusState.Queued, await StateAsync(lead));

        await firm.Host.PatchSettingsAsync(new { toggles = new { sendData = true } });
        await ArrivesAsync(lead);
    }

    [Fact]
    public async Task A_replayed_change_whose_push_finds_send_data_off_goes_back_to_the_queue_however_often()
    {
        var lead = await QueuedAsync();
        await firm.Host.FaultAsync(new { system = "lawruler", operation = "getstatus", kind = "503", count = 1000, applied = "no" });
        await ReplayAsync();
        for (var turn = 0; turn < 2; turn++)
        {
            await firm.Host.EventuallyAsync(async () => await StateAsync(lead) == KayseStatusState.Due && await QueueAsync() == 0, Chain.Second);
            await firm.Host.PatchSettingsAsync(new { toggles = new { sendData = false } });
            await firm.Host.EventuallyAsync(async () => await StateAsync(lead) == KayseStatusState.Queued && await QueueAsync() == 1, Chain.Second);
            await firm.Host.PatchSettingsAsync(new { toggles = new { sendData = true } });
            await firm.PullAsync();
        }

        using var clear = await firm.Host.Http.DeleteAsync($"{firm.Host.SandboxUrl}/_sandbox/faults");
        await ArrivesAsync(lead);
        Assert.Equal(["Approved"], await firm.WritesAsync(lead));
    }

    [Theory]
    [InlineData("terminate")]
    [InlineData("disconnect")]
    public async Task A_replay_that_was_ended_is_taken_up_by_another_until_the_queue_is_empty(string how)
    {
        var lead = await QueuedAsync();
        await firm.Host.PatchSettingsAsync(new { toggles = new { enableIntegration = false } });
        var replay = await ReplayAsync();
        await WaitsAsync(replay, "The integration is paused");

        await EndAsync(how, replay);
        Assert.Equal("terminated", Chain.Text((await firm.Host.WorkflowAsync(replay))!.Value, "state"));
        await firm.Host.PatchSettingsAsync(new { toggles = new { enableIntegration = true } });
        await firm.PullAsync();

        await ArrivesAsync(lead);
        Assert.Equal(["Approved"], await firm.WritesAsync(lead));
    }

    [Fact]
    public async Task A_store_that_is_away_holds_a_replay_up_and_does_not_end_it()
    {
        var lead = await QueuedAsync();
        var id = firm.Host.Get<StatusReplays>().NewId();
        await SetReplayAsync(id);
        var store = new HookedStore(firm.Host.Get<IEntityStore>(), Tables.StatusQueue) { IsAway = true };
        var replays = new StatusReplays(new StatusQueue(store, firm.Host.Clock), firm.Host.Get<StatusPushes>(), firm.Host.Get<LawRulerConnections>(), firm.Host.Get<WorkflowRecords>(), firm.Host.Clock);
        var input = new StatusReplayInput(StatusFirm.Demo, id, firm.Host.Clock.GetUtcNow(), "case_0", 3);

        var held = await replays.ReplayPageAsync(input, default);

        Assert.Equal(("case_0", 3, false), (held.After, held.Started, held.IsDone));
        Assert.True(held.NextAt > firm.Host.Clock.GetUtcNow());
        store.IsAway = false;
        await firm.PullAsync();
        await ArrivesAsync(lead);
    }

    [Fact]
    public async Task A_change_between_the_drop_and_the_switch_counts_as_new()
    {
        // The drop goes through the partitions in their order: what comes into one that it has been through is not dropped.
        var leads = new[] { await firm.LeadAsync(), await firm.LeadAsync() };
        var parts = Partitions.All(StatusFirm.Demo).ToList();
        var places = new List<(int Place, long Lead)>();
        foreach (var lead in leads)
        {
            places.Add((parts.IndexOf(Partitions.Spread(StatusFirm.Demo, (await firm.CaseAsync(lead)).Id.ToString())), lead));
        }

        var (fresh, old) = (places.Min().Lead, places.Max().Lead);
        await firm.SwitchOffAsync();
        await firm.TakenAsync(await firm.SetInKayseAsync(old, "Approved"));
        var store = new HookedStore(firm.Host.Get<IEntityStore>(), Tables.StatusQueue)
        {
            AfterWrite = async () =>
            {
                firm.Host.Clock.Advance(TimeSpan.FromSeconds(1));
                await firm.TakenAsync(await firm.SetInKayseAsync(fresh, "Approved"));
                firm.Host.Clock.Advance(TimeSpan.FromSeconds(1));
            },
        };
        var resume = new StatusResume(firm.Host.Get<LawRulerConnections>(), new StatusQueue(store, firm.Host.Clock), firm.Host.Get<StatusReplays>(), firm.Host.Get<AuditLog>(), firm.Host.Clock);

        var (_, _, resumed, _) = await resume.PatchAsync(StatusFirm.Demo, Encoding.UTF8.GetBytes("""{"statusResume":"non-retroactive","toggles":{"syncCaseStatuses":true}}"""), default);

        Assert.Equal(1, resumed!.Dropped);
        await firm.PullAsync();
        await ArrivesAsync(fresh);
        Assert.Empty(await firm.WritesAsync(old));
    }

    [Fact]
    public async Task What_comes_into_the_queue_too_late_to_be_dropped_is_dropped_by_the_next_poll()
    {
        var lead = await QueuedAsync();
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(1));
        // As a write leaves it that the drop did not see.
        await SetReplayAsync(null);

        await firm.PullAsync();

        Assert.Equal(0, await QueueAsync());
        Assert.Empty(await firm.WritesAsync(lead));
    }

    private async Task<long> QueuedAsync()
    {
        var lead = await firm.LeadAsync();
        await firm.SwitchOffAsync();
        await firm.TakenAsync(await firm.SetInKayseAsync(lead, "Approved"));
        await firm.Host.EventuallyAsync(async () => await QueueAsync() > 0);
        return lead;
    }

    private async Task<string> ReplayAsync()
    {
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(1));
        using var answer = await firm.SwitchAsync(on: true, "retroactive");
        answer.EnsureSuccessStatusCode();
        return Chain.Text((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("statusResume"), "workflow")!;
    }

    private Task WaitsAsync(string replay, string why) => firm.Host.EventuallyAsync(
        async () => await firm.Host.WorkflowAsync(replay) is { } waiting && Chain.States(waiting) == "running" && Chain.Text(Chain.Step(waiting, "replay"), "error")!.Contains(why, StringComparison.Ordinal));

    private async Task EndAsync(string how, string replay)
    {
        using var ended = how == "terminate"
            ? await firm.Host.Http.PostAsync($"/api/companies/demo/workflows/{replay}/terminate", null)
            : await firm.Host.Http.DeleteAsync($"{Connection}/connection");
        ended.EnsureSuccessStatusCode();
        if (how == "disconnect")
        {
            using var again = await firm.Host.Http.PostAsJsonAsync(
                $"{Connection}/connect", new { username = "demo-user", password = "demo-password", clientRoot = "demo", clientSecret = "demo-secret", key = "demo-key" });
            again.EnsureSuccessStatusCode();
        }
    }

    private Task SetReplayAsync(string? replay) => firm.Host.Get<LawRulerConnections>().ChangeAsync(
        StatusFirm.Demo, old => old with { Toggles = old.Toggles with { SyncCaseStatuses = true }, StatusResumedAt = firm.Host.Clock.GetUtcNow(), StatusReplay = replay }, default);

    private async Task<KayseStatusState> StateAsync(long lead) => (await firm.CaseAsync(lead)).StatusByKayse!.State;

    private async Task<int> QueueAsync() => (await firm.Host.Get<StatusQueue>().CountAsync(StatusFirm.Demo, default)).Cases;

    private Task ArrivesAsync(long lead) => firm.Host.EventuallyAsync(async () => await firm.StatusInLawRulerAsync(lead) == "Approved" && await QueueAsync() == 0, Chain.Second);
}
