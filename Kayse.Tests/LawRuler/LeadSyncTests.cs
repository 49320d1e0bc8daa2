using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Web.Integrations;

namespace Kayse.Tests.LawRuler;

public sealed class LeadSyncTests
{
    [Fact]
    public async Task A_lead_whose_webhook_was_lost_is_a_case_within_the_hour()
    {
        await using var at = await SyncHost.StartAsync();
        var lead = new { status = "Consultation Complete", caseType = "INNO MVA", fields = new { FirstName = "Ana", LastName = "Ruiz", CellPhone = "(505) 555-0142", Email1 = "ana@example.com" } };
        await at.LeadsAsync(880001, 1, lead);
        var created = at.Host.Clock.GetUtcNow();

        at.Host.Clock.Advance(TimeSpan.FromMinutes(55));
        await at.Host.EventuallyAsync(async () => await at.CaseAsync(880001) is not null, Chain.Second);

        Assert.True(at.Host.Clock.GetUtcNow() < created.AddHours(1.1));
        var matter = (await at.CaseAsync(880001))!;
        Assert.Equal(("INNO MVA", "Consultation Complete", "lawruler", (DateTimeOffset?)created), (matter.CaseType, matter.Status, matter.StatusOrigin, matter.ExternalCreatedAt));
        var client = (await at.Host.Get<CaseStore>().FindAsync(SyncHost.Demo, matter.ClientId, default))!;
        Assert.Equal(("Ana", "Ruiz", "+15055550142", "ana@example.com"), (client.FirstName, client.LastName, client.Phone, client.Email));
    }

    [Fact]
    public async Task A_change_whose_webhook_was_lost_is_told_once()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(880001, 1);
        await at.RunAsync();
        at.Host.Clock.Advance(TimeSpan.FromMinutes(45));
        await Chain.LeadAsync(at.Host, 880001, new { status = "Approved", caseType = "Zantac" });

        Assert.Contains("0 created, 1 updated", Chain.Text(Chain.Step(await at.RunAsync(), "sync_leads"), "error"), StringComparison.Ordinal);
        // The overlap reads it again.
        Assert.Contains("0 created, 0 updated, 1 unchanged", Chain.Text(Chain.Step(await at.RunAsync(), "sync_leads"), "error"), StringComparison.Ordinal);

        Assert.Equal(("Approved", 1), ((await at.CaseAsync(880001))!.Status, (await at.CaseAsync(880001))!.StatusChanges));
    }

    [Fact]
    public async Task A_sync_that_worked_is_shown_with_its_steps_its_numbers_and_its_time()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(880001, 3);

        var workflow = await at.RunAsync();

        Assert.Equal(("LawRulerSyncWorkflow", "completed", "done done"), (Chain.Text(workflow, "name"), Chain.Text(workflow, "state"), Chain.States(workflow)));
        var health = await at.HealthAsync();
        Assert.Equal((true, 3L, null), (health.LastSync is not null, health.RecordsSynced, health.LastError));
        var audit = (await at.Host.GetJsonAsync("/api/companies/demo/audit?limit=100")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(3, audit.Count(line => Chain.Text(line, "action") == "sync_lead" && Chain.Text(line, "detail") == "created"));
        Assert.Contains(audit, line => Chain.Text(line, "action") == "sync_leads" && Chain.Text(line, "outcome") == "done");
    }

    [Fact]
    public async Task Leads_come_page_by_page_and_each_once()
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 4 });
        await at.LeadsAsync(880001, 10);

        await at.RunAsync();

        for (var lead = 880001; lead <= 880010; lead++)
        {
            Assert.NotNull(await at.CaseAsync(lead));
        }

        Assert.Equal(["page=1&pageSize=4", "page=2&pageSize=4", "page=3&pageSize=4"], await at.QueriesAsync("search"));
    }

    [Fact]
    public async Task Only_leads_of_the_chosen_case_types_become_cases_and_cases_that_are_there_stay_up_to_date()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(880001, 1);
        await at.RunAsync();
        await at.SetAsync(new { caseTypes = new[] { "inno mva" } });
        await Chain.LeadAsync(at.Host, 880001, new { status = "Approved", caseType = "Zantac" });
        await at.LeadsAsync(880002, 1);
        await at.LeadsAsync(880003, 1, new { caseType = "INNO MVA" });

        var workflow = await at.RunAsync();

        Assert.Equal(("Approved", false, true), ((await at.CaseAsync(880001))!.Status, await at.CaseAsync(880002) is not null, await at.CaseAsync(880003) is not null));
        Assert.Contains("1 of other case types", Chain.Text(Chain.Step(workflow, "sync_leads"), "error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_search_means_the_creation_by_a_date_all_leads_are_asked_for_until_one_did_not_change()
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 2, searchByDate = false });
        await Chain.PortalAsync(at.Host, new { options = new { searchDate = "created" } });
        // The poll for statuses searches too.
        await at.Host.PatchSettingsAsync(new { toggles = new { syncCaseStatuses = false } });
        await at.LeadsAsync(880001, 9);
        await at.PassAsync(TimeSpan.FromHours(3));
        await at.RunAsync();
        var before = (await at.QueriesAsync("search")).Count;
        await at.PassAsync(TimeSpan.FromHours(3));
        await Chain.LeadAsync(at.Host, 880020);

        await at.RunAsync();

        Assert.NotNull(await at.CaseAsync(880020));
        Assert.Equal(5, before);
        Assert.Equal(6, (await at.QueriesAsync("search")).Count);
        Assert.DoesNotContain(await at.SearchesAsync(), body => body.Contains("FromDate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_Kayse_writes_while_a_page_is_on_its_way_is_newer_than_the_page()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(880001, 1);
        await at.RunAsync();
        await Chain.LeadAsync(at.Host, 880001, new { status = "Approved" });
        await at.Host.FaultAsync(new { system = "lawruler", operation = "search", kind = "slow", delayMs = 10_000 });
        var id = await at.BeginAsync();
        await at.Host.EventuallyAsync(async () => (await at.Host.GetJsonAsync($"{at.Host.SandboxUrl}/_sandbox/faults")).GetProperty("faults").GetArrayLength() == 0);

        at.Host.Clock.Advance(Chain.Second);
        var (statuses, matter) = (at.Host.Get<CaseStatuses>(), (await at.CaseAsync(880001))!);
        await statuses.AnnounceWriteAsync(SyncHost.Demo, matter.Id, "postcall.call_1", "Sent e-Sign", default);
        await statuses.FinishWriteAsync(SyncHost.Demo, matter.Id, "postcall.call_1", "Sent e-Sign", at.Host.Clock.GetUtcNow(), default);
        await at.Host.EndOfWorkflowAsync(id, Chain.Second);

        Assert.Equal(("Sent e-Sign", "kayse"), ((await at.CaseAsync(880001))!.Status, (await at.CaseAsync(880001))!.StatusOrigin));
    }

    [Theory]
    [InlineData("searchLeadsPath", "/ApiCases/SearchInboxItems")]
    [InlineData("searchLeadsPath", "//evil.example.com/{page}{pageSize}")]
    [InlineData("changedNotesPath", "/ApiNotes/GetNotes?page={page}&pageSize={pageSize}")]
    [InlineData("pageSize", 0)]
    [InlineData("pageSize", 501)]
    [InlineData("overlapMinutes", -1)]
    [InlineData("firstDays", 4000)]
    [InlineData("ratePercent", 0)]
    [InlineData("caseTypes", new[] { " " })]
    [InlineData("caseTypes", null)]
    public void A_setting_of_the_sync_that_makes_no_sense_is_refused_by_its_name(string name, object? value)
    {
        var patch = new { settings = new { sync = new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = value } } };

        var unchanged = SettingsPatch.Apply(new LawRulerConnection(), JsonSerializer.SerializeToUtf8Bytes(patch), out var errors);

        Assert.Equal($"settings.sync.{name}", Assert.Single(errors).Field);
        Assert.Equal(100, unchanged.Settings.Sync.PageSize);
    }

    [Fact]
    public void A_connection_that_was_stored_before_there_was_a_sync_has_its_defaults() =>
        Assert.Equal(100, JsonSerializer.Deserialize("{\"connected\":true,\"settings\":{\"tags\":\"Kayse\"}}", KayseJson.Default.LawRulerConnection)!.Settings.Sync.PageSize);
}
