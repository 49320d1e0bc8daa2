using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Sync;

namespace Kayse.Tests.LawRuler;

/// <summary>What comes by the sync and by the webhook about one lead: the newest counts, one person is one client, and a list that was left stays left.</summary>
public sealed class LeadNewsTests : IAsyncLifetime
{
    private SyncHost _at = null!;

    public async Task InitializeAsync() => _at = await SyncHost.StartAsync();

    public async Task DisposeAsync() => await _at.DisposeAsync();

    [Fact]
    public async Task A_case_that_a_post_took_off_a_list_is_not_put_back_by_the_sync_of_the_same_change()
    {
        var list = await ListAsync(new { enabled = true, statuses = new[] { "Approved" } });
        await _at.LeadsAsync(886001, 1);
        await _at.RunAsync();
        await _at.ChangeLeadAsync(886001, new { status = "Approved" });
        await PostAsync(886001, $"&list_id={list}&list_action=remove", ("Status", "Approved"), ("Last Name", "Ruiz886001"));

        await _at.RunAsync();
        await SyncCaseAsync(886001);
        Assert.False(await IsOnAsync(list, 886001));

        // A later change that matches is another matter.
        await _at.ChangeLeadAsync(886001, new { status = "New Lead" });
        await _at.RunAsync();
        await _at.ChangeLeadAsync(886001, new { status = "Approved" });
        await _at.RunAsync();
        Assert.True(await IsOnAsync(list, 886001));
    }

    [Fact]
    public async Task A_case_that_was_taken_off_by_hand_is_not_put_back_by_a_sync_that_changes_nothing_and_is_by_a_change()
    {
        var list = await ListAsync(new { enabled = true });
        await _at.LeadsAsync(886011, 1, new { caseType = "Zantac", fields = new { FirstName = "Ana", CellPhone = "5055550142" } });
        await _at.RunAsync();
        Assert.True(await IsOnAsync(list, 886011));
        await _at.Host.Get<CaseLists>().RemoveAsync(SyncHost.Demo, list, (await _at.CaseAsync(886011))!.Id, default);

        await _at.RunAsync();
        Assert.False(await IsOnAsync(list, 886011));

        await _at.ChangeLeadAsync(886011, new { fields = new { CellPhone = "5055550143" } });
        await _at.RunAsync();
        Assert.True(await IsOnAsync(list, 886011));
    }

    [Fact]
    public async Task Data_that_was_asked_for_before_a_post_came_overwrites_nothing_of_it_and_fills_in_blanks()
    {
        await PostAsync(886021, "", ("Phone", "5055550142"));
        var asked = _at.Host.Clock.GetUtcNow();
        _at.Host.Clock.Advance(TimeSpan.FromSeconds(5));
        await PostAsync(886021, "", ("Phone", "5055550143"), ("Case Type", "INNO MVA"));

        var page = Post(("Lead ID", "886021"), ("Phone", "5055550142"), ("Case Type", "Zantac"), ("City", "Santa Fe"), ("Description", "Old."));
        await _at.Host.Get<LeadUpsert>().ApplyAsync(SyncHost.Demo, LeadId.Parse("886021"), page, new LawRulerSettings(), LeadWrite.OfSync(asked), default);

        var matter = (await _at.CaseAsync(886021))!;
        var client = await ClientAsync(matter);
        Assert.Equal(("+15055550143", "Santa Fe", "INNO MVA", "Old."), (client.Phone, client.City, matter.CaseType, matter.Description));
        _at.Host.Clock.Advance(TimeSpan.FromSeconds(5));
        await _at.Host.Get<LeadUpsert>().ApplyAsync(SyncHost.Demo, LeadId.Parse("886021"), page, new LawRulerSettings(), LeadWrite.OfSync(_at.Host.Clock.GetUtcNow()), default);
        Assert.Equal("+15055550142", (await ClientAsync(matter)).Phone);
    }

    [Fact]
    public async Task The_client_that_came_with_the_sync_is_the_contact_that_the_webhook_names_later()
    {
        await _at.LeadsAsync(886031, 1);
        await _at.RunAsync();
        var before = (await _at.CaseAsync(886031))!;

        await PostAsync(886031, "", ("Contact ID", "c31"));

        var after = (await _at.CaseAsync(886031))!;
        Assert.Equal((before.ClientId, "c31"), (after.ClientId, (await ClientAsync(after)).ExternalSourceId));
        await PostAsync(886032, "", ("Contact ID", "c31"));
        Assert.Equal(before.ClientId, (await _at.CaseAsync(886032))!.ClientId);
    }

    [Fact]
    public async Task A_client_of_the_syncs_own_goes_when_its_case_turns_out_to_be_a_known_contacts()
    {
        await PostAsync(886041, "", ("Contact ID", "c41"));
        await _at.LeadsAsync(886042, 1);
        await _at.RunAsync();
        var own = (await _at.CaseAsync(886042))!.ClientId;

        await PostAsync(886042, "", ("Contact ID", "c41"));

        Assert.Equal((await _at.CaseAsync(886041))!.ClientId, (await _at.CaseAsync(886042))!.ClientId);
        Assert.Null(await _at.Host.Get<CaseStore>().FindAsync(SyncHost.Demo, own, default));
    }

    [Fact]
    public async Task The_ids_that_the_lists_items_have_are_read_so_that_two_leads_of_one_contact_have_one_client()
    {
        await Chain.PortalAsync(_at.Host, new { options = new { leadIds = true } });
        await _at.LeadsAsync(886051, 2, new { contactId = 4711, caseType = "INNO MVA", status = "Approved", fields = new { FirstName = "Ana" } });

        await _at.RunAsync();

        var (one, other) = ((await _at.CaseAsync(886051))!, (await _at.CaseAsync(886052))!);
        Assert.Equal((one.ClientId, "222"), (other.ClientId, one.CaseTypeId));
        Assert.NotNull(one.StatusId);
        Assert.Equal("4711", (await ClientAsync(one)).ExternalSourceId);
    }

    [Fact]
    public async Task Synchronising_a_case_reads_what_the_leads_detail_tells_of_its_fields()
    {
        await _at.LeadsAsync(886061, 1, new
        {
            caseType = "Zantac",
            fields = new { FirstName = "Ana", Address1 = "12 Cañon Road", City = "Santa Fe", State = "NM", Zip = "87501", DOB = "4/1/1980", Summary = "Took it for years.", TimeZone = "America/Denver" },
            customFields = new { Custom77 = "Ranitidine", list_id = "list_x" },
        });
        await _at.RunAsync();

        await SyncCaseAsync(886061);

        var matter = (await _at.CaseAsync(886061))!;
        var client = await ClientAsync(matter);
        Assert.Equal(("12 Cañon Road", "Santa Fe", "NM", "87501", new DateOnly(1980, 4, 1)), (client.Address, client.City, client.State, client.Zip, client.DateOfBirth));
        Assert.Equal(("America/Denver", "Took it for years.", "Ranitidine"), (client.TimeZone, matter.Description, matter.Fields.Values["custom77"]));
    }

    [Fact]
    public async Task A_webhooks_address_and_time_zone_land_on_the_client()
    {
        await PostAsync(886071, "", ("Address", "12 Cañon Road"), ("City", "Santa Fe"), ("State", "NM"), ("Zip", "87501"), ("Time Zone", "America/Denver"));

        var client = await ClientAsync((await _at.CaseAsync(886071))!);
        Assert.Equal(("12 Cañon Road", "Santa Fe", "NM", "87501", "America/Denver"), (client.Address, client.City, client.State, client.Zip, client.TimeZone));
    }

    private static LeadPost Post(params (string Name, string Value)[] fields) =>
        LeadPost.Read([.. fields.Select(field => new InboundField(field.Name, field.Value, FromUrl: false))], new LawRulerWebhookSettings());

    private async Task<Client> ClientAsync(Case matter) => (await _at.Host.Get<CaseStore>().FindAsync(SyncHost.Demo, matter.ClientId, default))!;

    private async Task SyncCaseAsync(long lead) => Assert.Equal("done", Deliveries.Step(await Deliveries.SyncAsync(_at.Host, (await _at.CaseAsync(lead))!.Id.ToString())).State);

    private async Task PostAsync(long lead, string query, params (string Name, string? Value)[] changes)
    {
        using var client = _at.Host.ClientWith(null);
        using var answer = await client.PostAsync($"/api/webhooks/lawruler/demo?token={TestHost.WebhookToken}{query}", new FormUrlEncodedContent(WebhookHost.Fields($"{lead}", changes)));
        answer.EnsureSuccessStatusCode();
    }

    private async Task<string> ListAsync(object rule)
    {
        using var made = await _at.Host.Http.PostAsJsonAsync("/api/companies/demo/lists", new { name = $"List {Guid.NewGuid():N}" });
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        using var set = await _at.Host.Http.PutAsJsonAsync($"/api/companies/demo/lists/{id}/auto-add", rule);
        set.EnsureSuccessStatusCode();
        return id;
    }

    private async Task<bool> IsOnAsync(string list, long lead) => await _at.Host.Get<CaseLists>().ContainsAsync(SyncHost.Demo, list, (await _at.CaseAsync(lead))!.Id, default);
}
