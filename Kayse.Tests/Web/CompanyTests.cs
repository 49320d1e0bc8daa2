using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Web;

public sealed class CompanyTests(TwoFirms firms) : IClassFixture<TwoFirms>
{
    private readonly TestHost _host = firms.Host;

    [Fact]
    public async Task A_firm_is_opened_once_and_can_be_changed()
    {
        using var opened = await _host.Http.PostAsJsonAsync("/api/companies", new { id = "firm1", name = " Firm One ", timeZone = "America/Chicago" });
        Assert.Equal(HttpStatusCode.Created, opened.StatusCode);
        Assert.Equal("/api/companies/firm1", opened.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.Conflict, (await _host.Http.PostAsJsonAsync("/api/companies", new { id = "firm1", name = "Again", timeZone = "America/Chicago" })).StatusCode);

        using var changed = await _host.Http.PatchAsJsonAsync("/api/companies/firm1", new { timeZone = "America/Denver" });
        var firm = await changed.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(("Firm One", "America/Denver"), (firm.GetProperty("name").GetString(), firm.GetProperty("timeZone").GetString()));
        Assert.Equal(firm.GetRawText(), (await _host.GetJsonAsync("/api/companies/firm1")).GetRawText());
    }

    [Theory]
    [InlineData("""{"id":"kayse","name":"N","timeZone":"UTC"}""", "id")]
    [InlineData("""{"id":"healthz","name":"N","timeZone":"UTC"}""", "id")]
    [InlineData("""{"id":"Demo","name":"N","timeZone":"UTC"}""", "id")]
    [InlineData("""{"id":"a-b","name":"N","timeZone":"UTC"}""", "id")]
    [InlineData("""{"id":"","name":"N","timeZone":"UTC"}""", "id")]
    [InlineData("""{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","name":"N","timeZone":"UTC"}""", "id")]
    [InlineData("""{"name":"N","timeZone":"UTC"}""", "id")]
    [InlineData("""{"id":"firm9","name":" ","timeZone":"UTC"}""", "name")]
    [InlineData("""{"id":"firm9","timeZone":"UTC"}""", "name")]
    [InlineData("""{"id":"firm9","name":5,"timeZone":"UTC"}""", "name")]
    [InlineData("""{"id":"firm9","name":"N","timeZone":"Mars/Base"}""", "timeZone")]
    [InlineData("""{"id":"firm9","name":"N"}""", "timeZone")]
    [InlineData("""[]""", "body")]
    [InlineData("""null""", "body")]
    [InlineData("""{"id":""", "id")]
    [InlineData("", "body")]
    [InlineData("""{"name":"\ud800"}""", "name")]
    public async Task A_firm_that_is_not_right_is_refused_by_field(string body, string field)
    {
        using var answer = await _host.Http.PostAsync("/api/companies", new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, await FieldsAsync(answer));
    }

    [Fact]
    public async Task A_key_is_shown_once_and_ends_when_it_is_revoked()
    {
        using var issued = await _host.Http.PostAsJsonAsync("/api/companies/demo2/keys", new { name = "Console", role = "viewer" });
        Assert.Equal(HttpStatusCode.Created, issued.StatusCode);
        var key = await issued.Content.ReadFromJsonAsync<JsonElement>();
        var text = key.GetProperty("key").GetString()!;
        using var client = _host.ClientWith(text);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/companies/demo2/cases")).StatusCode);

        var listed = (await _host.GetJsonAsync("/api/companies/demo2/keys")).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("id").GetString() == key.GetProperty("id").GetString());
        Assert.Equal(["id", "name", "role", "lastFour", "createdAt"], listed.EnumerateObject().Select(property => property.Name));
        Assert.Equal(text[^4..], listed.GetProperty("lastFour").GetString());

        var address = $"/api/companies/demo2/keys/{key.GetProperty("id").GetString()}";
        Assert.Equal(HttpStatusCode.NoContent, (await _host.Http.DeleteAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Http.DeleteAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/companies/demo2/cases")).StatusCode);
    }

    [Fact]
    public async Task A_firms_key_cannot_be_revoked_under_another_firm()
    {
        var own = (await _host.GetJsonAsync("/api/companies/demo2/keys")).GetProperty("items")[0].GetProperty("id").GetString();

        Assert.Equal(HttpStatusCode.NotFound, (await _host.Http.DeleteAsync($"/api/companies/demo/keys/{own}")).StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"N","role":"operator"}""", "role")]
    [InlineData("""{"name":"N","role":1}""", "role")]
    [InlineData("""{"name":"N","role":99}""", "role")]
    [InlineData("""{"name":"N","role":"1"}""", "role")]
    [InlineData("""{"name":"N","role":"viewer, admin"}""", "role")]
    [InlineData("""{"name":"N"}""", "role")]
    [InlineData("""{"role":"viewer"}""", "name")]
    public async Task A_key_of_no_known_role_or_without_a_name_is_refused(string body, string field)
    {
        using var answer = await _host.Http.PostAsync("/api/companies/demo2/keys", new StringContent(body));

        Assert.Equal((HttpStatusCode.BadRequest, field), (answer.StatusCode, Assert.Single(await FieldsAsync(answer))));
    }

    internal static async Task<IReadOnlyList<string>> FieldsAsync(HttpResponseMessage answer) =>
    [
        .. (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()!),
    ];
}

public sealed class EraseTests
{
    [Fact]
    public async Task Erasing_a_firm_leaves_nothing_of_it_and_everything_of_another_whose_id_begins_alike()
    {
        await using var host = await TestHost.StartAsync();
        await host.OpenFirmAsync("demo2");
        var key = await host.KeyAsync("demo2", "admin");
        using var admin = host.ClientWith(key);
        var url = (await admin.GetFromJsonAsync<JsonElement>("/api/companies/demo2/integrations/lawruler/webhook-url")).GetProperty("url").GetString();
        var text = new string('x', 40_000);
        Assert.Equal(HttpStatusCode.OK, (await admin.PostAsync(url, Lead("9001", text))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Http.PostAsync($"/api/webhooks/lawruler/demo?token={TestHost.WebhookToken}", Lead("9002", text))).StatusCode);
        await host.SendAsync(Samples.CallAnalyzed(host));
        await host.EndOfWorkflowAsync("postcall.call_9f2", TimeSpan.FromSeconds(1));

        using var answer = await host.Http.DeleteAsync("/api/companies/demo");
        var erased = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.All(new[] { "rows", "blobs", "secrets", "workflows" }, count => Assert.True(erased.GetProperty(count).GetInt32() > 0, $"{count}: {erased}"));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync("/api/companies/demo")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Http.PostAsync($"/api/webhooks/lawruler/demo?token={TestHost.WebhookToken}", Lead("9002", "x"))).StatusCode);
        Assert.Equal(1, (await admin.GetFromJsonAsync<JsonElement>("/api/companies/demo2/cases")).GetProperty("items").GetArrayLength());
        Assert.Equal(url, (await admin.GetFromJsonAsync<JsonElement>("/api/companies/demo2/integrations/lawruler/webhook-url")).GetProperty("url").GetString());
        var inbound = (await admin.GetFromJsonAsync<JsonElement>("/api/companies/demo2/inbound")).GetProperty("items")[0].GetProperty("id").GetString();
        Assert.Equal(5, (await admin.GetFromJsonAsync<JsonElement>($"/api/companies/demo2/inbound/{inbound}")).GetProperty("fields").GetArrayLength() - 3);
        await AssertNothingIsLeftAsync(host);
    }

    private static async Task AssertNothingIsLeftAsync(TestHost host)
    {
        await host.OpenFirmAsync("demo");
        foreach (var list in new[] { "cases", "clients", "campaigns", "lists", "audit", "inbound", "workflows", "keys" })
        {
            Assert.Equal((list, 0), (list, (await host.GetJsonAsync($"/api/companies/demo/{list}")).GetProperty("items").GetArrayLength()));
        }

        Assert.False((await host.GetJsonAsync("/api/companies/demo/integrations/lawruler")).GetProperty("connected").GetBoolean());
        Assert.Empty(Directory.Exists(Path.Combine(host.Data, "blobs", "demo")) ? Directory.EnumerateFiles(Path.Combine(host.Data, "blobs", "demo"), "*", SearchOption.AllDirectories) : []);
    }

    private static FormUrlEncodedContent Lead(string id, string description) => new(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Lead ID"] = id,
        ["Contact ID"] = id,
        ["First Name"] = "Ada",
        ["Last Name"] = "Example",
        ["Email"] = "ada@example.com",
        ["Case Type"] = "Zantac",
        ["Status"] = "New Lead",
        ["Description"] = description,
    });
}
