using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Sync;

namespace Kayse.Tests.LawRuler;

/// <summary>The guide's section «Re-enabling Case Status Sync».</summary>
public sealed class StatusSwitchTests(StatusFirm firm) : IClassFixture<StatusFirm>, IAsyncLifetime
{
    public async Task InitializeAsync() => await firm.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task While_it_is_off_neither_side_changes_the_other()
    {
        var (ours, theirs) = (await firm.LeadAsync(), await firm.LeadAsync());
        await firm.SwitchOffAsync();

        await QueueAsync(ours, "Approved");
        await firm.SetInLawRulerAsync(theirs, "Approved");
        await firm.PullAsync();

        Assert.Equal("Kayse Approved, Law Ruler New Lead", await firm.SidesAsync(ours));
        Assert.Equal("Kayse New Lead, Law Ruler Approved", await firm.SidesAsync(theirs));
        Assert.Empty(await firm.WritesAsync(ours));
    }

    [Fact]
    public async Task The_queue_keeps_the_newest_status_of_each_case_and_how_many_there_were()
    {
        var (one, two) = (await firm.LeadAsync(), await firm.LeadAsync());
        await firm.SwitchOffAsync();
        await QueueAsync(one, "Approved");
        await QueueAsync(one, "Review Needed");
        await QueueAsync(one, "Not Retained");
        await QueueAsync(two, "Approved");

        var (rows, _) = await firm.Host.Get<StatusQueue>().ListAsync(StatusFirm.Demo, null, 100, default);

        Assert.Equal(2, rows.Count);
        var id = (await firm.CaseAsync(one)).Id;
        var row = Assert.Single(rows, row => row.Case == id);
        Assert.Equal(("Not Retained", 3), (row.Status, row.Count));
    }

    [Fact]
    public async Task Switching_it_on_again_asks_for_a_resume_mode_and_changes_nothing()
    {
        var lead = await firm.LeadAsync();
        await firm.SwitchOffAsync();
        await QueueAsync(lead, "Approved");

        using var answer = await firm.SwitchAsync(on: true);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("statusResume", Chain.Text(Assert.Single(problem.GetProperty("errors").EnumerateArray()), "field"));
        var modes = problem.GetProperty("resumeModes").EnumerateArray().ToList();
        Assert.Equal(["non-retroactive", "retroactive"], modes.Select(mode => Chain.Text(mode, "mode")));
        Assert.Equal([true, false], modes.Select(mode => mode.GetProperty("recommended").GetBoolean()));
        Assert.Contains("may overwrite newer statuses", Chain.Text(modes[1], "warning"), StringComparison.Ordinal);
        Assert.Equal(1, problem.GetProperty("queued").GetInt32());
        Assert.False((await firm.Host.GetJsonAsync("/api/companies/demo/integrations/lawruler")).GetProperty("toggles").GetProperty("syncCaseStatuses").GetBoolean());
    }

    [Fact]
    public async Task Non_retroactive_drops_the_queue_says_how_many_and_pushes_what_comes_from_then_on()
    {
        var (old, fresh) = (await firm.LeadAsync(), await firm.LeadAsync());
        await firm.SwitchOffAsync();
        await QueueAsync(old, "Approved");
        await QueueAsync(old, "Not Retained");
        await QueueAsync(fresh, "Approved");

        var resumed = await ResumeAsync("non-retroactive");
        await firm.PullAsync();
        Assert.Equal("done", Chain.States(await firm.PushAsync(fresh, "Review Needed")));

        Assert.Equal((3, 2), (resumed.GetProperty("dropped").GetInt32(), resumed.GetProperty("cases").GetInt32()));
        Assert.Empty(await firm.WritesAsync(old));
        Assert.Equal(["Review Needed"], await firm.WritesAsync(fresh));
        Assert.Equal(new QueueCount(0, 0), await firm.Host.Get<StatusQueue>().CountAsync(StatusFirm.Demo, default));
        Assert.Contains(await firm.AuditAsync(null, "status_sync"), line => line.Detail == "Sync case statuses was switched on again, not retroactively: 3 queued changes of 2 cases were dropped.");
    }

    [Fact]
    public async Task A_status_that_was_dropped_can_be_sent_again()
    {
        var lead = await firm.LeadAsync();
        await firm.SwitchOffAsync();
        await QueueAsync(lead, "Approved");
        await ResumeAsync("non-retroactive");

        await firm.PushAsync(lead, "Approved");

        Assert.Equal("Kayse Approved, Law Ruler Approved", await firm.SidesAsync(lead));
    }

    [Fact]
    public async Task Retroactive_replays_the_newest_of_each_case_over_what_law_ruler_has()
    {
        var (plain, changed) = (await firm.LeadAsync(), await firm.LeadAsync());
        await firm.SwitchOffAsync();
        await QueueAsync(plain, "Review Needed");
        await QueueAsync(plain, "Approved");
        await QueueAsync(changed, "Approved");
        await firm.SetInLawRulerAsync(changed, "Not Retained");

        var resumed = await ResumeAsync("retroactive");
        var replay = await firm.Host.EndOfWorkflowAsync(Chain.Text(resumed, "workflow")!, Chain.Second);
        await firm.Host.EventuallyAsync(async () => await firm.SidesAsync(plain) == await firm.SidesAsync(changed) && (await firm.SidesAsync(plain)).EndsWith("Law Ruler Approved", StringComparison.Ordinal), Chain.Second);

        Assert.Equal(("StatusReplayWorkflow", "completed", "Replayed: 2."), (Chain.Text(replay, "name"), Chain.Text(replay, "state"), Chain.Text(Chain.Step(replay, "replay"), "error")));
        Assert.Equal((3, 2), (resumed.GetProperty("replayed").GetInt32(), resumed.GetProperty("cases").GetInt32()));
        Assert.Contains("may overwrite newer statuses", Chain.Text(resumed, "warning"), StringComparison.Ordinal);
        Assert.Equal(["Approved"], await firm.WritesAsync(plain));
        Assert.Equal(["Approved"], await firm.WritesAsync(changed));
    }

    [Fact]
    public async Task A_replay_goes_through_an_outage_of_law_ruler()
    {
        var leads = new List<long>();
        for (var i = 0; i < 25; i++)
        {
            leads.Add(await firm.LeadAsync());
        }

        await firm.SwitchOffAsync();
        foreach (var lead in leads)
        {
            await firm.SetInKayseAsync(lead, "Approved");
        }

        await firm.Host.EventuallyAsync(async () => (await firm.Host.Get<StatusQueue>().CountAsync(StatusFirm.Demo, default)).Cases == leads.Count);
        await firm.Host.FaultAsync(new { system = "lawruler", operation = "getstatus", kind = "503", count = 30, applied = "no" });
        await ResumeAsync("retroactive");

        foreach (var lead in leads)
        {
            await firm.Host.EventuallyAsync(async () => await firm.StatusInLawRulerAsync(lead) == "Approved", Chain.Second);
            Assert.Single(await firm.WritesAsync(lead));
        }
    }

    [Fact]
    public async Task What_is_on_its_way_when_it_is_switched_off_waits_in_the_queue()
    {
        var lead = await firm.LeadAsync();
        await firm.Host.FaultAsync(new { system = "lawruler", operation = "getstatus", kind = "503", count = 1, applied = "no" });
        var workflow = await firm.SetInKayseAsync(lead, "Approved");
        await firm.Host.EventuallyAsync(async () => await firm.Host.WorkflowAsync(workflow) is { } waiting && Chain.States(waiting) == "waiting");
        await firm.SwitchOffAsync();
        Assert.Equal("skipped", Chain.States(await firm.Host.EndOfWorkflowAsync(workflow, Chain.Second)));
        Assert.Empty(await firm.WritesAsync(lead));

        await ResumeAsync("retroactive");

        await firm.Host.EventuallyAsync(async () => await firm.StatusInLawRulerAsync(lead) == "Approved", Chain.Second);
    }

    [Fact]
    public async Task A_replay_that_was_not_started_is_started_by_the_next_poll()
    {
        var lead = await firm.LeadAsync();
        await firm.SwitchOffAsync();
        await QueueAsync(lead, "Approved");
        // As a process leaves it that dies right after it noted what the admin chose.
        await firm.Host.Get<Core.Connectors.LawRuler.LawRulerConnections>().ChangeAsync(
            StatusFirm.Demo,
            old => old with { Toggles = old.Toggles with { SyncCaseStatuses = true }, StatusResumedAt = firm.Host.Clock.GetUtcNow(), StatusReplay = $"statusreplay.rpl_{lead}" },
            default);

        await firm.PullAsync();

        await firm.Host.EventuallyAsync(async () => await firm.StatusInLawRulerAsync(lead) == "Approved", Chain.Second);
    }

    [Fact]
    public async Task The_first_time_ever_there_is_no_question()
    {
        await firm.Host.OpenFirmAsync("fresh");
        const string Route = "/api/companies/fresh/integrations/lawruler/settings";
        using var off = await firm.Host.Http.PatchAsJsonAsync(Route, new { toggles = new { syncCaseStatuses = false } });
        Assert.Equal(HttpStatusCode.OK, off.StatusCode);

        using var on = await firm.Host.Http.PatchAsJsonAsync(Route, new { toggles = new { syncCaseStatuses = true } });

        Assert.Equal(HttpStatusCode.OK, on.StatusCode);
        Assert.True((await on.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("toggles").GetProperty("syncCaseStatuses").GetBoolean());
    }

    [Fact]
    public async Task The_first_time_ever_on_a_firm_that_was_connected_with_it_off_there_is_no_question()
    {
        await firm.Host.OpenFirmAsync("careful");
        const string Base = "/api/companies/careful/integrations/lawruler";
        using var off = await firm.Host.Http.PatchAsJsonAsync($"{Base}/settings", new { toggles = new { syncCaseStatuses = false } });
        using var connected = await firm.Host.Http.PostAsJsonAsync(
            $"{Base}/connect", new { username = "demo-user", password = "demo-password", clientRoot = "demo", clientSecret = "demo-secret", key = "demo-key" });
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (off.StatusCode, connected.StatusCode));

        using var on = await firm.Host.Http.PatchAsJsonAsync($"{Base}/settings", new { toggles = new { syncCaseStatuses = true } });
        using var again = await firm.Host.Http.PatchAsJsonAsync($"{Base}/settings", new { toggles = new { syncCaseStatuses = false } });
        using var second = await firm.Host.Http.PatchAsJsonAsync($"{Base}/settings", new { toggles = new { syncCaseStatuses = true } });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (on.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task Other_settings_ask_nothing_while_it_is_off()
    {
        await firm.SwitchOffAsync();

        await firm.Host.PatchSettingsAsync(new { settings = new { tags = "Kayse" } });
    }

    [Theory]
    [InlineData("\"both\"")]
    [InlineData("5")]
    [InlineData("null")]
    public async Task A_mode_that_does_not_exist_is_refused_and_named(string mode)
    {
        await firm.SwitchOffAsync();
        using var answer = await firm.Host.Http.PatchAsync(
            "/api/companies/demo/integrations/lawruler/settings", new StringContent("""{"toggles":{"syncCaseStatuses":true},"statusResume":""" + mode + "}"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(["statusResume"], await Web.CompanyTests.FieldsAsync(answer));
    }

    private async Task QueueAsync(long lead, string status) => await firm.TakenAsync(await firm.SetInKayseAsync(lead, status));

    private async Task<JsonElement> ResumeAsync(string mode)
    {
        using var answer = await firm.SwitchAsync(on: true, mode);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("statusResume");
    }
}
