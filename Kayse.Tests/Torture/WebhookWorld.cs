using System.Text.Json;

namespace Kayse.Tests.Torture;

/// <summary>The sandbox with the receivers in its process, the host in another, and a firm without a CRM whose webhooks lead to them.</summary>
internal sealed class WebhookWorld : IDisposable
{
    public const string Company = "demo";

    private const string Firm = $"/api/companies/{Company}";
    private const string Delays = "0.2s, 0.5s, 1s, 1s, 1s, 1s, 1s, 2s, 2s, 2s";

    private readonly TempFolder _folder;
    private readonly SandboxProcess _sandbox;
    private readonly Dictionary<string, string> _webhooks = new(StringComparer.Ordinal);

    private WebhookWorld(TempFolder folder, SandboxProcess sandbox)
    {
        _folder = folder;
        _sandbox = sandbox;
        Host = new MortalHost(folder.In("data"), sandbox.Url, ("Webhooks__RetryDelays", Delays));
        Client = new StubbornClient(Host.Url);
    }

    /// <summary>The host.</summary>
    public MortalHost Host { get; }

    /// <summary>A client of the host's and the sandbox's.</summary>
    public StubbornClient Client { get; }

    /// <summary>Starts both, opens the firm and adds a webhook for each receiver.</summary>
    public static async Task<WebhookWorld> StartAsync(IEnumerable<WebhookReceiver> receivers)
    {
        var folder = new TempFolder();
        var world = new WebhookWorld(folder, await SandboxProcess.StartAsync(folder.In("sandbox.json")));
        world.Host.Start();
        await world.Host.RunningAsync();
        await world.Client.SendAsync(HttpMethod.Post, "/api/companies", new { id = Company, name = "Demo", timeZone = "America/New_York" });
        foreach (var receiver in receivers)
        {
            await world.AddAsync(receiver);
        }

        return world;
    }

    /// <summary>Says what a receiver answers from now on.</summary>
    public Task AnswerAsync(string receiver, object script) => Client.SendAsync(HttpMethod.Put, $"{_sandbox.Url}/_sandbox/receiver/{receiver}", script);

    /// <summary>What a receiver has got, in order.</summary>
    public async Task<IReadOnlyList<Reception>> ReceivedAsync(WebhookReceiver receiver) =>
        [.. (await Client.SendAsync(HttpMethod.Get, $"{_sandbox.Url}/_sandbox/receiver/{receiver.Name}")).GetProperty("requests").EnumerateArray().Select(Reception.Of)];

    /// <summary>The deliveries of a receiver's webhook.</summary>
    public Task<IReadOnlyList<JsonElement>> DeliveriesAsync(WebhookReceiver receiver, string query = "") =>
        Client.AllAsync($"{Firm}/webhooks/{_webhooks[receiver.Name]}/deliveries{query}");

    /// <summary>How many accepted things are not finished.</summary>
    public async Task<int> PendingAsync() => (await Client.SendAsync(HttpMethod.Get, $"{Firm}/integrations/lawruler")).GetProperty("pending").GetInt32();

    /// <summary>Switches a receiver's webhook on again.</summary>
    public Task SwitchOnAsync(WebhookReceiver receiver) => Client.SendAsync(HttpMethod.Patch, $"{Firm}/webhooks/{_webhooks[receiver.Name]}", new { active = true });

    /// <summary>A receiver's webhook.</summary>
    public Task<JsonElement> WebhookAsync(WebhookReceiver receiver) => Client.SendAsync(HttpMethod.Get, $"{Firm}/webhooks/{_webhooks[receiver.Name]}");

    /// <summary>Sends again all of a receiver's deliveries that are in a state.</summary>
    public Task ReplayAsync(WebhookReceiver receiver, string state) => Client.SendAsync(HttpMethod.Post, $"{Firm}/webhooks/{_webhooks[receiver.Name]}/replay", new { state });

    public void Dispose()
    {
        Client.Dispose();
        Host.Dispose();
        _sandbox.Dispose();
        _folder.Dispose();
    }

    private async Task AddAsync(WebhookReceiver receiver)
    {
        await AnswerAsync(receiver.Name, receiver.Script);
        var body = new Dictionary<string, object>(StringComparer.Ordinal) { ["name"] = receiver.Name, ["url"] = $"{_sandbox.Url}/receiver/{receiver.Name}" };
        foreach (var property in JsonSerializer.SerializeToElement(receiver.Filter).EnumerateObject())
        {
            body[property.Name] = property.Value;
        }

        _webhooks[receiver.Name] = (await Client.SendAsync(HttpMethod.Post, $"{Firm}/webhooks", body)).GetProperty("id").GetString()!;
    }
}

/// <summary>A request that came to a receiver.</summary>
/// <param name="At">When.</param>
/// <param name="WebhookId">Its webhook-id.</param>
/// <param name="Delivery">Its X-Kayse-Delivery.</param>
/// <param name="BodyId">The id in its body.</param>
/// <param name="Status">What it was answered; 0 when the connection was cut, null when it has no answer yet.</param>
internal sealed record Reception(DateTimeOffset At, string WebhookId, string Delivery, string? BodyId, int? Status)
{
    public static Reception Of(JsonElement request)
    {
        var headers = request.GetProperty("headers").EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase);
        return new Reception(
            request.GetProperty("at").GetDateTimeOffset(), headers["webhook-id"], headers["X-Kayse-Delivery"], BodyIdOf(request.GetProperty("body").GetString()!),
            request.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.Number ? status.GetInt32() : null);
    }

    // Of a request that broke off with its sender the body is not whole.
    private static string? BodyIdOf(string body) => body.Length == 0 ? null : JsonSerializer.Deserialize<JsonElement>(body).GetProperty("id").GetString();
}
