using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Storage;
using Kayse.Sandbox;
using Kayse.Standalone.Storage;
using Kayse.Tests.LawRuler;
using Microsoft.Data.Sqlite;

namespace Kayse.Tests.Web;

/// <summary>
/// A day of a firm's with everything that goes wrong on it, every line of it full of personal data, and the log at its finest level: posts and refused posts, a chain
/// with faults, right and wrong credentials, requests that are none.
/// </summary>
public sealed class PrivacyRun : IAsyncLifetime
{
    private const string HeaderValue = "header-value-of-the-tests";
    private const string WrongPassword = "wrong-password-of-the-tests";
    private const string AppKey = "app-key-of-the-tests";

    private static readonly Dictionary<string, string?> s_finest = new(StringComparer.Ordinal)
    {
        ["Logging:LogLevel:Default"] = "Trace",
        ["Logging:LogLevel:Microsoft"] = "Trace",
        ["Logging:LogLevel:System"] = "Trace",
        ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "Trace",
        ["Logging:LogLevel:Microsoft.AspNetCore.Server.Kestrel"] = "Trace",
    };

    /// <summary>The persons' data of the run.</summary>
    public static IReadOnlyList<string> Personal { get; } =
    [
        "Zebulona", "Quixworth", "zebulona@example.com", "5055550142", "(505) 555-0142", "505-555-0142", "1980-04-03", "04/03/1980", "12 Nowhere Lane", "allergic to walnuts", "walnut settlement", "Tilda",
    ];

    public TestHost Host { get; private set; } = null!;

    /// <summary>What must never be seen again once it was given or shown.</summary>
    public ICollection<string> Secrets { get; } = new List<string> { TestHost.OperatorKey, TestHost.WebhookToken, SandboxDefaults.Password, SandboxDefaults.ClientSecret, SandboxDefaults.Key, HeaderValue, WrongPassword, AppKey };

    public async Task InitializeAsync()
    {
        Host = await TestHost.StartAsync(s_finest);
        Secrets.Add(await Host.KeyAsync("demo", "admin"));
        Secrets.Add(await Host.KeyAsync("demo", "platform"));
        await PostLeadsAsync();
        await SendBadRequestsAsync();
        await ConnectAsync();
        await AddWebhooksAsync();
        await RunChainAsync();
        await SendMessageAndDocumentAsync();
        await SyncAsync();
        await RunWebhooksAsync();
        await PauseAsync();
        Secrets.Add(JsonDocument.Parse((await Host.Get<ISecretStore>().GetAsync("demo--lawruler--token", null, CancellationToken.None))!.Value).RootElement.GetProperty("text").GetString()!);
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>Every cell of the tables that hold no records but work: workflows, queue, and the rows of some kinds.</summary>
    public IReadOnlyList<string> WorkCells()
    {
        SystemSqlite.Use();
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Host.Data, "kayse.db")};Pooling=False;Mode=ReadOnly");
        connection.Open();
        string[] queries =
        [
            "SELECT * FROM wf_instance", "SELECT * FROM wf_turn", "SELECT * FROM wf_event", "SELECT * FROM wf_work", "SELECT * FROM wf_timer", "SELECT * FROM message", "SELECT * FROM dead_letter",
            "SELECT * FROM entity WHERE tbl IN ('pending', 'workflows', 'effects', 'limits', 'apikeys', 'companies', 'integrations')",
        ];
        return [.. queries.SelectMany(query => Cells(connection, query))];
    }

    private static List<string> Cells(SqliteConnection connection, string query)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this class only.
        command.CommandText = query;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var cells = new List<string>();
        while (reader.Read())
        {
            cells.AddRange(Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is byte[] bytes ? Encoding.UTF8.GetString(bytes) : reader.GetValue(i).ToString() ?? string.Empty));
        }

        return cells;
    }

    private static Dictionary<string, string> Lead(string id) => new(StringComparer.Ordinal)
    {
        ["Lead ID"] = id,
        ["Contact ID"] = id,
        ["First Name"] = "Zebulona",
        ["Last Name"] = "Quixworth",
        ["Email"] = "zebulona@example.com",
        ["Phone"] = "(505) 555-0142",
        ["Case Type"] = "Zantac",
        ["Status"] = "New Lead",
        ["Description"] = "She is allergic to walnuts.",
        ["Street"] = "12 Nowhere Lane",
        ["DOB"] = "04/03/1980",
        ["Remark"] = "walnut settlement",
    };

    private async Task PostLeadsAsync()
    {
        var url = $"/api/webhooks/lawruler/demo?token={TestHost.WebhookToken}";
        Assert.Equal(HttpStatusCode.OK, await PostAsync(url, new FormUrlEncodedContent(Lead("711551"))));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(url, JsonContent.Create(Lead("711552"))));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(url, new FormUrlEncodedContent(Lead("711553").Where(field => field.Key != "Status"))));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(url, new StringContent("{\"First Name\":\"Zebulona Quixworth\",", Encoding.UTF8, "application/json")));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync("/api/webhooks/lawruler/demo?token=stale-token-Quixworth", new FormUrlEncodedContent(Lead("711554"))));
        Assert.Equal(HttpStatusCode.OK, await PostAsync($"{url}&First%20Name=Zebulona&Email=zebulona@example.com", new FormUrlEncodedContent(Lead("711555"))));
    }

    private async Task SendBadRequestsAsync()
    {
        await Host.Http.GetAsync("/api/companies/demo/cases/Zebulona%20Quixworth?limit=zebulona@example.com&after=5055550142");
        await Host.Http.GetAsync("/api/companies/Quixworth/cases?name=Zebulona");
        await Host.Http.GetAsync($"/Zebulona/Quixworth?token={TestHost.WebhookToken}");
        await PostAsync("/api/events", new StringContent("[{\"id\":\"Zebulona Quixworth\"},", Encoding.UTF8, "application/json"));
        await PostAsync("/api/events", JsonContent.Create(new { id = "Zebulona Quixworth", type = "Tilda", data = 5 }));
        await PostAsync("/api/companies", JsonContent.Create(new { id = "Quixworth", name = 5, timeZone = "zebulona@example.com" }));
        await Host.Http.PatchAsJsonAsync("/api/companies/demo/integrations/lawruler/settings", new { settings = new { tags = new[] { "Zebulona" }, Quixworth = 1 } });
        using var stranger = Host.ClientWith("Zebulona-Quixworth-is-no-key");
        await stranger.GetAsync("/api/companies/demo/cases");
    }

    private async Task SyncAsync()
    {
        Assert.Equal(HttpStatusCode.Created, await PostAsync($"{Host.SandboxUrl}/_sandbox/lawruler/demo/leads/711551/notes", JsonContent.Create(new { title = "Zebulona Quixworth", text = "She is allergic to walnuts: 12 Nowhere Lane.", count = 3 })));
        using var asked = await Host.Http.PostAsync("/api/companies/demo/integrations/lawruler/sync", null);
        await Host.EndOfWorkflowAsync((await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!, TimeSpan.FromSeconds(1));
    }

    private async Task ConnectAsync()
    {
        const string route = "/api/companies/demo/integrations/lawruler";
        var right = new { username = SandboxDefaults.Username, password = SandboxDefaults.Password, clientRoot = SandboxDefaults.Root, clientSecret = SandboxDefaults.ClientSecret, key = SandboxDefaults.Key };
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostAsync($"{route}/connect", JsonContent.Create(right with { password = WrongPassword })));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostAsync($"{route}/connect", JsonContent.Create(right with { key = WrongPassword })));
        Assert.Equal(HttpStatusCode.OK, await PostAsync($"{route}/connect", JsonContent.Create(right)));
        using var rotated = await Host.Http.PostAsync($"{route}/webhook-url/rotate", null);
        Secrets.Add((await rotated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url").GetString()!.Split("token=")[1]);
        Assert.True((await Host.Http.PutAsJsonAsync($"{route}/webhook-header", new { name = "X-Firm", value = HeaderValue })).IsSuccessStatusCode);
    }

    /// <summary>The webhooks: one that answers with personal data, one that is not there, one that is switched off.</summary>
    public IReadOnlyList<string> Webhooks { get; private set; } = [];

    private async Task AddWebhooksAsync()
    {
        const string route = "/api/companies/demo/webhooks";
        var webhooks = new List<string>();
        foreach (var (url, active) in new[] { ($"{Host.SandboxUrl}/receiver/crm?token=stale-token-Quixworth", true), ("http://localhost:1/Zebulona?token=stale-token-Quixworth", true), ($"{Host.SandboxUrl}/receiver/off", false) })
        {
            using var answer = await Host.Http.PostAsJsonAsync(route, new { name = "Zebulona Quixworth's intake", url, active, appKey = AppKey });
            var created = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Secrets.Add(created.GetProperty("secret").GetString()!);
            webhooks.Add(created.GetProperty("id").GetString()!);
        }

        using var rotated = await Host.Http.PostAsJsonAsync($"{route}/{webhooks[0]}/rotate-secret", new { });
        Secrets.Add((await rotated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!);
        await Host.Http.PutAsJsonAsync($"{Host.SandboxUrl}/_sandbox/receiver/crm", new { status = 200, sequence = new[] { new { status = 500, body = "Zebulona Quixworth is not known here." } } });
        await PostAsync(route, JsonContent.Create(new { name = "Quixworth", url = "https://Zebulona:Quixworth@127.0.0.1/", appKey = "Tilda Quixworth" }));
        Webhooks = webhooks;
    }

    private async Task RunWebhooksAsync()
    {
        await Host.EventuallyAsync(
            async () => (await Host.GetJsonAsync($"/api/companies/demo/webhooks/{Webhooks[0]}/deliveries?state=delivered")).GetProperty("items").GetArrayLength() >= 3, TimeSpan.FromSeconds(2));
        await PostAsync($"/api/companies/demo/webhooks/{Webhooks[2]}/test", JsonContent.Create(new { type = "call_analyzed" }));
        await PostAsync($"/api/companies/demo/webhooks/{Webhooks[0]}/test", JsonContent.Create(new { type = "Quixworth" }));
    }

    private async Task RunChainAsync()
    {
        foreach (var (operation, kind, applied) in new[]
        {
            ("campaign", "500", "no"), ("campaign", "html200", "before"), ("addnote", "truncated", "before"), ("addnote", "reset", "no"), ("upload", "empty200", "before"), ("upload", "429", "no"), ("token", "401", "no"),
        })
        {
            await Host.FaultAsync(new { system = "lawruler", operation, kind, count = 1, applied });
        }

        await Host.SendAsync(Call("call_analyzed", "call_9f2"));
        // Nothing is at this address: the fault is inside.
        await Host.SendAsync(Call("call_analyzed", "call_lost", call => call["recording_url"] = "http://localhost:1/Zebulona-Quixworth.mp3"));
        await Host.EndOfWorkflowAsync("postcall.call_9f2", TimeSpan.FromSeconds(2));
        await Host.SendAsync(Call("call_ended", "call_waits"));
    }

    private async Task SendMessageAndDocumentAsync()
    {
        await Host.SendAsync(Deliveries.Message("msg_private", 711551, json => json["data"]!["message"]!["text"] = "Zebulona Quixworth is allergic to walnuts: zebulona@example.com"));
        await Host.SendAsync(Deliveries.Message("msg_lost", 711559, json => json["data"]!["message"]!["subject"] = "walnut settlement"));
        await Deliveries.ServeAsync(Host, "doc_private", 200);
        await Host.SendAsync(Deliveries.Document(Host, "doc_private", 711551, "Zebulona Quixworth.csv"));
        await Host.SendAsync(Deliveries.Document(Host, "doc_refused", 711551, "Zebulona Quixworth \u6587.pdf"));
        foreach (var id in new[] { "message.msg_private", "message.msg_lost", "document.doc_private", "document.doc_refused" })
        {
            await Host.EndOfWorkflowAsync(id, TimeSpan.FromSeconds(2));
        }
    }

    private async Task PauseAsync()
    {
        await Host.PatchSettingsAsync(new { toggles = new { enableIntegration = false } });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/webhooks/lawruler/demo?token={TestHost.WebhookToken}") { Content = new FormUrlEncodedContent(Lead("711556")) };
        request.Headers.Add("X-Firm", HeaderValue);
        using var answer = await Host.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await Host.SendAsync(Call("call_analyzed", "call_paused"));
    }

    private JsonObject Call(string type, string id, Action<JsonObject>? change = null) => Samples.CallAnalyzed(Host, json =>
    {
        (json["id"], json["type"]) = ($"evt_{type}_{id}", type);
        var call = json["data"]!["call"]!.AsObject();
        call["call_id"] = id;
        call["transcript_object"]![1]!["content"] = "I am Zebulona Quixworth and allergic to walnuts.";
        call["call_analysis"]!["call_summary"] = "We spoke to Zebulona Quixworth of 12 Nowhere Lane about the walnut settlement.";
        call["call_analysis"]!["custom_analysis_data"] = new JsonObject { ["_custom1234"] = "zebulona@example.com", ["Zebulona"] = "04/03/1980" };
        change?.Invoke(call);
    });

    private async Task<HttpStatusCode> PostAsync(string url, HttpContent content)
    {
        using var answer = await Host.Http.PostAsync(url, content);
        return answer.StatusCode;
    }
}
