using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Standalone;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Tests;

/// <summary>
/// The whole product in this process: the one-machine host over SQLite in a temporary folder, the sandbox on loopback, the firm <c>demo</c> connected to it,
/// and a clock that only moves when a test advances it.
/// </summary>
public sealed class TestHost : IAsyncDisposable
{
    /// <summary>The operator's key.</summary>
    public const string OperatorKey = "operator-key-of-the-tests";

    /// <summary>The token of the demo firm's webhook.</summary>
    public const string WebhookToken = "webhook-token-of-the-tests";

    // Some 75 ms each.
    private const int MostHeld = 20;

    private static readonly DateTimeOffset s_start = new(2026, 11, 20, 15, 6, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly StandaloneOptions _options;
    private StandaloneHost _host;

    private TestHost(TempFolder folder, StandaloneOptions options, StandaloneHost host, ManualClock clock, CapturedLog log)
    {
        _folder = folder;
        _options = options;
        _host = host;
        Clock = clock;
        Log = log;
        Http = NewClient();
    }

    /// <summary>The clock of the host and the sandbox.</summary>
    public ManualClock Clock { get; }

    /// <summary>What the host has logged.</summary>
    public CapturedLog Log { get; }

    /// <summary>A client with the operator's key; paths are relative to the host.</summary>
    public HttpClient Http { get; private set; }

    /// <summary>The host's address.</summary>
    public string Url => _host.Url;

    /// <summary>The sandbox's address.</summary>
    public string SandboxUrl => _host.SandboxUrl!;

    /// <summary>The data folder.</summary>
    public string Data => _host.Data;

    /// <summary>The host's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a host; at a time of the tests' own unless another is given.</summary>
    public static async Task<TestHost> StartAsync(
        IReadOnlyDictionary<string, string?>? settings = null, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, DateTimeOffset? start = null)
    {
        var clock = new ManualClock(start ?? s_start);
        var log = new CapturedLog();
        var folder = new TempFolder();
        var options = new StandaloneOptions
        {
            Data = Path.Combine(folder.Path, "data"),
            Port = 0,
            SandboxPort = 0,
            WithSandbox = true,
            WithDemo = true,
            IsDevelopment = true,
            OperatorKey = OperatorKey,
            DemoWebhookToken = WebhookToken,
            Clock = clock,
            Log = log,
            Resolve = resolve,
            Settings = settings ?? new Dictionary<string, string?>(StringComparer.Ordinal),
        };
        return new TestHost(folder, options, await StandaloneHost.StartAsync(options), clock, log);
    }

    /// <summary>Stops the host and starts it again over the same data.</summary>
    /// <param name="away">The time that passes while no process runs.</param>
    public async Task RestartAsync(TimeSpan away = default)
    {
        Http.Dispose();
        // The sandbox's address stands in what was stored.
        var options = _options with { SandboxPort = new Uri(SandboxUrl).Port };
        await _host.DisposeAsync();
        Clock.Advance(away);
        _host = await StandaloneHost.StartAsync(options);
        Http = NewClient();
    }

    /// <summary>A service of the host's.</summary>
    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>A client with another key, or none.</summary>
    public HttpClient ClientWith(string? key)
    {
        var client = NewClient();
        client.DefaultRequestHeaders.Remove("X-API-KEY");
        if (key is not null)
        {
            client.DefaultRequestHeaders.Add("X-API-KEY", key);
        }

        return client;
    }

    /// <summary>A new key of a firm's: <c>admin</c>, <c>viewer</c> or <c>platform</c>.</summary>
    public async Task<string> KeyAsync(string company, string role)
    {
        using var answer = await Http.PostAsJsonAsync($"/api/companies/{company}/keys", new { name = $"{role} of the tests", role });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    /// <summary>Opens another firm, connected to nothing.</summary>
    public async Task OpenFirmAsync(string id)
    {
        using var answer = await Http.PostAsJsonAsync("/api/companies", new { id, name = $"Firm {id}", timeZone = "America/New_York" });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Reads JSON from the host, or from any absolute address.</summary>
    public Task<JsonElement> GetJsonAsync(string address) => Http.GetFromJsonAsync<JsonElement>(address);

    /// <summary>The sandbox's lead.</summary>
    public Task<JsonElement> LeadAsync(long id = 711551) => GetJsonAsync($"{SandboxUrl}/_sandbox/lawruler/demo/leads/{id}");

    /// <summary>The requests that the sandbox has seen, of one operation or all.</summary>
    public async Task<IReadOnlyList<JsonElement>> SandboxRequestsAsync(string? operation = null)
    {
        var all = (await GetJsonAsync($"{SandboxUrl}/_sandbox/requests?system=lawruler")).GetProperty("requests").EnumerateArray();
        return [.. all.Where(request => operation is null || request.GetProperty("operation").GetString() == operation)];
    }

    /// <summary>Waits until every webhook that the sandbox's Law Ruler has sent was answered; the demo firm's lead comes by one, in the background.</summary>
    public Task WebhooksAnsweredAsync() => GetJsonAsync($"{SandboxUrl}/_sandbox/lawruler/demo/webhook?settled=true");

    /// <summary>Orders faults from the sandbox.</summary>
    public async Task FaultAsync(object fault)
    {
        using var answer = await Http.PostAsJsonAsync($"{SandboxUrl}/_sandbox/faults", fault);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Changes toggles and settings of the demo firm.</summary>
    public async Task PatchSettingsAsync(object patch)
    {
        using var answer = await Http.PatchAsJsonAsync("/api/companies/demo/integrations/lawruler/settings", patch);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Sends an event.</summary>
    public async Task SendAsync(object platformEvent)
    {
        using var answer = await Http.PostAsJsonAsync("/api/events", platformEvent);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
    }

    /// <summary>A workflow of the demo firm's, or null while there is none.</summary>
    public async Task<JsonElement?> WorkflowAsync(string id)
    {
        using var answer = await Http.GetAsync($"/api/companies/demo/workflows/{id}");
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement>() : null;
    }

    /// <summary>Waits for the end of a workflow; the clock is advanced by a step whenever nothing moves.</summary>
    public async Task<JsonElement> EndOfWorkflowAsync(string id, TimeSpan? step = null)
    {
        JsonElement? found = null;
        await EventuallyAsync(async () => (found = await WorkflowAsync(id))?.GetProperty("endedAt").ValueKind == JsonValueKind.String, step);
        return found!.Value;
    }

    /// <summary>Waits, in real time, until something is so; with a step the clock is advanced by it every few polls.</summary>
    public async Task EventuallyAsync(Func<Task<bool>> condition, TimeSpan? step = null)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var held = 0;
        for (var poll = 1; !await condition(); poll++)
        {
            Assert.True(watch.Elapsed < s_patience, "It did not become so in time.");
            if (step is { } advance && poll % 5 == 0)
            {
                // Time that ran on would make an answer that is on its way one that came too late; what is held back on purpose is not waited for.
                held = await IsServingAsync() ? held + 1 : 0;
                if (held is 0 or > MostHeld)
                {
                    Clock.Advance(advance);
                }
            }

            await Task.Delay(10);
        }
    }

    /// <summary>Whether the sandbox has requests that it has not answered.</summary>
    private async Task<bool> IsServingAsync() => (await GetJsonAsync($"{SandboxUrl}/_sandbox/requests/in-flight")).GetProperty("inFlight").GetInt32() > 0;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    private HttpClient NewClient()
    {
#pragma warning disable RS0030 // One client for each test's host, on loopback, disposed with it.
        var client = new HttpClient { BaseAddress = new Uri(_host.Url) };
#pragma warning restore RS0030
        client.DefaultRequestHeaders.Add("X-API-KEY", OperatorKey);
        return client;
    }
}
