using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Kayse.Tests.Webhooks;

/// <summary>The firm <c>demo</c> with webhooks that lead to the sandbox's receivers.</summary>
public sealed class WebhookFirm : IAsyncDisposable
{
    private int _events;

    private WebhookFirm(TestHost host) => Host = host;

    public TestHost Host { get; }

    public HttpClient Http => Host.Http;

    public static Task<WebhookFirm> StartAsync(params (string Name, string Value)[] settings) => StartAsync(null, settings);

    /// <summary>Starts with names that are resolved by a test.</summary>
    public static async Task<WebhookFirm> StartAsync(Func<string, CancellationToken, Task<IPAddress[]>>? resolve, params (string Name, string Value)[] settings) =>
        await StartAsync(await TestHost.StartAsync(settings.ToDictionary(pair => pair.Name, pair => (string?)pair.Value, StringComparer.Ordinal), resolve));

    /// <summary>Starts with the clock at a time.</summary>
    public static async Task<WebhookFirm> StartAtAsync(DateTimeOffset start) => await StartAsync(await TestHost.StartAsync(start: start));

    private static async Task<WebhookFirm> StartAsync(TestHost host)
    {
        var firm = new WebhookFirm(host);
        // The demo's own lead has arrived and brings no event of its own any more.
        await firm.Host.EventuallyAsync(async () => (await firm.Host.GetJsonAsync("/api/companies/demo/cases")).GetProperty("items").GetArrayLength() > 0);
        // Days pass in these tests: the CRM is not asked each hour.
        await firm.Host.PatchSettingsAsync(new { toggles = new { receiveData = false, syncCaseStatuses = false } });
        return firm;
    }

    /// <summary>The address of a receiver.</summary>
    public string Address(string receiver) => $"{Host.SandboxUrl}/receiver/{receiver}";

    /// <summary>Adds a webhook that leads to a receiver.</summary>
    public async Task<JsonElement> AddAsync(string receiver, object? more = null)
    {
        using var answer = await PostAsync("/api/companies/demo/webhooks", Body(receiver, more));
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The id of a new webhook that leads to a receiver.</summary>
    public async Task<string> AddIdAsync(string receiver, object? more = null) => (await AddAsync(receiver, more)).GetProperty("id").GetString()!;

    /// <summary>The body that describes a webhook.</summary>
    public IReadOnlyDictionary<string, object?> Body(string receiver, object? more = null)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = $"To {receiver}", ["url"] = Address(receiver) };
        foreach (var property in more is null ? [] : JsonSerializer.SerializeToElement(more).EnumerateObject().ToList())
        {
            body[property.Name] = property.Value;
        }

        return body;
    }

    public Task<HttpResponseMessage> PostAsync(string path, object body) => Http.PostAsJsonAsync(path, body);

    public Task<HttpResponseMessage> PatchAsync(string id, object body) => Http.PatchAsJsonAsync($"/api/companies/demo/webhooks/{id}", body);

    public Task<JsonElement> WebhookAsync(string id) => Host.GetJsonAsync($"/api/companies/demo/webhooks/{id}");

    /// <summary>Says what a receiver shall answer.</summary>
    public async Task AnswerAsync(string receiver, object answer)
    {
        using var set = await Http.PutAsJsonAsync($"{Host.SandboxUrl}/_sandbox/receiver/{receiver}", answer);
        set.EnsureSuccessStatusCode();
    }

    /// <summary>What a receiver has got, in order.</summary>
    public async Task<IReadOnlyList<JsonElement>> ReceivedAsync(string receiver) =>
        [.. (await Host.GetJsonAsync($"{Host.SandboxUrl}/_sandbox/receiver/{receiver}")).GetProperty("requests").EnumerateArray()];

    /// <summary>Waits until a receiver has got so many requests, and returns them.</summary>
    public async Task<IReadOnlyList<JsonElement>> ReceivedAsync(string receiver, int count, TimeSpan? step = null)
    {
        IReadOnlyList<JsonElement> received = [];
        await Host.EventuallyAsync(async () => (received = await ReceivedAsync(receiver)).Count >= count, step);
        return received;
    }

    /// <summary>Sends an event, and returns its id.</summary>
    public async Task<string> SendAsync(string type = "task_completed", object? data = null, object? about = null)
    {
        var id = $"evt_{type.Replace('.', '_')}_{Interlocked.Increment(ref _events)}";
        await Host.SendAsync(new { id, type, occurredAt = "2026-11-20T15:05:10Z", companyId = "demo", @case = about, data = data ?? new { task = new { id = "task_71" } } });
        return id;
    }

    /// <summary>A webhook's deliveries, newest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> DeliveriesAsync(string webhook, string query = "") =>
        [.. (await Host.GetJsonAsync($"/api/companies/demo/webhooks/{webhook}/deliveries?{query}")).GetProperty("items").EnumerateArray()];

    /// <summary>A delivery with its attempts.</summary>
    public Task<JsonElement> DeliveryAsync(string webhook, string id) => Host.GetJsonAsync($"/api/companies/demo/webhooks/{webhook}/deliveries/{id}");

    /// <summary>Waits until a webhook has so many deliveries that are all in a state, and returns them.</summary>
    public async Task<IReadOnlyList<JsonElement>> DeliveriesAsync(string webhook, string state, int count, TimeSpan? step = null)
    {
        IReadOnlyList<JsonElement> found = [];
        await Host.EventuallyAsync(async () => (found = await DeliveriesAsync(webhook, $"limit=100&state={state}")).Count >= count, step);
        Assert.Equal(count, found.Count);
        return found;
    }

    public async ValueTask DisposeAsync() => await Host.DisposeAsync();
}
