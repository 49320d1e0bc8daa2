using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Mapping;
using Kayse.Core.Sync;

namespace Kayse.Tests.Lawmatics;

public sealed class StagePollTests(LawmaticsWorld world) : IClassFixture<LawmaticsWorld>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        await world.ResetAsync();
        await world.PatchAsync(new { settings = new { polling = new { enabled = true, minutes = 5, overlapMinutes = 2 } } });
        await world.Host.SandboxOptionsAsync(new { refusedFilters = new[] { "interactions.matter_id" } });
        await world.PollAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_stage_for_which_Lawmatics_sent_no_event_is_found()
    {
        var (id, matter) = await world.LinkedAsync();
        var asked = world.Host.Clock.GetUtcNow();
        await world.PollAsync();
        Assert.Null((await world.CaseAsync(id)).Status);
        await world.ChangeAsync(matter, new { stage = "Retained" });

        await world.PollAsync();

        Assert.Equal(("active", "lawmatics"), ((await world.CaseAsync(id)).Status, (await world.CaseAsync(id)).StatusOrigin));
        Assert.Equal(["active by lawmatics"], await world.ToldAsync(id));
        Assert.True((await HealthAsync()).LastStatusPull >= asked);
        Assert.Single((await world.Host.GetJsonAsync($"/api/companies/demo/audit?action=stage_change&resource={matter}")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_stage_that_was_reached_before_the_first_look_counts_and_the_one_that_Kayse_wrote_does_not()
    {
        var (moved, movedMatter) = await world.LinkedAsync();
        var (left, leftMatter) = await world.LinkedAsync();
        await world.ChangeAsync(movedMatter, new { stage = "Retained" });
        await world.ChangeAsync(leftMatter, new { case_title = "Renamed" });

        await world.PollAsync();

        Assert.Equal(("active", null), ((await world.CaseAsync(moved)).Status, (await world.CaseAsync(left)).Status));
        Assert.DoesNotContain(await UnknownAsync(), stage => stage == "New Lead");
    }

    [Fact]
    public async Task A_change_that_the_webhook_and_the_poll_both_tell_of_takes_effect_once()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.PollAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() => n % 2 == 0 ? world.PollAsync() : world.TakeAsync("matter.updated", new { matter_id = long.Parse(matter) }))));
        await world.PollAsync();

        Assert.Equal(1, (await world.CaseAsync(id)).StatusChanges);
        Assert.Equal(["active by lawmatics"], await world.ToldAsync(id));
    }

    [Fact]
    public async Task A_status_that_was_set_in_Kayse_since_then_is_not_set_back_by_the_next_poll()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        await world.PollAsync();
        await world.Host.Get<CaseStore>().ChangeAsync(LawmaticsHost.Demo, id, old => old! with { Status = "closed", StatusOrigin = "kayse" }, default);
        await world.ChangeAsync(matter, new { case_title = "Another title" });

        await world.PollAsync();

        Assert.Equal("closed", (await world.CaseAsync(id)).Status);
    }

    [Fact]
    public async Task A_stage_that_the_map_does_not_name_is_listed_and_applied_when_it_does()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Consultation" });

        await world.PollAsync();

        Assert.Null((await world.CaseAsync(id)).Status);
        Assert.Contains("Consultation", await UnknownAsync());
        var listed = (await world.Host.GetJsonAsync($"{LawmaticsHost.Base}/unknown-stages")).GetProperty("items").EnumerateArray().Single(stage => stage.GetProperty("name").GetString() == "Consultation");
        Assert.Equal(("stage", "148", 1), (listed.GetProperty("kind").GetString(), listed.GetProperty("stageId").GetString(), listed.GetProperty("matters").GetInt32()));
        await world.MapAsync(new StatusPair("active", "Retained"), new StatusPair("consulting", "consultation"));
        Assert.DoesNotContain("Consultation", await UnknownAsync());

        await world.PollAsync();

        Assert.Equal("consulting", (await world.CaseAsync(id)).Status);
    }

    [Fact]
    public async Task A_matter_that_has_left_the_unknown_stage_is_not_set_to_what_that_is_called_later()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Lost" });
        await world.PollAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        await world.PollAsync();
        await world.MapAsync(new StatusPair("active", "Retained"), new StatusPair("lost", "Lost"));

        await world.PollAsync();

        Assert.Equal("active", (await world.CaseAsync(id)).Status);
    }

    [Fact]
    public async Task A_stage_can_be_named_by_its_id_and_a_sub_status_by_its_name()
    {
        await world.MapAsync(new StatusPair("signed", "whatever it is called", "149"), new StatusPair("booked", "Consultation Booked"));
        var (byStage, first) = await world.LinkedAsync();
        var (bySubStatus, second) = await world.LinkedAsync();
        await world.PollAsync();
        await world.ChangeAsync(first, new { stage = "Retained" });
        await world.ChangeAsync(second, new { sub_status = "Consultation Booked" });

        await world.PollAsync();

        Assert.Equal(("signed", "booked"), ((await world.CaseAsync(byStage)).Status, (await world.CaseAsync(bySubStatus)).Status));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Many_changes_are_read_page_by_page_whether_or_not_matters_can_be_filtered_by_their_last_change(bool filtered)
    {
        if (!filtered)
        {
            await world.Host.SandboxOptionsAsync(new { refusedFilters = new[] { "prospects.updated_at" } });
        }

        var matters = await world.MattersAsync(60);
        var ids = new List<CaseId>();
        foreach (var matter in matters.Where((_, n) => n % 10 == 0))
        {
            ids.Add(await world.LinkAsync(matter));
        }

        world.Host.Clock.Advance(TimeSpan.FromMinutes(3));
        await world.PollAsync();
        foreach (var matter in matters)
        {
            await world.AskAsync(HttpMethod.Patch, $"{LawmaticsWorld.Sandbox}/matters/{matter}", new { stage = "Retained" });
        }

        await world.PollAsync();

        foreach (var id in ids)
        {
            Assert.Equal("active", (await world.CaseAsync(id)).Status);
        }
    }

    [Fact]
    public async Task Where_the_budget_ends_the_next_poll_goes_on()
    {
        var matters = await world.MattersAsync(60);
        var id = await world.LinkAsync(matters[0]);
        world.Host.Clock.Advance(TimeSpan.FromMinutes(3));
        await world.PollAsync();
        foreach (var matter in matters)
        {
            await world.AskAsync(HttpMethod.Patch, $"{LawmaticsWorld.Sandbox}/matters/{matter}", new { stage = "Retained" });
        }

        await world.PatchAsync(new { settings = new { requestsPerMinute = 8 } });
        for (var polls = 0; polls < 6; polls++)
        {
            await world.PollAsync();
            world.Host.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal("active", (await world.CaseAsync(id)).Status);
    }

    [Fact]
    public async Task An_outage_is_said_once_shows_in_the_health_and_loses_nothing()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        await world.Host.LawmaticsFaultAsync("listprospects", "500", count: 2);
        var before = (await world.Host.AuditAsync("stage_poll")).Count;

        await world.PollAsync();
        await world.PollAsync();

        Assert.NotNull((await HealthAsync()).FailingSince);
        Assert.Equal((before + 1, null), ((await world.Host.AuditAsync("stage_poll")).Count, (await world.CaseAsync(id)).Status));
        await world.PollAsync();
        Assert.Equal((before + 2, "active"), ((await world.Host.AuditAsync("stage_poll")).Count, (await world.CaseAsync(id)).Status));
        Assert.Null((await HealthAsync()).FailingSince);
    }

    [Fact]
    public async Task A_firm_that_is_paused_or_receives_nothing_is_not_looked_at()
    {
        foreach (var toggles in new object[] { new { receiveData = false }, new { receiveData = true, enableIntegration = false } })
        {
            await world.PatchAsync(new { toggles });
            Assert.DoesNotContain(LawmaticsHost.Demo, await FirmsAsync());
        }
    }

    [Fact]
    public async Task A_change_that_is_made_while_a_long_way_through_the_pages_takes_many_turns_is_seen_at_the_next()
    {
        var matters = await world.MattersAsync(130);
        var last = await world.LinkAsync(matters[0]);
        var (id, matter) = await world.LinkedAsync();
        world.Host.Clock.Advance(TimeSpan.FromMinutes(3));
        await world.PollAsync();
        foreach (var one in matters)
        {
            await world.AskAsync(HttpMethod.Patch, $"{LawmaticsWorld.Sandbox}/matters/{one}", new { stage = "Retained" });
        }

        await world.PatchAsync(new { settings = new { requestsPerMinute = 8 } });
        // What was taken of the larger budget is lost by then.
        world.Host.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.PollAsync();
        Assert.NotNull((await world.CursorAsync())!.BegunAt);
        Assert.Null((await world.CaseAsync(last)).Status);
        world.Host.Clock.Advance(TimeSpan.FromMinutes(5));
        await world.ChangeAsync(matter, new { stage = "Retained" });

        await world.PollAsync();

        Assert.NotNull((await world.CursorAsync())!.BegunAt);
        Assert.Equal("active", (await world.CaseAsync(id)).Status);
        for (var polls = 0; polls < 10 && (await world.CursorAsync())!.BegunAt is not null; polls++)
        {
            world.Host.Clock.Advance(TimeSpan.FromMinutes(5));
            await world.PollAsync();
        }

        Assert.Equal("active", (await world.CaseAsync(last)).Status);
    }

    [Fact]
    public async Task The_links_of_another_Lawmatics_firm_do_not_count()
    {
        var (id, matter) = await world.LinkedAsync();
        var connections = world.Host.Get<LawmaticsConnections>();
        var account = (await connections.GetAsync(LawmaticsHost.Demo, default)).Account;
        await world.ChangeAsync(matter, new { stage = "Retained" });

        await connections.ChangeAsync(LawmaticsHost.Demo, old => old with { Account = account! with { FirmId = "777" } }, default);
        await world.PollAsync();
        var elsewhere = (await world.CaseAsync(id)).Status;
        await connections.ChangeAsync(LawmaticsHost.Demo, old => old with { Account = account }, default);
        await world.PollAsync();

        Assert.Equal((null, "active"), (elsewhere, (await world.CaseAsync(id)).Status));
    }

    [Fact]
    public async Task It_polls_every_so_many_minutes_while_the_firm_is_active_and_wants_it()
    {
        await world.PatchAsync(new { settings = new { polling = new { minutes = 15 } } });
        await world.LastPollWasAsync(TimeSpan.FromMinutes(14));
        Assert.False(await PollsAsync());
        await world.LastPollWasAsync(TimeSpan.FromMinutes(15));
        Assert.True(await PollsAsync());
        Assert.False(await PollsAsync());

        foreach (var (off, on) in new (object Off, object On)[]
        {
            (new { toggles = new { receiveData = false } }, new { toggles = new { receiveData = true } }),
            (new { toggles = new { enableIntegration = false } }, new { toggles = new { enableIntegration = true } }),
            (new { settings = new { polling = new { enabled = false } } }, new { settings = new { polling = new { enabled = true } } }),
        })
        {
            await world.LastPollWasAsync(TimeSpan.FromHours(1));
            await world.PatchAsync(off);
            Assert.False(await PollsAsync());
            await world.PatchAsync(on);
            Assert.Contains(LawmaticsHost.Demo, await FirmsAsync());
            Assert.True(await PollsAsync());
        }
    }

    [Fact]
    public async Task A_poll_that_was_broken_off_goes_on_at_once()
    {
        await world.Host.LawmaticsFaultAsync("listprospects", "500");
        await world.PollAsync();

        Assert.True(await PollsAsync());
    }

    private async Task<bool> PollsAsync()
    {
        var before = await ListsAsync();
        await world.Host.Get<LawmaticsStagePoll>().RunAsync(LawmaticsHost.Demo, default);
        return await ListsAsync() > before;
    }

    private async Task<IReadOnlyList<CompanyId>> FirmsAsync()
    {
        var firms = new List<CompanyId>();
        await foreach (var firm in world.Host.Get<LawmaticsStagePoll>().Work.Firms(default))
        {
            firms.Add(firm);
        }

        return firms;
    }

    private async Task<int> ListsAsync() => (await world.Host.LawmaticsRequestsAsync("listprospects")).Count;

    private Task<SyncState> HealthAsync() => world.Host.Get<SyncHealth>().GetAsync(LawmaticsHost.Demo, "lawmatics", default);

    private async Task<IReadOnlyList<string>> UnknownAsync() =>
        [.. (await world.Host.GetJsonAsync($"{LawmaticsHost.Base}/unknown-stages")).GetProperty("items").EnumerateArray().Select(stage => stage.GetProperty("name").GetString()!)];
}
