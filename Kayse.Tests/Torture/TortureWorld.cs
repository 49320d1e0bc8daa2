using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Sandbox;
using Samples = Kayse.Tests.Standalone.Samples;

namespace Kayse.Tests.Torture;

/// <summary>The sandbox in its process, the host in another, and the firm that connects the two.</summary>
internal sealed class TortureWorld : IDisposable
{
    /// <summary>The status that Kayse writes to each called lead.</summary>
    public const string KayseStatus = "Sent e-Sign";

    private const string Integration = "/api/companies/demo/integrations/lawruler";

    private readonly TempFolder _folder;
    private readonly SandboxProcess _sandbox;

    private TortureWorld(TempFolder folder, SandboxProcess sandbox)
    {
        _folder = folder;
        _sandbox = sandbox;
        Host = new MortalHost(Data, sandbox.Url);
        Client = new StubbornClient(Host.Url);
    }

    /// <summary>The data folder.</summary>
    public string Data => _folder.In("data");

    /// <summary>The host.</summary>
    public MortalHost Host { get; }

    /// <summary>A client of the host's and the sandbox's.</summary>
    public StubbornClient Client { get; }

    /// <summary>The sandbox's address.</summary>
    public string SandboxUrl => _sandbox.Url;

    /// <summary>Where Law Ruler posts its leads.</summary>
    public string WebhookUrl { get; private set; } = string.Empty;

    /// <summary>Starts both and connects the firm; Law Ruler sends each change of a status, again and again until it is taken.</summary>
    public static async Task<TortureWorld> StartAsync(object settings)
    {
        var folder = new TempFolder();
        var world = new TortureWorld(folder, await SandboxProcess.StartAsync(folder.In("sandbox.json")));
        world.Host.Start();
        await world.Host.RunningAsync();
        await world.Client.SendAsync(HttpMethod.Post, "/api/companies", new { id = "demo", name = "Demo", timeZone = "America/New_York" });
        await world.Client.SendAsync(HttpMethod.Post, $"{Integration}/connect", new
        {
            username = SandboxDefaults.Username,
            password = SandboxDefaults.Password,
            clientRoot = SandboxDefaults.Root,
            clientSecret = SandboxDefaults.ClientSecret,
            key = SandboxDefaults.Key,
        });
        await world.SetAsync(new { settings });
        world.WebhookUrl = (await world.Client.SendAsync(HttpMethod.Get, $"{Integration}/webhook-url")).GetProperty("url").GetString()!;
        await world.Client.SendAsync(HttpMethod.Put, $"{world.Portal}/webhook", new { url = world.WebhookUrl, retries = 100, retryDelayMs = 1000, timeoutMs = 10_000 });
        return world;
    }

    private string Portal => $"{SandboxUrl}/_sandbox/lawruler/demo";

    /// <summary>Changes toggles and settings.</summary>
    public Task SetAsync(object patch) => Client.SendAsync(HttpMethod.Patch, $"{Integration}/settings", patch);

    /// <summary>Makes leads in the sandbox.</summary>
    public Task LeadsAsync(IEnumerable<long> ids, int tokenLifetimeSeconds) =>
        Client.SendAsync(HttpMethod.Put, Portal, new { leads = ids.Select(id => new { id }), options = new { tokenLifetimeSeconds } });

    /// <summary>A lead of the sandbox's.</summary>
    public Task<JsonElement> LeadAsync(long id) => Client.SendAsync(HttpMethod.Get, $"{Portal}/leads/{id}");

    /// <summary>Orders a fault.</summary>
    public Task FaultAsync(object fault) => Client.SendAsync(HttpMethod.Post, $"{SandboxUrl}/_sandbox/faults", fault);

    /// <summary>The faults that were ordered and not served.</summary>
    public async Task<IReadOnlyList<JsonElement>> FaultsAsync() =>
        [.. (await Client.SendAsync(HttpMethod.Get, $"{SandboxUrl}/_sandbox/faults")).GetProperty("faults").EnumerateArray()];

    /// <summary>The webhook posts that Law Ruler has made, once all are made.</summary>
    public async Task<IReadOnlyList<JsonElement>> DeliveriesAsync() =>
        [.. (await Client.SendAsync(HttpMethod.Get, $"{Portal}/webhook?settled=true")).GetProperty("deliveries").EnumerateArray()];

    /// <summary>The requests of one operation that the sandbox has seen for a lead.</summary>
    public async Task<IReadOnlyList<JsonElement>> RequestsAsync(string operation, long lead) =>
        [.. (await Client.SendAsync(HttpMethod.Get, $"{SandboxUrl}/_sandbox/requests?system=lawruler")).GetProperty("requests").EnumerateArray()
            .Where(request => request.GetProperty("operation").GetString() == operation && request.GetProperty("body").GetString()!.Contains($"{lead}", StringComparison.Ordinal))];

    /// <summary>The sample event for another lead.</summary>
    public JsonElement Call(long lead, Action<JsonObject>? change = null)
    {
        var json = JsonNode.Parse(Samples.Text("call-analyzed.json"))!.AsObject();
        json["id"] = $"evt_{lead}";
        json["case"]!["externalSourceId"] = $"{lead}";
        json["data"]!["status"] = KayseStatus;
        json["data"]!["call"]!["call_id"] = $"call_{lead}";
        json["data"]!["call"]!["recording_url"] = $"{SandboxUrl}/files/rec.mp3?size=20000";
        change?.Invoke(json);
        return JsonSerializer.SerializeToElement(json);
    }

    /// <summary>A chain's workflow, or null while there is none.</summary>
    public async Task<JsonElement?> WorkflowAsync(long lead) =>
        (await Client.AllAsync("/api/companies/demo/workflows")).Where(one => one.GetProperty("id").GetString() == $"postcall.call_{lead}").Select(one => (JsonElement?)one).FirstOrDefault();

    public void Dispose()
    {
        Client.Dispose();
        Host.Dispose();
        _sandbox.Dispose();
        _folder.Dispose();
    }
}
