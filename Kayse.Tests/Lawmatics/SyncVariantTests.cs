using System.Net.Http.Json;
using System.Text.Json;

namespace Kayse.Tests.Lawmatics;

/// <summary>What a firm's settings change about a sync, and what the log keeps of one.</summary>
public sealed class SyncVariantTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await Outbound.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_log_names_each_step_with_lawmatics_id_of_what_it_wrote()
    {
        await _host.SyncAsync(Outbound.Intake("mat_log"));

        var (contact, matter) = (IdOf(await _host.OnlyAsync("contacts")), IdOf(await _host.OnlyAsync("matters")));
        var lines = (await _host.GetJsonAsync("/api/companies/demo/audit?crm=lawmatics&outcome=done&limit=100")).GetProperty("items").EnumerateArray()
            .Where(line => Outbound.Text(line, "action") is "contact" or "matter" or "activity").ToDictionary(line => Outbound.Text(line, "action")!, line => Outbound.Text(line, "resource"));
        Assert.Equal((contact, matter), (lines["contact"], lines["matter"]));
        Assert.False(string.IsNullOrEmpty(lines["activity"]));
        using var csv = await _host.Http.GetAsync($"/api/companies/demo/audit?crm=lawmatics&resource={matter}&format=csv");
        Assert.Contains($"\"matter\",\"done\",\"{matter}\"", await csv.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_revoked_between_the_contact_and_the_matter_loses_and_doubles_nothing()
    {
        // It is refused from the making of the matter on.
        await _host.FaultsAsync("createprospect", "401", "no");
        await _host.SendAsync(Outbound.Intake("mat_cut"));
        await _host.EventuallyAsync(async () => (await _host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());
        Assert.Empty(await _host.KeptAsync("matters"));

        Assert.Equal(200, await _host.SignInAsync());
        var synced = await _host.SyncedAsync("mat_cut", TimeSpan.FromSeconds(20));

        Assert.Equal("contact done, matter done, activity done", Outbound.Steps(synced));
        Assert.Equal((1, 1, 1), ((await _host.KeptAsync("contacts")).Count, (await _host.KeptAsync("matters")).Count, (await _host.KeptAsync("notes")).Count));
    }

    [Fact]
    public async Task Tags_and_the_name_of_the_note_are_the_firms()
    {
        await _host.PatchLawmaticsAsync(new { settings = new { sync = new { tags = new[] { "From Kayse", "Intake" }, activityName = "Intake by Kayse" } } });

        await _host.SyncAsync(Outbound.Intake("mat_named"));

        Assert.Equal(["From Kayse", "Intake"], (await _host.OnlyAsync("matters")).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!).Order());
        Assert.Equal("Intake by Kayse", Outbound.Text(await _host.OnlyAsync("notes"), "name"));
    }

    [Fact]
    public async Task A_contacts_note_can_be_written_by_its_type()
    {
        await _host.PatchLawmaticsAsync(new { settings = new { sync = new { contactNotesByType = true } } });

        await _host.SyncAsync(Outbound.Intake("mat_typed"));

        Assert.Single(await _host.LawmaticsRequestsAsync("createnote"));
        Assert.Equal(("contact", IdOf(await _host.OnlyAsync("contacts"))), (Outbound.Text(await _host.OnlyAsync("notes"), "on"), (await _host.OnlyAsync("notes")).GetProperty("onId").GetInt64().ToString()));
    }

    [Fact]
    public async Task Without_the_setting_no_document_is_fetched_or_uploaded()
    {
        var synced = await _host.SyncAsync(Outbound.Approved("mat_doc", "doc_plain", json => json["data"]!["document"]!["url"] = $"{_host.SandboxUrl}/files/rec.mp3"));

        Assert.DoesNotContain("documents", Outbound.Steps(synced), StringComparison.Ordinal);
        Assert.Empty(await _host.KeptAsync("files"));
        Assert.Empty(await _host.LawmaticsRequestsAsync("createfile"));
    }

    [Fact]
    public async Task Without_the_setting_no_document_is_uploaded_by_a_rerun_of_that_step_either()
    {
        var synced = await _host.SyncAsync(Outbound.Approved("mat_rerun", "doc_rerun", json => json["data"]!["document"]!["url"] = $"{_host.SandboxUrl}/files/rec.mp3"));
        using var answer = await _host.Http.PostAsJsonAsync($"/api/companies/demo/workflows/{Outbound.Text(synced.GetProperty("workflow"), "id")}/rerun", new { fromStep = "documents" });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());

        var again = await _host.SyncedAsync("mat_rerun", Outbound.Second);

        Assert.Contains("sync.uploadFiles is off", Outbound.Text(Outbound.Step(again, "documents"), "error"), StringComparison.Ordinal);
        Assert.Empty(await _host.KeptAsync("files"));
    }

    [Fact]
    public async Task The_log_has_a_bulk_syncs_start_and_end_with_its_numbers()
    {
        await _host.PatchLawmaticsAsync(new { toggles = new { autoSync = false } });
        await _host.WebhooksAnsweredAsync();
        await _host.SendAsync(Outbound.Intake("mat_many"));
        await _host.KnownAsync(Outbound.Intake("mat_many"));

        await _host.EndOfWorkflowAsync(await _host.StartByHandAsync(new { matters = "unlinked" }), Outbound.Second);

        Assert.Equal(("done", "Matters: unlinked."), Assert.Single(await _host.AuditAsync("bulk_sync_started")));
        // The demo firm has a case of Law Ruler's, which is passed by.
        Assert.Equal(("done", "Looked at 2: 1 done, 0 failed, 0 are tried again by themselves."), Assert.Single(await _host.AuditAsync("bulk_sync")));
    }

    [Theory]
    [InlineData("ContactInlineNote")]
    [InlineData("MatterNote")]
    [InlineData("Interaction")]
    public async Task What_the_firm_said_goes_out_by_no_way_of_telling_that_the_intake_is_complete(string mode)
    {
        await _host.PatchLawmaticsAsync(new { settings = new { sync = new { activityMode = mode } } });

        await _host.SyncAsync(Outbound.Intake("mat_mode"));

        using var all = await _host.Http.GetAsync($"{_host.SandboxUrl}/_sandbox/lawmatics");
        var kept = await all.Content.ReadAsStringAsync();
        Assert.Contains("Year of birth: 1980", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("closer look", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhooks_payload_is_in_the_log_and_in_its_export()
    {
        await _host.PatchLawmaticsAsync(new { settings = new { polling = new { enabled = false } } });
        await _host.InLawmaticsAsync("PUT", "webhook", new { url = _host.Url + LawmaticsWorld.Hook, events = "live", secret = LawmaticsWorld.Secret });
        using var saved = await _host.Http.PutAsync($"{LawmaticsHost.Base}/webhook-secret", new StringContent(JsonSerializer.Serialize(new { secret = LawmaticsWorld.Secret }), System.Text.Encoding.UTF8, "application/json"));
        saved.EnsureSuccessStatusCode();
        await _host.InLawmaticsAsync("POST", "webhook/send", new { eventType = "matter.converted", matterId = 456, eventId = "evt_payload_1" });

        await _host.EventuallyAsync(async () => (await LinesAsync()).Contains("evt_payload_1", StringComparison.Ordinal));
        using var csv = await _host.Http.GetAsync("/api/companies/demo/audit?crm=lawmatics&format=csv");
        Assert.Contains("evt_payload_1", await csv.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<string> LinesAsync() =>
        string.Join('\n', (await _host.GetJsonAsync("/api/companies/demo/audit?crm=lawmatics&limit=100")).GetProperty("items").EnumerateArray().Select(line => Outbound.Text(line, "payload")));

    private static string IdOf(JsonElement kept) => kept.GetProperty("id").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture);
}
