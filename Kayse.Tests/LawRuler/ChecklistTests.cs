using System.Net.Http.Json;
using System.Text.Json;

namespace Kayse.Tests.LawRuler;

/// <summary>The setup checklist: each step is done by what is there, not by a tick.</summary>
public sealed class ChecklistTests : IAsyncLifetime
{
    private const string Base = "/api/companies/fresh/integrations/lawruler";
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        await _host.OpenFirmAsync("fresh");
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_new_firm_has_four_steps_in_the_guides_order_and_the_parameters_alone_are_optional()
    {
        var steps = await StepsAsync();

        Assert.Equal(["webhook", "parameters", "caseTypes", "toggles"], steps.Select(step => step.GetProperty("step").GetString()));
        Assert.Equal([false, true, false, false], steps.Select(step => step.GetProperty("optional").GetBoolean()));
        // The toggles are on from the start.
        Assert.Equal([false, false, false, true], steps.Select(step => step.GetProperty("done").GetBoolean()));
    }

    [Fact]
    public async Task The_webhook_is_set_up_when_a_post_with_all_fields_has_come_and_a_refused_one_is_not_enough()
    {
        await PostAsync(WebhookHost.Fields("901", ("Contact ID", null)));
        Assert.False(await DoneAsync("webhook"));

        await PostAsync(WebhookHost.Fields("901"));
        Assert.True(await DoneAsync("webhook"));
        Assert.False(await DoneAsync("parameters"));

        await PostAsync(WebhookHost.Fields("901"), "&list_id=nowhere");
        Assert.True(await DoneAsync("parameters"));
    }

    [Fact]
    public async Task The_first_step_leads_to_the_firms_Law_Ruler_once_it_is_known()
    {
        Assert.Equal(JsonValueKind.Null, (await StepsAsync())[0].GetProperty("link").ValueKind);
        var demo = (await _host.GetJsonAsync("/api/companies/demo/integrations/lawruler")).GetProperty("checklist")[0];
        Assert.Equal("/lawruler/demo/", new Uri(demo.GetProperty("link").GetString()!).AbsolutePath);
    }

    [Fact]
    public async Task The_URL_comes_with_what_may_be_added_to_it()
    {
        var parameters = (await _host.GetJsonAsync($"{Base}/webhook-url")).GetProperty("parameters").EnumerateArray().Select(one => one.GetProperty("name").GetString());
        Assert.Equal(["list_id", "list_name", "list_action", "remove_from_list", "campaign_id"], parameters);
    }

    [Fact]
    public async Task Each_credential_says_what_it_is_and_where_it_is_found()
    {
        var texts = (await _host.GetJsonAsync(Base)).GetProperty("credentialDescriptions").EnumerateObject().ToList();
        Assert.Equal(["clientId", "clientRoot", "clientSecret", "key", "password", "username"], texts.Select(text => text.Name));
        Assert.All(texts, text => Assert.True(text.Value.GetString()!.Length > 15));
    }

    [Fact]
    public async Task An_auto_add_rule_that_is_on_is_routing_too()
    {
        using var made = await _host.Http.PostAsJsonAsync("/api/companies/fresh/lists", new { name = "Signed" });
        var list = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        using var off = await _host.Http.PutAsJsonAsync($"/api/companies/fresh/lists/{list}/auto-add", new { enabled = false });
        Assert.False(await DoneAsync("parameters"));

        using var on = await _host.Http.PutAsJsonAsync($"/api/companies/fresh/lists/{list}/auto-add", new { enabled = true });
        Assert.True(on.IsSuccessStatusCode, await on.Content.ReadAsStringAsync());
        Assert.True(await DoneAsync("parameters"));
    }

    [Fact]
    public async Task Case_types_are_done_with_the_first_link()
    {
        using var answer = await _host.Http.PutAsJsonAsync($"{Base}/case-types", new { entries = new[] { new { kayse = "Zantac", crm = "Zantac" } } });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());

        Assert.True(await DoneAsync("caseTypes"));
    }

    [Theory]
    [InlineData("enableIntegration", false)]
    [InlineData("receiveData", false)]
    [InlineData("sendData", false)]
    [InlineData("syncCaseStatuses", false)]
    [InlineData("sendMessages", true)]
    public async Task The_toggles_are_done_when_all_of_them_are_on_with_at_least_one_kind_of_data(string off, bool done)
    {
        using var answer = await _host.Http.PatchAsJsonAsync($"{Base}/settings", new { toggles = new Dictionary<string, bool> { [off] = false } });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal(done, await DoneAsync("toggles"));

        using var none = await _host.Http.PatchAsJsonAsync($"{Base}/settings", new { toggles = new { sendMappedFields = false, sendMessages = false, sendCallRecords = false, sendDocuments = false } });
        Assert.False(await DoneAsync("toggles"));
    }

    private async Task PostAsync(IDictionary<string, string> fields, string query = "")
    {
        var url = new Uri((await _host.GetJsonAsync($"{Base}/webhook-url")).GetProperty("url").GetString()!);
        using var client = _host.ClientWith(null);
        using var answer = await client.PostAsync(url.PathAndQuery + query, new FormUrlEncodedContent(fields));
    }

    private async Task<bool> DoneAsync(string step) => (await StepsAsync()).Single(one => one.GetProperty("step").GetString() == step).GetProperty("done").GetBoolean();

    private async Task<IReadOnlyList<JsonElement>> StepsAsync() => [.. (await _host.GetJsonAsync(Base)).GetProperty("checklist").EnumerateArray()];
}
