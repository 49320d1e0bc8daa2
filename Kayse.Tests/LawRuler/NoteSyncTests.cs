using System.Net;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;

namespace Kayse.Tests.LawRuler;

public sealed class NoteSyncTests
{
    [Fact]
    public async Task New_notes_and_messages_become_notes_on_the_case_newest_first()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(881001, 2);
        await at.NotesAsync(881001, new { category = "Internal Note", title = "Intake", text = "She called back." });
        at.Host.Clock.Advance(TimeSpan.FromMinutes(5));
        var written = at.Host.Clock.GetUtcNow();
        var ids = await at.NotesAsync(881001, new { category = "Text Message", text = "Is there news?" });
        await at.NotesAsync(881002, new { text = "Of another lead." });

        await at.RunAsync();

        var notes = await at.CaseNotesAsync(881001);
        Assert.Equal(["Is there news?", "She called back."], notes.Select(note => Chain.Text(note, "text")));
        Assert.Equal(("Text Message", $"{ids[0]}", written), (Chain.Text(notes[0], "category"), Chain.Text(notes[0], "externalSourceId"), notes[0].GetProperty("writtenAt").GetDateTimeOffset()));
        Assert.Equal("Intake", Chain.Text(notes[1], "title"));
        Assert.Single(await at.CaseNotesAsync(881002));
    }

    [Fact]
    public async Task A_note_that_is_there_is_skipped_by_its_id_however_often_it_is_read()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(881001, 1);
        await at.NotesAsync(881001, new { count = 3, everyMs = 1 });
        await at.RunAsync();

        var again = await at.RunAsync();

        Assert.Contains("0 new, 3 known, 0 own", Chain.Text(Chain.Step(again, "sync_notes"), "error"), StringComparison.Ordinal);
        Assert.Equal(3, (await at.CaseNotesAsync(881001)).Count);
    }

    [Fact]
    public async Task The_next_sync_asks_from_the_last_ones_beginning_less_the_overlap()
    {
        await using var at = await SyncHost.StartAsync(new { overlapMinutes = 10, firstDays = 30 });
        await at.RunAsync();
        at.Host.Clock.Advance(TimeSpan.FromMinutes(45));
        await at.RunAsync();

        // 15:06 UTC is 10:06 on Law Ruler's clock.
        var queries = (await at.QueriesAsync("getnotes")).Where(query => query.Contains("changedSince", StringComparison.Ordinal)).Select(Uri.UnescapeDataString).ToList();
        Assert.StartsWith("changedSince=2026-10-21T10:5", queries[0], StringComparison.Ordinal);
        Assert.StartsWith("changedSince=2026-11-20T09:56:", queries[^1], StringComparison.Ordinal);
        Assert.Contains("\"FromDate\":\"2026-11-20T09:56:", (await at.SearchesAsync())[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_note_that_became_visible_late_comes_with_the_overlap()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(881001, 1);
        await at.RunAsync();
        await at.NotesAsync(881001, new { text = "Written before, seen after.", at = at.Host.Clock.GetUtcNow().AddMinutes(-8) });

        await at.RunAsync();

        Assert.Equal("Written before, seen after.", Chain.Text(Assert.Single(await at.CaseNotesAsync(881001)), "text"));
    }

    [Fact]
    public async Task Hours_that_were_missed_are_caught_up()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(881001, 1);
        await at.RunAsync();
        await at.Host.PatchSettingsAsync(new { toggles = new { enableIntegration = false } });
        for (var hour = 1; hour <= 5; hour++)
        {
            at.Host.Clock.Advance(TimeSpan.FromHours(1));
            await at.NotesAsync(881001, new { text = $"Hour {hour}" });
        }

        await at.Host.PatchSettingsAsync(new { toggles = new { enableIntegration = true } });
        await at.Host.EventuallyAsync(async () => (await at.CaseNotesAsync(881001)).Count == 5, TimeSpan.FromMinutes(1));

        Assert.Equal(["Hour 5", "Hour 4", "Hour 3", "Hour 2", "Hour 1"], (await at.CaseNotesAsync(881001)).Select(note => Chain.Text(note, "text")));
    }

    [Fact]
    public async Task The_two_notes_that_Kayse_wrote_of_a_call_are_own_and_do_not_come_back()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(881001, 1);
        await Chain.RunAsync(at.Host, "call_own", 881001);

        var workflow = await at.RunAsync();

        Assert.Contains("0 new, 0 known, 2 own", Chain.Text(Chain.Step(workflow, "sync_notes"), "error"), StringComparison.Ordinal);
        Assert.Empty(await at.CaseNotesAsync(881001));
    }

    [Fact]
    public async Task A_note_of_ours_is_known_by_its_recorded_id_where_its_marker_was_edited_away()
    {
        await using var at = await SyncHost.StartAsync();
        await Chain.RunAsync(at.Host, "call_id", 881001);

        foreach (var note in (await at.Host.LeadAsync(881001)).GetProperty("notes").EnumerateArray())
        {
            Assert.True(await at.Host.Get<OwnWrites>().HasNoteAsync(SyncHost.Demo, note.GetProperty("id").GetRawText(), "Edited by a person.", default));
        }

        Assert.False(await at.Host.Get<OwnWrites>().HasNoteAsync(SyncHost.Demo, "1", "Edited by a person.", default));
        Assert.False(await at.Host.Get<OwnWrites>().HasNoteAsync(CompanyId.Parse("other"), "30001", "Edited by a person.", default));
    }

    [Theory]
    [InlineData("Summary.\n\nKayse call call_9f2 (summary)", true)]
    [InlineData("Kayse call call_9f2 (transcript)\r\n \n", true)]
    [InlineData("Direction: Outbound\nChannel: SMS\n\nIs there news?\n\nKayse message msg_1", true)]
    [InlineData("She asked about it.\nKayse message received", false)]
    [InlineData("Kayse called today", false)]
    [InlineData("Kayse left voicemail", false)]
    [InlineData("Kayse call tomorrow (maybe)", false)]
    [InlineData("Kayse call call_9f2 (summary)\nA person's remark below it.", false)]
    [InlineData("The client says: Kayse call me (please)", false)]
    [InlineData("", false)]
    public void A_marker_counts_as_the_last_line_alone(string text, bool isMarked) => Assert.Equal(isMarked, OwnWrites.IsMarked(text));

    [Fact]
    public async Task Notes_of_a_lead_without_a_case_are_counted_and_listed_and_come_when_the_case_comes()
    {
        await using var at = await SyncHost.StartAsync(new { firstDays = 1, pageSize = 2 });
        await at.LeadsAsync(881001, 1);
        await at.PassAsync(TimeSpan.FromDays(3));
        await at.NotesAsync(881001, new { count = 5, touchesLead = false });

        var first = await at.RunAsync();

        Assert.Contains("5 of leads without a case", Chain.Text(Chain.Step(first, "sync_notes"), "error"), StringComparison.Ordinal);
        Assert.Equal("881001", Chain.Text(Assert.Single((await at.Host.GetJsonAsync("/api/companies/demo/integrations/lawruler/unmatched")).GetProperty("items").EnumerateArray()), "leadId"));

        await at.PassAsync(TimeSpan.FromHours(1));
        await at.ChangeLeadAsync(881001, new { status = "Approved" });
        await at.RunAsync();

        Assert.Equal(5, (await at.CaseNotesAsync(881001)).Count);
        Assert.Empty((await at.Host.GetJsonAsync("/api/companies/demo/integrations/lawruler/unmatched")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_note_above_32_kB_is_a_blob_listed_by_its_beginning_and_goes_with_the_firm()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(881001, 1);
        var text = string.Concat(Enumerable.Repeat("Long – ", 6000));
        await at.NotesAsync(881001, new { text });
        await at.RunAsync();

        var listed = Assert.Single(await at.CaseNotesAsync(881001));
        Assert.Equal((true, 2000), (listed.GetProperty("isCut").GetBoolean(), Chain.Text(listed, "text")!.Length));
        var route = $"/api/companies/demo/cases/{(await at.CaseAsync(881001))!.Id}/notes/";
        Assert.Equal(text, Chain.Text(await at.Host.GetJsonAsync(route + Chain.Text(listed, "id")), "text"));
        Assert.Equal(HttpStatusCode.NotFound, (await at.Host.Http.GetAsync(route + "none")).StatusCode);
        Assert.True(await AnyBlobAsync(at));

        await at.Host.Get<CompanyEraser>().EraseAsync(SyncHost.Demo, default);

        Assert.False(await AnyBlobAsync(at));
        await foreach (var partition in at.Host.Get<IEntityStore>().PartitionsAsync(Tables.Notes, string.Empty, default))
        {
            Assert.Fail($"{partition} is still there.");
        }
    }

    [Fact]
    public async Task Where_notes_go_by_the_Key_pages_the_leads_are_synced_and_the_notes_skipped()
    {
        await using var at = await SyncHost.StartAsync();
        await at.Host.PatchSettingsAsync(new { settings = new { noteTransport = "KeyApi" } });
        await at.LeadsAsync(881001, 1);

        Assert.Equal("done skipped", Chain.States(await at.RunAsync()));

        Assert.NotNull((await at.HealthAsync()).LastSync);
    }

    [Fact]
    public async Task No_word_of_a_note_is_in_the_log_or_in_a_workflow()
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 1 });
        await at.LeadsAsync(881001, 1);
        await at.NotesAsync(881001, new { title = "Zebulona", text = "Zebulona is allergic to walnuts.", count = 3, everyMs = 2000 });

        var workflow = await at.RunAsync();

        Assert.Equal(3, (await at.CaseNotesAsync(881001)).Count);
        Assert.DoesNotContain(at.Host.Log.Lines, line => line.Contains("Zebulona", StringComparison.Ordinal) || line.Contains("walnuts", StringComparison.Ordinal));
        Assert.DoesNotContain("Zebulona", JsonSerializer.Serialize(workflow), StringComparison.Ordinal);
    }

    private static async Task<bool> AnyBlobAsync(SyncHost at)
    {
        await foreach (var _ in at.Host.Get<IBlobStore>().ListAsync("demo/notes", default))
        {
            return true;
        }

        return false;
    }
}
