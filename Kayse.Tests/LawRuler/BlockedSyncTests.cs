using System.Text.Json;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Web.Integrations;

namespace Kayse.Tests.LawRuler;

/// <summary>What cannot be read holds up nothing behind it, and no list is read for ever.</summary>
public sealed class BlockedSyncTests
{
    [Fact]
    public async Task A_lead_that_is_gone_from_Law_Ruler_holds_up_no_notes_of_those_behind_it()
    {
        await using var at = await SyncHost.StartAsync(new { firstDays = 1 });
        await at.LeadsAsync(881002, 1);
        await at.NotesAsync(881002, new { count = 2, touchesLead = false, at = at.Host.Clock.GetUtcNow().AddDays(-5) });
        await at.Host.Get<LeadUpsert>().EnsureAsync(SyncHost.Demo, LeadId.Parse("881001"), "Zantac", default);
        await WaitAsync(at, WaitingLeads.Unmatched, 881001);
        await WaitAsync(at, WaitingLeads.Unmatched, 881002);

        var workflow = await at.RunAsync();

        Assert.Equal("completed", Chain.Text(workflow, "state"));
        Assert.Equal(2, (await at.CaseNotesAsync(881002)).Count);
        Assert.Empty(await ListAsync(at, WaitingLeads.Unmatched));
    }

    [Fact]
    public async Task A_document_that_Law_Ruler_does_not_give_holds_up_no_other_leads_and_is_listed_in_the_end()
    {
        await using var at = await SyncHost.StartAsync(new { receiveDocuments = true });
        await Chain.PortalAsync(at.Host, new { options = new { brokenDocuments = new[] { "Broken.pdf" } } });
        await at.LeadsAsync(885001, 2);
        await DocumentSyncTests.UploadAsync(at, 885001, "Broken.pdf");
        await DocumentSyncTests.UploadAsync(at, 885002, "Retainer.pdf");

        var workflow = await at.RunAsync();

        Assert.Equal("completed", Chain.Text(workflow, "state"));
        Assert.Equal("Retainer.pdf", Chain.Text(Assert.Single(await DocumentSyncTests.DocumentsAsync(at, 885002)), "name"));
        Assert.NotNull((await at.HealthAsync()).LastSync);

        await at.Host.EventuallyAsync(async () => (await DocumentSyncTests.DocumentsAsync(at, 885001)).Count > 0, TimeSpan.FromMinutes(10));
        Assert.Contains("did not give", Chain.Text(Assert.Single(await DocumentSyncTests.DocumentsAsync(at, 885001)), "problem"), StringComparison.Ordinal);
        await at.Host.EventuallyAsync(async () => (await ListAsync(at, WaitingLeads.Documents)).Count == 0, TimeSpan.FromMinutes(1));
        // How many more there were is the jumping clock's doing, which cuts tries off.
        Assert.True((await at.Host.SandboxRequestsAsync("download")).Count >= 5);
    }

    [Fact]
    public async Task A_leads_list_of_notes_that_does_not_end_is_left()
    {
        await using var at = await SyncHost.StartAsync(new { firstDays = 1, pageSize = 1 });
        await Chain.PortalAsync(at.Host, new { options = new { endlessNotes = true } });
        await at.LeadsAsync(881001, 1);
        await at.NotesAsync(881001, new { touchesLead = false, at = at.Host.Clock.GetUtcNow().AddDays(-5) });
        await WaitAsync(at, WaitingLeads.Unmatched, 881001);

        var workflow = await at.RunAsync();

        Assert.Contains("1 could not be read", Chain.Text(Chain.Step(workflow, "sync_waiting"), "error"), StringComparison.Ordinal);
        Assert.Single(await at.CaseNotesAsync(881001));
        Assert.Empty(await ListAsync(at, WaitingLeads.Unmatched));
    }

    [Fact]
    public async Task Leads_of_case_types_that_do_not_come_in_are_not_listed_and_their_notes_come_when_they_do()
    {
        await using var at = await SyncHost.StartAsync(new { caseTypes = new[] { "INNO MVA" } });
        await at.LeadsAsync(881001, 1);
        await at.NotesAsync(881001, new { text = "Of another type." });

        var first = await at.RunAsync();
        Assert.Contains("1 of leads without a case", Chain.Text(Chain.Step(first, "sync_notes"), "error"), StringComparison.Ordinal);
        Assert.Empty(await ListAsync(at, WaitingLeads.Unmatched));

        await at.SetAsync(new { caseTypes = Array.Empty<string>() });
        await at.PassAsync(TimeSpan.FromHours(3));
        await at.ChangeLeadAsync(881001, new { status = "Approved" });
        await at.RunAsync();
        Assert.Equal("Of another type.", Chain.Text(Assert.Single(await at.CaseNotesAsync(881001)), "text"));
    }

    [Fact]
    public async Task A_lead_that_has_waited_for_half_a_year_is_taken_off_the_list()
    {
        await using var at = await SyncHost.StartAsync();
        // As one that was listed then: the host's timers would go off for every minute of half a year.
        var then = new WaitingLeads(at.Host.Get<IEntityStore>(), new ManualClock(at.Host.Clock.GetUtcNow().AddDays(-181)));
        await then.AddAsync(SyncHost.Demo, WaitingLeads.Unmatched, LeadId.Parse("881001"), default);
        Assert.Single(await ListAsync(at, WaitingLeads.Unmatched));

        await at.RunAsync();

        Assert.Empty(await ListAsync(at, WaitingLeads.Unmatched));
    }

    [Theory]
    [InlineData("getNotesPath", "/ApiNotes/GetNotes?leadId={leadId}")]
    [InlineData("getDocumentsPath", "/ApiDocuments/GetDocuments?leadId={leadId}")]
    [InlineData("getNotesPath", "/ApiNotes/GetNotes?page={page}")]
    [InlineData("getLeadPath", "/ApiCases/GetLead")]
    public void A_path_without_its_lead_or_its_page_is_refused_by_its_name(string name, string path)
    {
        var patch = new { settings = new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = path } };

        SettingsPatch.Apply(new LawRulerConnection(), JsonSerializer.SerializeToUtf8Bytes(patch), out var errors);

        Assert.Equal($"settings.{name}", Assert.Single(errors).Field);
    }

    private static Task WaitAsync(SyncHost at, string list, long lead) => at.Host.Get<WaitingLeads>().AddAsync(SyncHost.Demo, list, LeadId.Parse($"{lead}"), default);

    private static async Task<IReadOnlyList<WaitingLead>> ListAsync(SyncHost at, string list) => (await at.Host.Get<WaitingLeads>().ListAsync(SyncHost.Demo, list, null, 100, default)).Items;
}
