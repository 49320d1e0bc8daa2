using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Tests.LawRuler;

public sealed class StatusPullTests(StatusFirm firm) : IClassFixture<StatusFirm>, IAsyncLifetime
{
    public async Task InitializeAsync() => await firm.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_status_whose_webhook_was_lost_is_found_by_the_poll()
    {
        var lead = await firm.LeadAsync();
        await firm.SetInLawRulerUnseenAsync(lead, "Consultation Complete");
        var asked = firm.Host.Clock.GetUtcNow();

        await firm.PullAsync();

        var after = await firm.CaseAsync(lead);
        // The Advanced API spells it with stars.
        Assert.Equal(("Consultation Complete", "lawruler", 1), (after.Status, after.StatusOrigin, after.StatusChanges));
        Assert.True((await firm.HealthAsync()).LastStatusPull >= asked);
        Assert.Single(await firm.AuditAsync(after.Id.ToString(), "status_pull"));
        Assert.Empty(await firm.WritesAsync(lead));
    }

    [Fact]
    public async Task A_status_that_the_poll_brings_puts_the_case_on_the_lists_whose_rules_ask_for_it()
    {
        var lists = firm.Host.Get<CaseLists>();
        var list = (await lists.CreateAsync(CompanyId.Parse("demo"), null, "Approved by poll", default))!;
        await firm.Host.Get<AutoAdd>().SetAsync(CompanyId.Parse("demo"), AutoAddRule.None(list.Id) with { Enabled = true, Statuses = ["Approved"] }, default);
        var lead = await firm.LeadAsync();
        await firm.SetInLawRulerUnseenAsync(lead, "Approved");

        await firm.PullAsync();

        // Other tests' leads may have that status too.
        var members = (await lists.MembersAsync(CompanyId.Parse("demo"), list.Id, null, 100, default)).Items;
        Assert.Contains((await firm.CaseAsync(lead)).Id, members.Select(member => member.CaseId));
    }

    [Fact]
    public async Task The_timer_polls_firms_that_are_connected_and_active_and_synchronise_statuses()
    {
        await firm.Host.OpenFirmAsync("unconnected");
        var timers = firm.Host.Get<FirmTimers>();
        var before = await firm.PollsAsync("demo");
        await timers.StartAsync(FirmTimers.Polls, TimeSpan.FromSeconds(1), default);
        Assert.Equal((before + 1, 0), (await firm.PollsAsync("demo"), await firm.PollsAsync("unconnected")));

        await firm.SwitchOffAsync();
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(2));
        await timers.StartAsync(FirmTimers.Polls, TimeSpan.FromSeconds(1), default);
        await firm.Host.PatchSettingsAsync(new { statusResume = "non-retroactive", toggles = new { enableIntegration = false, syncCaseStatuses = true } });
        await timers.StartAsync(FirmTimers.Polls, TimeSpan.FromSeconds(1), default);
        Assert.Equal(before + 1, await firm.PollsAsync("demo"));
    }

    [Fact]
    public async Task With_receive_data_off_nothing_is_asked_for()
    {
        var lead = await firm.LeadAsync();
        await firm.SetInLawRulerUnseenAsync(lead, "Approved");
        await firm.Host.PatchSettingsAsync(new { toggles = new { receiveData = false } });
        var before = (await firm.Host.SandboxRequestsAsync()).Count;

        await firm.PullAsync();

        Assert.Equal(("New Lead", before), ((await firm.CaseAsync(lead)).Status, (await firm.Host.SandboxRequestsAsync()).Count));
    }

    [Fact]
    public async Task A_poll_reads_so_many_pages_and_the_next_goes_on_behind_them()
    {
        var first = await firm.LeadAsync();
        await firm.PullAsync();
        await firm.AdvanceAsync(TimeSpan.FromMinutes(20));
        await firm.SetInLawRulerUnseenAsync(first, "Approved");
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(1));
        for (var lead = 960_000; lead < 960_130; lead++)
        {
            await Chain.LeadAsync(firm.Host, lead);
        }

        await firm.Host.PatchSettingsAsync(new { settings = new { statuses = new { pagesAPoll = 1 } } });
        await firm.PullAsync();
        Assert.Equal("New Lead", (await firm.CaseAsync(first)).Status);
        await firm.PullAsync();
        Assert.Equal("Approved", (await firm.CaseAsync(first)).Status);
    }

    [Fact]
    public async Task What_was_read_is_not_read_again_but_for_the_overlap()
    {
        var lead = await firm.LeadAsync();
        await firm.AdvanceAsync(TimeSpan.FromMinutes(30));
        await firm.PullAsync();
        var before = await SearchesAsync();
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(10));
        await firm.PullAsync();

        var body = (await SearchesAsync()).Skip(before.Count).Single();
        // By Law Ruler's clock, which is that of the US East.
        var from = DateTime.Parse(System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("FromDate").GetString()!);
        var local = TimeZoneInfo.ConvertTime(firm.Host.Clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("America/New_York")).DateTime;
        Assert.InRange(local - from, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10.3));
        Assert.Equal("New Lead", (await firm.CaseAsync(lead)).Status);
    }

    [Fact]
    public async Task A_portal_whose_search_means_the_creation_is_read_by_the_order_of_changes()
    {
        var lead = await firm.LeadAsync();
        await firm.AdvanceAsync(TimeSpan.FromHours(5));
        await firm.Host.PatchSettingsAsync(new { settings = new { sync = new { searchByDate = false } } });
        await Chain.PortalAsync(firm.Host, new { options = new { searchDate = "created" } });
        await firm.AdvanceAsync(TimeSpan.FromHours(1));
        await firm.SetInLawRulerUnseenAsync(lead, "Approved");

        await firm.PullAsync();

        await Chain.PortalAsync(firm.Host, new { options = new { searchDate = "updated" } });
        Assert.Equal("Approved", (await firm.CaseAsync(lead)).Status);
    }

    [Fact]
    public async Task An_outage_is_said_once_and_what_changed_in_it_is_caught_up()
    {
        var lead = await firm.LeadAsync();
        await firm.PullAsync();
        var said = (await firm.AuditAsync(null, "status_pull")).Count(line => line.Outcome == "retry");
        await firm.Host.FaultAsync(new { system = "lawruler", operation = "search", kind = "503", count = 3, applied = "no" });
        for (var poll = 0; poll < 3; poll++)
        {
            firm.Host.Clock.Advance(TimeSpan.FromSeconds(30));
            await firm.PullAsync();
        }

        await firm.SetInLawRulerUnseenAsync(lead, "Approved");
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(30));
        await firm.PullAsync();

        Assert.Equal("Approved", (await firm.CaseAsync(lead)).Status);
        Assert.Equal(said + 1, (await firm.AuditAsync(null, "status_pull")).Count(line => line.Outcome == "retry"));
        Assert.Contains(await firm.AuditAsync(null, "status_pull"), line => line.Detail!.StartsWith("Law Ruler's statuses can be read again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_was_revoked_costs_no_poll()
    {
        var lead = await firm.LeadAsync();
        await firm.SetInLawRulerUnseenAsync(lead, "Approved");
        using var revoked = await firm.Host.Http.PostAsync($"{firm.Host.SandboxUrl}/_sandbox/lawruler/demo/revoke-tokens", null);

        await firm.PullAsync();

        Assert.Equal("Approved", (await firm.CaseAsync(lead)).Status);
    }

    [Fact]
    public async Task A_portal_that_gives_fewer_leads_a_page_than_it_is_asked_for_is_read_to_the_end()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(962_001, 5);
        await at.RunAsync();
        await Chain.PortalAsync(at.Host, new { options = new { maxPageSize = 2 } });
        for (var lead = 962_001; lead <= 962_005; lead++)
        {
            await at.ChangeLeadAsync(lead, new { status = "Approved" });
        }

        await at.Host.Get<Core.Connectors.LawRuler.StatusPull>().RunAsync(SyncHost.Demo, default);

        for (var lead = 962_001; lead <= 962_005; lead++)
        {
            Assert.Equal("Approved", (await at.CaseAsync(lead))!.Status);
        }
    }

    private async Task<IReadOnlyList<string>> SearchesAsync() =>
        [.. (await firm.Host.SandboxRequestsAsync()).Where(request => Chain.Text(request, "path")!.Contains("SearchInboxItems", StringComparison.Ordinal)).Select(request => Chain.Text(request, "body")!)];
}
