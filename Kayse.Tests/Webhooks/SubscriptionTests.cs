using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Events;
using Kayse.Core.Webhooks;

namespace Kayse.Tests.Webhooks;

public sealed class SubscriptionTests : IAsyncLifetime
{
    private WebhookFirm _firm = null!;

    public async Task InitializeAsync() => _firm = await WebhookFirm.StartAsync();

    public async Task DisposeAsync() => await _firm.DisposeAsync();

    [Fact]
    public async Task A_secret_of_32_random_bytes_is_shown_at_its_creation_and_never_again()
    {
        var created = await _firm.AddAsync("crm", new { appKey = "app-key-of-the-firm" });
        var secret = created.GetProperty("secret").GetString()!;

        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.Equal(32, Convert.FromBase64String(secret["whsec_".Length..]).Length);
        Assert.NotEqual(secret, (await _firm.AddAsync("crm")).GetProperty("secret").GetString());
        var id = created.GetProperty("id").GetString()!;
        foreach (var path in new[] { "webhooks", $"webhooks/{id}", "integrations", "audit" })
        {
            var text = await _firm.Http.GetStringAsync($"/api/companies/demo/{path}");
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain("app-key-of-the-firm", text, StringComparison.Ordinal);
        }

        Assert.True((await _firm.WebhookAsync(id)).GetProperty("hasAppKey").GetBoolean());
    }

    [Fact]
    public async Task Webhooks_are_listed_newest_first_page_by_page()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            _firm.Host.Clock.Advance(TimeSpan.FromMilliseconds(2));
            ids.Insert(0, await _firm.AddIdAsync($"r{i}"));
        }

        var seen = new List<string>();
        var next = "";
        do
        {
            var page = await _firm.Host.GetJsonAsync($"/api/companies/demo/webhooks?limit=2{next}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            next = page.GetProperty("next").GetString() is { } cursor ? $"&after={cursor}" : null;
        }
        while (next is not null);

        Assert.Equal(ids, seen);
    }

    [Theory]
    [InlineData("""{"name":"ab"}""", "name")]
    [InlineData("""{"name":"  ab  "}""", "name")]
    [InlineData("""{"name":5}""", "name")]
    [InlineData("""{"url":""}""", "url")]
    [InlineData("""{"url":"not an address"}""", "url")]
    [InlineData("""{"url":"https://user:pass@example.com/"}""", "url")]
    [InlineData("""{"events":["call_ended","call_exploded"]}""", "events[1]")]
    [InlineData("""{"events":"call_ended"}""", "events")]
    [InlineData("""{"events":[5]}""", "events[0]")]
    [InlineData("""{"caseTypes":[""]}""", "caseTypes[0]")]
    [InlineData("""{"events":["call_ended"],"campaigns":["a b"]}""", "campaigns[0]")]
    [InlineData("""{"campaigns":["42"]}""", "campaigns")]
    [InlineData("""{"events":["call_ended","message_sent"],"campaigns":["42"]}""", "campaigns")]
    [InlineData("""{"appKey":"two words"}""", "appKey")]
    [InlineData("""{"appKey":"line\nbreak"}""", "appKey")]
    [InlineData("""{"active":"yes"}""", "active")]
    [InlineData("""{"colour":"blue"}""", "colour")]
    [InlineData("""[]""", "body")]
    public async Task What_does_not_fit_is_refused_and_named_at_creation_and_at_a_change(string given, string field)
    {
        var id = await _firm.AddIdAsync("crm", new { events = new[] { "call_ended" } });
        var before = (await _firm.WebhookAsync(id)).ToString();
        var merged = JsonSerializer.Deserialize<JsonElement>(given) is { ValueKind: JsonValueKind.Object } changes ? JsonSerializer.SerializeToElement(_firm.Body("crm", changes)) : JsonSerializer.Deserialize<JsonElement>(given);
        var patch = field == "campaigns" && !given.Contains("events", StringComparison.Ordinal) ? """{"events":[],"campaigns":["42"]}""" : given;

        foreach (var answer in new[] { await _firm.PostAsync("/api/companies/demo/webhooks", merged), await _firm.PatchAsync(id, JsonSerializer.Deserialize<JsonElement>(patch)) })
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
        }

        Assert.Equal(before, (await _firm.WebhookAsync(id)).ToString());
        Assert.Single((await _firm.Host.GetJsonAsync("/api/companies/demo/webhooks")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_name_and_an_address_are_required()
    {
        using var answer = await _firm.PostAsync("/api/companies/demo/webhooks", new { });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(["name", "url"], (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task A_change_leaves_what_it_does_not_name()
    {
        var id = await _firm.AddIdAsync("crm", new { events = new[] { "call_ended" }, caseTypes = new[] { "Zantac" }, campaigns = new[] { "42" }, appKey = "k" });
        using var answer = await _firm.PatchAsync(id, new { name = "Renamed" });
        var after = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal("Renamed", after.GetProperty("name").GetString());
        Assert.Equal(_firm.Address("crm"), after.GetProperty("url").GetString());
        Assert.Equal("Zantac", after.GetProperty("caseTypes")[0].GetString());
        Assert.Equal("42", after.GetProperty("campaigns")[0].GetString());
        Assert.True(after.GetProperty("hasAppKey").GetBoolean());

        using var without = await _firm.PatchAsync(id, new { appKey = (string?)null });
        Assert.False((await without.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("hasAppKey").GetBoolean());
        await _firm.SendAsync("call_ended", new { campaign = new { id = "42" }, call = new { call_id = "c_1" } }, new { caseType = "zantac " });
        Assert.DoesNotContain("X-Public-Api-Key", (await _firm.ReceivedAsync("crm", 1))[0].GetProperty("headers").ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Within_a_campaign_the_filter_is_preset_and_call_events_must_be_chosen()
    {
        using var made = await _firm.PostAsync("/api/companies/demo/campaigns/42/webhooks", _firm.Body("crm", new { events = new[] { "call_ended" } }));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal("42", Assert.Single((await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("campaigns").EnumerateArray()).GetString());

        foreach (var (body, field) in new (object, string)[]
        {
            (_firm.Body("crm"), "campaigns"),
            (_firm.Body("crm", new { events = new[] { "message_sent" } }), "campaigns"),
            (_firm.Body("crm", new { events = new[] { "call_ended" }, campaigns = new[] { "43" } }), "campaigns"),
        })
        {
            using var answer = await _firm.PostAsync("/api/companies/demo/campaigns/42/webhooks", body);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(field, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_firm_has_fifty_webhooks_at_the_most()
    {
        for (var i = 0; i < Subscriptions.Max; i++)
        {
            await _firm.AddAsync($"r{i}");
        }

        using var answer = await _firm.PostAsync("/api/companies/demo/webhooks", _firm.Body("one-more"));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("Delete one", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_that_are_too_long_together_are_refused()
    {
        var long100 = Enumerable.Range(0, 100).Select(i => $"{i:d3} " + new string('x', 96)).ToList();
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 6; i++)
        {
            using var answer = await _firm.PostAsync("/api/companies/demo/webhooks", _firm.Body($"r{i}", new { caseTypes = long100 }));
            answers.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Conflict, HttpStatusCode.Conflict], answers);
    }

    [Fact]
    public async Task A_deleted_webhook_gets_nothing_and_its_secret_is_gone()
    {
        var id = await _firm.AddIdAsync("crm");
        using var deleted = await _firm.Http.DeleteAsync($"/api/companies/demo/webhooks/{id}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        var other = await _firm.AddIdAsync("other");
        await _firm.SendAsync();
        await _firm.DeliveriesAsync(other, "delivered", 1);

        Assert.Empty(await _firm.ReceivedAsync("crm"));
        Assert.Equal(HttpStatusCode.NotFound, (await _firm.Http.GetAsync($"/api/companies/demo/webhooks/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _firm.Http.DeleteAsync($"/api/companies/demo/webhooks/{id}")).StatusCode);
        Assert.DoesNotContain(
            await _firm.Host.Get<Kayse.Core.Storage.ISecretStore>().NamesAsync("demo--webhook--", CancellationToken.None), name => name.Contains(id.Replace('_', '-'), StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_rotation_both_secrets_sign_for_a_day()
    {
        var created = await _firm.AddAsync("crm");
        var (id, old) = (created.GetProperty("id").GetString()!, created.GetProperty("secret").GetString()!);
        using var answer = await _firm.PostAsync($"/api/companies/demo/webhooks/{id}/rotate-secret", new { });
        var rotated = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var current = rotated.GetProperty("secret").GetString()!;
        Assert.Equal(_firm.Host.Clock.GetUtcNow().AddHours(24), rotated.GetProperty("previousUntil").GetDateTimeOffset());

        await _firm.SendAsync();
        var request = (await _firm.ReceivedAsync("crm", 1))[0];
        AssertSigned(request, current, old);
        _firm.Host.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        await _firm.SendAsync();
        AssertSigned((await _firm.ReceivedAsync("crm", 2))[1], current, old);
        _firm.Host.Clock.Advance(TimeSpan.FromMinutes(2));
        await _firm.SendAsync();
        AssertSigned((await _firm.ReceivedAsync("crm", 3))[2], current, null);
    }

    [Fact]
    public async Task Each_type_that_is_documented_can_be_chosen()
    {
        Assert.Equal(18, SubscriptionRules.Types.Count);
        Assert.All(EventTypes.Known, type => Assert.Contains(type, SubscriptionRules.Types));
        await _firm.AddAsync("crm", new { events = SubscriptionRules.Types });
    }

    private static void AssertSigned(JsonElement request, string current, string? previous)
    {
        var headers = request.GetProperty("headers").EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase);
        var body = System.Text.Encoding.UTF8.GetBytes(request.GetProperty("body").GetString()!);
        var at = long.Parse(headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture);
        string?[] expected = [WebhookSignature.Standard(current, headers["webhook-id"], at, body), previous is null ? null : WebhookSignature.Standard(previous, headers["webhook-id"], at, body)];
        Assert.Equal(string.Join(' ', expected.OfType<string>()), headers["webhook-signature"]);
        Assert.Equal(WebhookSignature.Kayse(SignatureFormat.Hex, current, body, default), headers["X-Kayse-Signature"]);
        Assert.Equal(previous is null ? null : WebhookSignature.Kayse(SignatureFormat.Hex, previous, body, default), headers.GetValueOrDefault("X-Kayse-Signature-Previous"));
    }
}
