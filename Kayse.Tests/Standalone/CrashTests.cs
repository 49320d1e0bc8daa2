using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Sandbox;

namespace Kayse.Tests.Standalone;

/// <summary>A process that is killed, beside a sandbox that lives on as Law Ruler does.</summary>
public sealed class CrashTests : IAsyncLifetime, IDisposable
{
    private const string Key = "an-operators-key-of-the-tests";

    private readonly TempFolder _folder = new();
    private readonly HttpClient _http = KayseProcess.Client(Key);
    private SandboxServer _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await SandboxServer.StartAsync(new SandboxOptions { Port = 0, Quiet = true });

    [Theory]
    [InlineData("campaign", "before")]
    [InlineData("addnote", "before")]
    [InlineData("addnote", "no")]
    [InlineData("upload", "before")]
    public async Task A_kill_in_the_middle_of_a_chain_is_made_good_by_the_next_start_with_nothing_twice(string operation, string applied)
    {
        using (var kayse = await StartAsync())
        {
            await ConnectAsync(kayse);
            await PostAsync($"{_sandbox.Url}/_sandbox/faults", new { system = "lawruler", operation, kind = "slow", count = 1, delayMs = 20_000, applied });
            await SendAsync(kayse);
            await KayseProcess.EventuallyAsync(async () => await IsUnderWayAsync(operation));
            kayse.Kill();
            await kayse.EndAsync();
        }

        using var again = await StartAsync();
        await KayseProcess.EventuallyAsync(async () => (await StepsAsync(again)).Count(state => state == "done") == 4);
        var lead = await _http.GetFromJsonAsync<JsonElement>($"{_sandbox.Url}/_sandbox/lawruler/demo/leads/711551");
        Assert.Equal(["Call Analysis Summary", "Full Call Transcript"], lead.GetProperty("notes").EnumerateArray().Select(note => note.GetProperty("title").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(1, lead.GetProperty("documents").GetArrayLength());
    }

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    private async Task<KayseProcess> StartAsync()
    {
        var law = $"{_sandbox.Url}/lawruler/{{root}}";
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["KAYSE_ADMIN_KEY"] = Key,
            ["LawRuler__PortalUrl"] = law,
            ["LawRuler__AuthUrl"] = law,
            ["LawRuler__ApiUrl"] = law,
        };
        var kayse = KayseProcess.StartWith(environment, "--no-sandbox", "--port", "0", "--data", _folder.In("data"));
        await kayse.RunningAsync();
        return kayse;
    }

    private async Task ConnectAsync(KayseProcess kayse)
    {
        await PostAsync($"{kayse.Url}/api/companies", new { id = "demo", name = "Demo", timeZone = "America/New_York" });
        await PostAsync($"{kayse.Url}/api/companies/demo/integrations/lawruler/connect", new
        {
            username = SandboxDefaults.Username,
            password = SandboxDefaults.Password,
            clientRoot = SandboxDefaults.Root,
            clientSecret = SandboxDefaults.ClientSecret,
            key = SandboxDefaults.Key,
        });
        using var patched = await _http.PatchAsJsonAsync($"{kayse.Url}/api/companies/demo/integrations/lawruler/settings", new { settings = new { settleSeconds = 0, retryFirstSeconds = 0.05 } });
        patched.EnsureSuccessStatusCode();
    }

    private Task SendAsync(KayseProcess kayse)
    {
        var text = Samples.Text("call-analyzed.json").Replace("http://localhost:7072", _sandbox.Url, StringComparison.Ordinal);
        return PostAsync($"{kayse.Url}/api/events", JsonNode.Parse(text)!);
    }

    private async Task PostAsync(string url, object body)
    {
        using var answer = await _http.PostAsJsonAsync(url, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<bool> IsUnderWayAsync(string operation)
    {
        var requests = (await _http.GetFromJsonAsync<JsonElement>($"{_sandbox.Url}/_sandbox/requests?system=lawruler")).GetProperty("requests");
        return requests.EnumerateArray().Any(request => request.GetProperty("operation").GetString() == operation);
    }

    private async Task<IReadOnlyList<string?>> StepsAsync(KayseProcess kayse)
    {
        using var answer = await _http.GetAsync($"{kayse.Url}/api/companies/demo/workflows/postcall.call_9f2");
        return answer.IsSuccessStatusCode
            ? [.. (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("state").GetString())]
            : [];
    }
}
