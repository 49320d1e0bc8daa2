using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Sync;

namespace Kayse.Tests.LawRuler;

/// <summary>A host for the tests of a class that post webhooks; each uses leads of its own.</summary>
public sealed class WebhookHost : IAsyncLifetime
{
    public static readonly CompanyId Demo = CompanyId.Parse("demo");

    private static int s_lastLead = 800_000;

    public TestHost Host { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await TestHost.StartAsync();

        // The demo firm's lead comes by the webhook, in the background; what a test sends is younger.
        await Host.WebhooksAnsweredAsync();
        Host.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>A Lead ID that no other test has.</summary>
    public static string NewLead() => Interlocked.Increment(ref s_lastLead).ToString(CultureInfo.InvariantCulture);

    /// <summary>The fields that the guide asks for, with others laid over them; null takes one out.</summary>
    public static IDictionary<string, string> Fields(string lead, params (string Name, string? Value)[] changes)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Lead ID"] = lead,
            ["Contact ID"] = $"c{lead}",
            ["First Name"] = "Ana",
            ["Last Name"] = "Ruiz",
            ["Email"] = "ana@example.com",
            ["Case Type"] = "Zantac",
            ["Status"] = "New Lead",
        };
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                fields.Remove(name);
            }
            else
            {
                fields[name] = value;
            }
        }

        return fields;
    }

    public Task<WebhookReply> PostAsync(IDictionary<string, string> fields, string query = "") => PostAsync(new FormUrlEncodedContent(fields), query);

    /// <summary>Posts a lead with the fields of the guide and some changes.</summary>
    public Task<WebhookReply> PostAsync(string lead, params (string Name, string? Value)[] changes) => PostAsync(Fields(lead, changes));

    public async Task<WebhookReply> PostAsync(HttpContent? content, string query = "", string token = TestHost.WebhookToken, string company = "demo", (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/webhooks/lawruler/{company}?token={Uri.EscapeDataString(token)}{query}") { Content = content };
        if (header is { } given)
        {
            request.Headers.Add(given.Name, given.Value);
        }

        using var client = Host.ClientWith(null);
        using var answer = await client.SendAsync(request);
        return new WebhookReply((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public Task<Case?> CaseAsync(string lead) => Host.Get<CaseStore>().FindAsync(Demo, "lawruler", lead, default);

    public async Task<Client> ClientAsync(string lead) => (await Host.Get<CaseStore>().FindAsync(Demo, (await CaseAsync(lead))!.ClientId, default))!;

    /// <summary>The statuses and origins of the stored <c>case_status_changed</c> of a lead, in order.</summary>
    public async Task<IReadOnlyList<string>> StatusEventsAsync(string lead)
    {
        var found = new List<(string Id, string Text)>();
        foreach (var partition in Partitions.All(Demo))
        {
            var page = await Host.Get<IEntityStore>().QueryAsync(Tables.Events, partition, new RowRange(), 1000, default);
            foreach (var row in page.Rows)
            {
                var stored = JsonSerializer.Deserialize<JsonElement>(row.Json.Span);
                var envelope = stored.GetProperty("envelope");
                if (stored.GetProperty("type").GetString() == "case_status_changed" && envelope.GetProperty("case").GetProperty("externalSourceId").GetString() == lead)
                {
                    var data = envelope.GetProperty("data");
                    found.Add((row.Row, $"{data.GetProperty("status").GetString()} by {data.GetProperty("origin").GetString()}"));
                }
            }
        }

        return [.. found.OrderBy(one => one.Id.Length).ThenBy(one => one.Id, StringComparer.Ordinal).Select(one => one.Text)];
    }

    /// <summary>The newest inbound requests.</summary>
    public async Task<IReadOnlyList<InboundRequest>> InboundAsync(int limit = 100) => (await Host.Get<InboundLog>().ListAsync(Demo, null, limit, default)).Items;

    /// <summary>The newest inbound request whose fields hold a text.</summary>
    public async Task<InboundRequest> InboundOfAsync(string text) =>
        (await InboundAsync()).First(request => request.Fields?.Any(field => field.Value == text) == true);

    /// <summary>The details of the newest lines of the audit log with an outcome.</summary>
    public async Task<IReadOnlyList<string?>> AuditAsync(string outcome) =>
        [.. (await Host.Get<AuditLog>().ListAsync(Demo, null, 200, default)).Items.Where(line => line.Outcome == outcome).Select(line => line.Detail)];

    public async Task<WebhookReply> ReprocessAsync(string id)
    {
        using var answer = await Host.Http.PostAsync($"/api/companies/demo/inbound/{id}/reprocess", null);
        return new WebhookReply((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public Task SetWebhookAsync(object settings) => Host.PatchSettingsAsync(new { settings = new { webhook = settings } });
}

/// <summary>What the webhook answered.</summary>
public sealed record WebhookReply(int Status, JsonElement Json)
{
    public string? Result => Json.TryGetProperty("result", out var result) ? result.GetString() : null;

    public IReadOnlyList<string?> Warnings => [.. Json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString())];

    public IReadOnlyList<string?> ErrorFields => [.. Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString())];
}
