using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kayse.Tests.Lawmatics;

/// <summary>A matter on its way to Lawmatics: contact, matter, activity.</summary>
public sealed class MatterSyncTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await Outbound.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_completed_intake_becomes_a_contact_a_matter_in_its_stage_and_a_note_with_the_portal_link()
    {
        var synced = await _host.SyncAsync(Outbound.Intake("mat_1"));

        Assert.Equal("contact done, matter done, activity done", Outbound.Steps(synced));
        var contact = await _host.OnlyAsync("contacts");
        Assert.Equal(("Tilda", "Quillfeather", "mat_1@example.com", "+15055550142"), (Outbound.Text(contact, "firstName"), Outbound.Text(contact, "lastName"), Outbound.Text(contact, "email"), Outbound.Text(contact, "phone")));
        var matter = await _host.OnlyAsync("matters");
        Assert.Equal(("Quillfeather – mat_1", "Family Law Intake", "Family Law"), (Outbound.Text(matter, "caseTitle"), Outbound.Text(matter, "stage"), Outbound.Text(matter, "practiceArea")));
        Assert.Equal(contact.GetProperty("id").GetInt64(), matter.GetProperty("contactId").GetInt64());
        Assert.Equal("Kayse", matter.GetProperty("tags")[0].GetString());
        var note = await _host.OnlyAsync("notes");
        Assert.Equal(("contact", contact.GetProperty("id").GetInt64(), "Kayse intake"), (Outbound.Text(note, "on"), note.GetProperty("onId").GetInt64(), Outbound.Text(note, "name")));
        var text = Outbound.Text(note, "body")!;
        Assert.StartsWith("Intake complete: Quillfeather – mat_1\n", text, StringComparison.Ordinal);
        Assert.Contains("https://portal.example.com/matters/mat_1", text, StringComparison.Ordinal);
        Assert.Contains("Year of birth: 1980", text, StringComparison.Ordinal);
        Assert.Equal((matter.GetProperty("id").GetInt64().ToString(), contact.GetProperty("id").GetInt64().ToString()), (Outbound.Text(synced, "matterId"), Outbound.Text(synced, "contactId")));
        Assert.Empty(await _host.KeptAsync("files"));
    }

    [Theory]
    [InlineData("matter.created")]
    [InlineData("document.approved")]
    [InlineData("form_submitted")]
    public async Task Each_of_the_three_events_sends_the_matter_by_itself(string type)
    {
        var synced = await _host.SyncAsync(type == "matter.created" ? Outbound.Created("mat_2") : type == "document.approved" ? Outbound.Approved("mat_2", "doc_2") : Outbound.Intake("mat_2"));

        var told = type == "matter.created" ? 0 : 1;
        Assert.Equal($"contact done, matter done, activity {(told == 0 ? "skipped" : "done")}", Outbound.Steps(synced));
        Assert.Equal((1, 1, told), ((await _host.KeptAsync("contacts")).Count, (await _host.KeptAsync("matters")).Count, (await _host.KeptAsync("notes")).Count));
    }

    [Fact]
    public async Task A_form_that_is_no_intake_sends_nothing()
    {
        await _host.SendAsync(Outbound.Intake("mat_3", json => json["data"]!["form"]!["kind"] = "feedback"));

        Assert.Null(await _host.CaseAsync("mat_3"));
        Assert.Empty(await _host.LawmaticsRequestsAsync("createcontact"));
    }

    [Fact]
    public async Task What_comes_later_updates_the_linked_matter_and_is_told_of_once()
    {
        await _host.SyncAsync(Outbound.Created("mat_4"));
        await _host.SyncAsync(Outbound.Intake("mat_4", json =>
        {
            json["data"]!["matter"]!["title"] = "Quillfeather – another title";
            json["occurredAt"] = "2026-11-20T15:06:00Z";
        }));
        var synced = await _host.ByHandAsync("mat_4");

        Assert.Equal("contact done, matter done, activity skipped", Outbound.Steps(synced));
        Assert.Equal("Quillfeather – another title", Outbound.Text(await _host.OnlyAsync("matters"), "caseTitle"));
        Assert.Single(await _host.KeptAsync("contacts"));
        Assert.Equal(["Intake complete"], (await _host.KeptAsync("notes")).Select(note => string.Join(' ', Outbound.Text(note, "body")!.Split(' ').Take(2)).TrimEnd(':')));
    }

    [Fact]
    public async Task A_stage_that_was_moved_in_lawmatics_stays_when_the_matter_is_updated()
    {
        await _host.SyncAsync(Outbound.Created("mat_5"));
        var matter = (await _host.OnlyAsync("matters")).GetProperty("id").GetInt64();
        await _host.InLawmaticsAsync("PATCH", $"matters/{matter}", new { stage = "Retained" });

        await _host.ByHandAsync("mat_5");

        Assert.Equal("Retained", Outbound.Text(await _host.OnlyAsync("matters"), "stage"));
    }

    [Fact]
    public async Task A_stage_that_lawmatics_ignores_is_reported_and_a_sync_by_hand_tries_it_again()
    {
        await _host.SandboxOptionsAsync(new { ignoreStage = true });

        var synced = await _host.SyncAsync(Outbound.Created("mat_6"));

        Assert.Equal("contact done, matter done, activity skipped", Outbound.Steps(synced));
        Assert.Contains("did not take the mapped stage", Outbound.Text(Outbound.Step(synced, "matter"), "error"), StringComparison.Ordinal);
        var (outcome, detail) = Assert.Single(await _host.AuditAsync("stage_ignored"));
        Assert.Equal("warning", outcome);
        Assert.Contains("Family Law Intake", detail, StringComparison.Ordinal);
        await _host.SandboxOptionsAsync(new { ignoreStage = false });
        await _host.ByHandAsync("mat_6");
        Assert.Equal("Family Law Intake", Outbound.Text(await _host.OnlyAsync("matters"), "stage"));
    }

    [Theory]
    [InlineData("MatterNote", "notes", "matter")]
    [InlineData("Interaction", "interactions", null)]
    public async Task The_activity_is_written_where_the_setting_says(string mode, string kind, string? on)
    {
        await _host.PatchLawmaticsAsync(new { settings = new { sync = new { activityMode = mode } } });

        await _host.SyncAsync(Outbound.Intake("mat_7"));

        var written = await _host.OnlyAsync(kind);
        var matter = (await _host.OnlyAsync("matters")).GetProperty("id").GetInt64();
        Assert.Equal(matter, written.GetProperty(on is null ? "matterId" : "onId").GetInt64());
        Assert.Equal(on, on is null ? null : Outbound.Text(written, "on"));
        Assert.Contains("Intake complete", Outbound.Text(written, "body"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_are_uploaded_only_with_the_setting_and_once()
    {
        await _host.PatchLawmaticsAsync(new { settings = new { sync = new { uploadFiles = true } } });
        var approved = Outbound.Approved("mat_8", "doc_8", json => json["data"]!["document"]!["url"] = $"{_host.SandboxUrl}/files/rec.mp3");
        await _host.FaultsAsync("createfile", "reset", "before");

        var synced = await _host.SyncAsync(approved, Outbound.Second);

        Assert.Equal("contact done, matter done, activity done, documents done", Outbound.Steps(synced));
        var file = await _host.OnlyAsync("files");
        Assert.Equal(((await _host.OnlyAsync("matters")).GetProperty("id").GetInt64(), "Attorney memo.pdf"), (file.GetProperty("onId").GetInt64(), Outbound.Text(file, "name")));
        await _host.ByHandAsync("mat_8");
        Assert.Single(await _host.KeptAsync("files"));
    }

    [Fact]
    public async Task With_auto_sync_off_a_matter_is_kept_and_sent_by_hand()
    {
        await _host.PatchLawmaticsAsync(new { toggles = new { autoSync = false } });
        await _host.SendAsync(Outbound.Intake("mat_9"));
        await _host.KnownAsync(Outbound.Intake("mat_9"));
        Assert.Equal("none", await _host.StateAsync("mat_9"));

        using var answer = await _host.Http.PostAsync($"/api/companies/demo/cases/{await _host.CaseAsync("mat_9")}/sync", null);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("contact done, matter done, activity done", Outbound.Steps(await _host.SyncedAsync("mat_9")));
        Assert.Contains("Year of birth: 1980", Outbound.Text(await _host.OnlyAsync("notes"), "body"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_paused_a_matter_waits_and_goes_on_by_itself()
    {
        await _host.PatchLawmaticsAsync(new { toggles = new { enableIntegration = false } });
        await _host.SendAsync(Outbound.Created("mat_10"));
        await _host.StandsAsync("mat_10", "running");
        await _host.EventuallyAsync(async () => (await _host.GetJsonAsync($"/api/companies/demo/cases/{await _host.CaseAsync("mat_10")}/lawmatics")).GetProperty("workflow").GetProperty("steps").GetArrayLength() == 1);
        Assert.Empty(await _host.KeptAsync("contacts"));

        await _host.PatchLawmaticsAsync(new { toggles = new { enableIntegration = true } });
        // The pause is looked at every minute.
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        var synced = await _host.SyncedAsync("mat_10", TimeSpan.FromMilliseconds(200));

        Assert.Equal("contact done, matter done, activity skipped", Outbound.Steps(synced));
        Assert.Equal(1, Outbound.Step(synced, "contact").GetProperty("attempts").GetInt32());
    }

    [Fact]
    public async Task A_token_that_is_revoked_in_mid_run_loses_nothing()
    {
        await _host.SyncAsync(Outbound.Created("mat_11"));
        await _host.RevokeTokensAsync();
        await _host.SendAsync(Outbound.Created("mat_12"));
        await _host.EventuallyAsync(async () => (await _host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());

        Assert.Equal(200, await _host.SignInAsync());
        var synced = await _host.SyncedAsync("mat_12", TimeSpan.FromSeconds(20));

        Assert.Equal("contact done, matter done, activity skipped", Outbound.Steps(synced));
        Assert.Equal(2, (await _host.KeptAsync("matters")).Count);
    }

    [Fact]
    public async Task A_matter_that_was_deleted_in_lawmatics_is_made_again_by_hand_alone()
    {
        await _host.SyncAsync(Outbound.Created("mat_13"));
        await _host.InLawmaticsAsync("DELETE", $"matters/{(await _host.OnlyAsync("matters")).GetProperty("id").GetInt64()}");

        var refused = await _host.SyncAsync(Outbound.Intake("mat_13", json => json["data"]!["matter"]!["title"] = "New title"));
        Assert.Contains("deleted it there", Outbound.Text(Outbound.Step(refused, "matter"), "error"), StringComparison.Ordinal);
        Assert.Empty(await _host.KeptAsync("matters"));

        var synced = await _host.ByHandAsync("mat_13", Outbound.Second);
        Assert.Equal("done", Outbound.Text(synced, "state"));
        Assert.Equal("New title", Outbound.Text(await _host.OnlyAsync("matters"), "caseTitle"));
    }

    [Fact]
    public async Task A_matter_of_kayses_goes_by_itself_though_law_ruler_knows_its_case()
    {
        var synced = await _host.SyncAsync(Outbound.Intake("mat_14", json => json["case"] = new JsonObject { ["externalSource"] = "lawruler", ["externalSourceId"] = "711551", ["caseType"] = "Zantac" }));

        Assert.Equal("done", Outbound.Text(synced, "state"));
        Assert.Equal("New Lead", Outbound.Text(await _host.OnlyAsync("matters"), "stage"));
    }

    [Fact]
    public async Task A_case_that_law_ruler_alone_knows_goes_with_none_of_many_and_by_hand()
    {
        await _host.SendAsync(Outbound.Intake("none", json =>
        {
            json["case"] = new JsonObject { ["externalSource"] = "lawruler", ["externalSourceId"] = "711552", ["caseType"] = "Zantac" };
            json["data"]!["matter"] = new JsonObject();
        }));
        string? id = null;
        await _host.EventuallyAsync(async () => (id = (await _host.Get<Kayse.Core.Cases.CaseStore>().FindAsync(LawmaticsHost.Demo, "lawruler", "711552", default))?.Id.ToString()) is not null);
        await _host.EndOfWorkflowAsync(await _host.StartByHandAsync(new { matters = "all" }), Outbound.Second);
        Assert.Empty(await _host.KeptAsync("matters"));

        using var answer = await _host.Http.PostAsync($"/api/companies/demo/cases/{id}/sync?crm=lawmatics", null);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await _host.EventuallyAsync(async () => (await _host.KeptAsync("matters")).Count == 1, Outbound.Second);
    }

    [Fact]
    public async Task A_sync_of_nothing_is_refused_with_what_is_missing()
    {
        using var unknown = await _host.Http.PostAsJsonAsync($"{LawmaticsHost.Base}/sync", new { matter = "mat_none" });
        using var both = await _host.Http.PostAsJsonAsync($"{LawmaticsHost.Base}/sync", new { matter = "mat_none", matters = "all" });
        using var odd = await _host.Http.PostAsJsonAsync($"{LawmaticsHost.Base}/sync", new { matters = "some" });
        using var elsewhere = await _host.Http.PostAsync("/api/companies/demo/cases/case_none/sync", null);
        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.NotFound), (unknown.StatusCode, both.StatusCode, odd.StatusCode, elsewhere.StatusCode));
        Assert.Equal("matters", (await odd.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0].GetProperty("field").GetString());
    }
}
