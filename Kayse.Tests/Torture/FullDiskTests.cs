using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Sandbox;
using Kayse.Standalone.Storage;
using Kayse.Tests.Standalone;

namespace Kayse.Tests.Torture;

/// <summary>The whole host when the disk of its data folder runs full.</summary>
[Trait("Category", "Torture")]
public sealed class FullDiskTests : IAsyncLifetime, IDisposable
{
    private const string Key = "an-operators-key-of-the-tests";

    private readonly HttpClient _http = KayseProcess.Client(Key);
    private SandboxServer _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await SandboxServer.StartAsync(new SandboxOptions { Port = 0, Quiet = true });

    [Theory]
    [InlineData(SmallDisk.Mounted)]
    [InlineData(SmallDisk.Limited)]
    public async Task Events_are_refused_with_a_problem_until_there_is_room_and_none_that_was_acknowledged_is_lost(string kind)
    {
        using var disk = SmallDisk.Make(kind);
        using var kayse = await StartAsync(disk);
        await OpenAsync(kayse, "harbor");
        using var events = new EventStream(_http, kayse.Url, "harbor");
        await events.UntilAsync(() => events.Acknowledged.Count >= 50);
        await HealthyAsync(kayse);

        disk.Fill(kayse.Id);
        await events.UntilAsync(() => events.Refused >= 50);
        await KayseProcess.EventuallyAsync(async () => await HealthAsync(kayse) is (HttpStatusCode.ServiceUnavailable, "failed", _) or (HttpStatusCode.ServiceUnavailable, _, "failed"));
        var taken = events.Acknowledged.Count;

        disk.Free(kayse.Id);
        await events.UntilAsync(() => events.Acknowledged.Count >= taken + 50);
        // Before it has filled the disk by itself.
        await events.StopAsync();
        await HealthyAsync(kayse);
        kayse.Kill();
        await kayse.EndAsync();
        AssertKept(disk.Data, events.Acknowledged);
        Assert.Contains(kayse.Output, line => line.Contains("The store is unavailable", StringComparison.Ordinal) && line.Contains("SQLite Error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(SmallDisk.Mounted)]
    [InlineData(SmallDisk.Limited)]
    public async Task A_chain_and_a_connection_go_on_when_there_is_room_with_nothing_twice(string kind)
    {
        using var disk = SmallDisk.Make(kind);
        using var kayse = await StartAsync(disk);
        await OpenAsync(kayse, "demo");
        Assert.Equal(HttpStatusCode.OK, (await ConnectAsync(kayse, "demo")).Status);
        await SetUpAsync(kayse);
        // The note is written and its answer comes when the disk is full: what became of it cannot be kept.
        await PostAsync($"{_sandbox.Url}/_sandbox/faults", new { system = "lawruler", operation = "addnote", kind = "slow", count = 1, delayMs = 6000, applied = "before" });
        await PostAsync($"{kayse.Url}/api/events", JsonNode.Parse(Samples.Text("call-analyzed.json").Replace("http://localhost:7072", _sandbox.Url, StringComparison.Ordinal))!);
        await KayseProcess.EventuallyAsync(async () => await CountAsync("addnote") == 1);

        disk.Fill(kayse.Id);
        await KayseProcess.EventuallyAsync(() => Task.FromResult(kayse.Output.Any(line => line.Contains("postcall.call_9f2", StringComparison.Ordinal) && line.Contains("StorageUnavailable", StringComparison.Ordinal))));
        // The log may have been begun anew, and then has a little room within its old size.
        await KayseProcess.EventuallyAsync(async () => await ConnectAsync(kayse, "demo") is (HttpStatusCode.ServiceUnavailable, "The store cannot take this for now."));

        disk.Free(kayse.Id);
        Assert.Equal(HttpStatusCode.OK, (await ConnectAsync(kayse, "demo")).Status);
        await KayseProcess.EventuallyAsync(async () => await DoneAsync(kayse) == 4);
        var lead = await _http.GetFromJsonAsync<JsonElement>($"{_sandbox.Url}/_sandbox/lawruler/demo/leads/711551");
        Assert.Equal(["Call Analysis Summary", "Full Call Transcript"], lead.GetProperty("notes").EnumerateArray().Select(note => note.GetProperty("title").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(1, lead.GetProperty("documents").GetArrayLength());
    }

    [Theory]
    [InlineData(SmallDisk.Mounted)]
    [InlineData(SmallDisk.Limited)]
    public async Task A_start_on_a_full_disk_is_refused_in_one_line_and_the_next_one_with_room_succeeds(string kind)
    {
        using var disk = SmallDisk.Make(kind);
        foreach (var pages in (int[])[0, 1, 2, 4, 8])
        {
            using var refused = KayseProcess.StartUnder(disk.LeavePages(pages), Environment(null), Arguments(disk));
            Assert.Matches("cannot be (opened|written)|could not be written", await refused.RefusedAsync());
            disk.Free();
        }

        using var kayse = await StartAsync(disk);
        await OpenAsync(kayse, "harbor");
        await HealthyAsync(kayse);
    }

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    public void Dispose() => _http.Dispose();

    private static string[] Arguments(SmallDisk disk) => ["--no-sandbox", "--port", "0", "--data", disk.Data];

    private static void AssertKept(string data, IReadOnlyCollection<string> acknowledged)
    {
        using var folder = DataFolder.Open(data);
        using var database = SqliteDatabase.Open(folder.Database);
        Assert.Equal("ok", database.Read(statements => (string)statements.Scalar("PRAGMA integrity_check")!));
        // A call's event that is there and neither handled (which the audit log says) nor pending would never be handled.
        var kept = database.Read(statements =>
        {
            using var reader = statements.Query(
                """
                SELECT row FROM entity e WHERE tbl = 'events' AND (json_array_length(CAST(json AS TEXT), '$.connectors') = 0
                    OR EXISTS (SELECT 1 FROM entity p WHERE p.tbl = 'pending' AND p.partition = e.partition AND p.row = 'event~' || e.row)
                    OR row IN (SELECT substr(json_extract(CAST(json AS TEXT), '$.subject'), 10) FROM entity WHERE tbl = 'audit'))
                """);
            var rows = new List<string>();
            while (reader.Read())
            {
                rows.Add(reader.GetString(0));
            }

            return rows;
        });
        Assert.Empty(acknowledged.Except(kept));
    }

    private Dictionary<string, string?> Environment(string? key) => new(StringComparer.Ordinal)
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Development",
        ["KAYSE_ADMIN_KEY"] = key,
        ["LawRuler__PortalUrl"] = $"{_sandbox.Url}/lawruler/{{root}}",
        ["LawRuler__AuthUrl"] = $"{_sandbox.Url}/lawruler/{{root}}",
        ["LawRuler__ApiUrl"] = $"{_sandbox.Url}/lawruler/{{root}}",
    };

    private async Task<KayseProcess> StartAsync(SmallDisk disk)
    {
        var kayse = KayseProcess.StartUnder(disk.Before, Environment(Key), Arguments(disk));
        await kayse.RunningAsync();
        return kayse;
    }

    private Task OpenAsync(KayseProcess kayse, string id) => PostAsync($"{kayse.Url}/api/companies", new { id, name = $"Firm {id}", timeZone = "America/New_York" });

    private async Task<(HttpStatusCode Status, string? Title)> ConnectAsync(KayseProcess kayse, string company)
    {
        using var answer = await _http.PostAsJsonAsync($"{kayse.Url}/api/companies/{company}/integrations/lawruler/connect", new
        {
            username = SandboxDefaults.Username,
            password = SandboxDefaults.Password,
            clientRoot = SandboxDefaults.Root,
            clientSecret = SandboxDefaults.ClientSecret,
            key = SandboxDefaults.Key,
        });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (answer.StatusCode, body.TryGetProperty("title", out var title) ? title.GetString() : null);
    }

    private async Task SetUpAsync(KayseProcess kayse)
    {
        using var patched = await _http.PatchAsJsonAsync(
            $"{kayse.Url}/api/companies/demo/integrations/lawruler/settings", new { settings = new { settleSeconds = 0, retryFirstSeconds = 0.2 } });
        patched.EnsureSuccessStatusCode();
    }

    private async Task PostAsync(string url, object body)
    {
        using var answer = await _http.PostAsJsonAsync(url, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<int> CountAsync(string operation)
    {
        var requests = (await _http.GetFromJsonAsync<JsonElement>($"{_sandbox.Url}/_sandbox/requests?system=lawruler")).GetProperty("requests");
        return requests.EnumerateArray().Count(request => request.GetProperty("operation").GetString() == operation);
    }

    private async Task<int> DoneAsync(KayseProcess kayse)
    {
        var chain = await _http.GetFromJsonAsync<JsonElement>($"{kayse.Url}/api/companies/demo/workflows/postcall.call_9f2");
        return chain.GetProperty("steps").EnumerateArray().Count(step => step.GetProperty("state").GetString() == "done");
    }

    private Task HealthyAsync(KayseProcess kayse) => KayseProcess.EventuallyAsync(async () => await HealthAsync(kayse) is (HttpStatusCode.OK, "ok", "ok"));

    private async Task<(HttpStatusCode Status, string? Entities, string? Blobs)> HealthAsync(KayseProcess kayse)
    {
        using var answer = await _http.GetAsync($"{kayse.Url}/healthz");
        var states = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("dependencies");
        return (answer.StatusCode, states.GetProperty("entities").GetString(), states.GetProperty("blobs").GetString());
    }
}
