using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Events;
using Kayse.Core.Mapping;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Webhooks;
using Kayse.Core.Workflows;

namespace Kayse.Tests.Lawmatics;

/// <summary>A firm that is connected to Lawmatics and has saved the webhook's secret, with matters that cases are linked to; limits are out of the way, and nothing polls by itself.</summary>
public sealed class LawmaticsWorld : IAsyncLifetime
{
    public const string Secret = "whsec_demo-client_0001";
    public const string Sandbox = "/_sandbox/lawmatics/demo-client";
    public const string Hook = "/api/webhooks/lawmatics/demo";

    private static int s_last = 4000;

    public TestHost Host { get; private set; } = null!;

    public static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        Host = await LawmaticsHost.StartConnectedAsync();
        await Host.SandboxOptionsAsync(new { rateLimitPerMinute = 0 });
        await ResetAsync();
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>Settings, toggles, the secret and Lawmatics' webhook as at the beginning.</summary>
    public async Task ResetAsync()
    {
        await HoldTimerAsync();
        using var clear = await Host.Http.DeleteAsync($"{Host.SandboxUrl}/_sandbox/faults");
        await PatchAsync(new
        {
            toggles = new { enableIntegration = true, receiveData = true },
            settings = new
            {
                requestsPerMinute = 6000,
                concurrency = 32,
                liveReservePercent = 0,
                polling = new { enabled = false },
                webhook = new { unverifiedStatus = 401, toleranceSeconds = 300, aliases = new Dictionary<string, string[]>() },
            },
        });
        await MapAsync(new StatusPair("active", "Retained"));
        using var saved = await SetSecretAsync(Secret);
        saved.EnsureSuccessStatusCode();
        await AskAsync(HttpMethod.Put, $"{Sandbox}/webhook", new { url = Host.Url + Hook, events = "live", repeats = 1, outOfOrder = false, secret = Secret });
    }

    // While one of its workflows runs, here one that only waits, the host's timer starts no poll of its own beside a test's.
    private Task HoldTimerAsync() => Host.Get<IWorkflowEngine>().StartAsync(
        $"demo.{Host.Get<LawmaticsStagePoll>().Work.Name}.held{Interlocked.Increment(ref s_last)}",
        WebhookRetryWorkflow.Name,
        Host.Get<WorkflowCatalog>().Serialize(new WebhookRetryInput(new DeliveryKey(LawmaticsHost.Demo, "none", "none", "none"), Host.Clock.GetUtcNow().AddDays(1))),
        None);

    public async Task PatchAsync(object patch)
    {
        using var answer = await Host.Http.PatchAsJsonAsync($"{LawmaticsHost.Base}/settings", patch);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Saves the firm's status map.</summary>
    public Task MapAsync(params StatusPair[] entries) => Host.Get<LawmaticsStatuses>().SaveAsync(LawmaticsHost.Demo, new StatusMapping(entries), None);

    public Task<HttpResponseMessage> SetSecretAsync(string? secret) => Host.Http.PutAsJsonAsync($"{LawmaticsHost.Base}/webhook-secret", new { secret });

    /// <summary>Asks the sandbox's own routes.</summary>
    public async Task<JsonElement> AskAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, Host.SandboxUrl + path) { Content = JsonContent.Create(body) };
        using var answer = await Host.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Matters in Lawmatics that no case is linked to.</summary>
    public async Task<IReadOnlyList<string>> MattersAsync(int count, string title = "Quillfeather {n}")
    {
        var contact = (await AskAsync(HttpMethod.Post, $"{Sandbox}/contacts", new { first_name = "Tilda", last_name = "Quillfeather" })).GetProperty("ids")[0].GetInt64();
        var made = await AskAsync(HttpMethod.Post, $"{Sandbox}/matters", new { case_title = title, contact_id = contact, stage = "New Lead", count });
        return [.. made.GetProperty("ids").EnumerateArray().Select(id => id.GetInt64().ToString(CultureInfo.InvariantCulture))];
    }

    /// <summary>A case with its matter in Lawmatics, which Kayse's own write left in the stage New Lead.</summary>
    public async Task<(CaseId Case, string Matter)> LinkedAsync(string source = "kayse")
    {
        var matter = (await MattersAsync(1))[0];
        return (await LinkAsync(matter, source), matter);
    }

    public async Task<CaseId> LinkAsync(string matter, string source = "kayse")
    {
        var (cases, external) = (Host.Get<CaseStore>(), $"{Interlocked.Increment(ref s_last)}");
        var id = await cases.CaseIdAsync(LawmaticsHost.Demo, source, external, None);
        var client = await cases.ClientIdAsync(LawmaticsHost.Demo, source, external, None);
        await cases.ChangeAsync(
            LawmaticsHost.Demo, id, old => old ?? new Case { Id = id, ExternalSource = source, ExternalSourceId = external, ClientId = client, CaseType = "Divorce", CreatedAt = Host.Clock.GetUtcNow() }, None);
        var links = Host.Get<LawmaticsLinks>();
        Assert.True(await links.TakeAsync(LawmaticsHost.Demo, "123", matter, id, None));
        await links.ChangeAsync(LawmaticsHost.Demo, "123", id, _ => new LawmaticsLink(id, matter, "1", Host.Clock.GetUtcNow()) { StageId = "147" }, None);
        return id;
    }

    /// <summary>Somebody changes a matter in Lawmatics, a moment later than whatever was before.</summary>
    public async Task ChangeAsync(string matter, object change)
    {
        Host.Clock.Advance(TimeSpan.FromMilliseconds(10));
        await AskAsync(HttpMethod.Patch, $"{Sandbox}/matters/{matter}", change);
        Host.Clock.Advance(TimeSpan.FromMilliseconds(10));
    }

    /// <summary>A poll, whenever the last one was.</summary>
    public async Task PollAsync()
    {
        await LastPollWasAsync(null);
        await Host.Get<LawmaticsStagePoll>().RunAsync(LawmaticsHost.Demo, None);
    }

    /// <summary>How far the polls have come; null before the first.</summary>
    public async Task<StagePollCursor?> CursorAsync() => (await Cursors().GetAsync("demo", await CursorRowAsync(), None))?.Value;

    /// <summary>Makes the last poll one of another time; null for none.</summary>
    public async Task LastPollWasAsync(TimeSpan? ago)
    {
        if (await CursorAsync() is not null)
        {
            await Cursors().UpdateAsync("demo", await CursorRowAsync(), old => old! with { PolledAt = Host.Clock.GetUtcNow() - ago }, None);
        }
    }

    private EntityTable<StagePollCursor> Cursors() => new(Host.Get<IEntityStore>(), Tables.Integrations, static () => Core.KayseJson.Default.StagePollCursor);

    private async Task<string> CursorRowAsync() => $"stagepoll~{LawmaticsLinks.FirmOf(await Host.Get<LawmaticsConnections>().GetAsync(LawmaticsHost.Demo, None))}";

    public async Task<Case> CaseAsync(CaseId id) => (await Host.Get<CaseStore>().FindAsync(LawmaticsHost.Demo, id, None))!;

    /// <summary>What Kayse told of a case's statuses: <c>status by origin</c>, in order.</summary>
    public async Task<IReadOnlyList<string>> ToldAsync(CaseId id)
    {
        var told = new List<string>();
        for (var number = 1; await Host.Get<EventStore>().LoadAsync(LawmaticsHost.Demo, $"evt_{id}_s{number}", None) is { } one; number++)
        {
            told.Add($"{one.Data.GetProperty("status").GetString()} by {one.Data.GetProperty("origin").GetString()}");
        }

        return told;
    }

    public static string Body(string type, object data, string id, object? firm = null) =>
        JsonSerializer.Serialize(new { event_id = id, firm_id = firm ?? 123, event_type = type, version = "v1", timestamp = "2026-11-20T15:06:00.000Z", data });

    /// <summary>The signature's hex digits, as Lawmatics makes them.</summary>
    public static string Sign(string secret, string timestamp, byte[] body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes($"{timestamp}."), .. body]));

    public static string NewId() => $"evt_{Guid.NewGuid()}";

    /// <summary>Posts a body as Lawmatics does; what is null is left out.</summary>
    public async Task<(int Status, JsonElement Json)> PostAsync(string body, string? secret = Secret, TimeSpan offset = default, string? signature = null, string? headerId = null)
    {
        // Of two requests of one millisecond nobody can tell which is the newer.
        Host.Clock.Advance(TimeSpan.FromMilliseconds(2));
        var timestamp = (Host.Clock.GetUtcNow() + offset).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, Hook) { Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        request.Headers.TryAddWithoutValidation("X-Lawmatics-Timestamp", timestamp);
        if ((signature ?? (secret is null ? null : "sha256=" + Sign(secret, timestamp, bytes))) is { } given)
        {
            request.Headers.TryAddWithoutValidation("X-Lawmatics-Signature", given);
        }

        if (headerId is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Lawmatics-Event-Id", headerId);
        }

        using var lawmatics = Host.ClientWith(null);
        using var answer = await lawmatics.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    /// <summary>Posts an event that is accepted, and waits for the end of its workflow; returns the workflow.</summary>
    public async Task<JsonElement> TakeAsync(string type, object data, string? id = null)
    {
        var (status, receipt) = await PostAsync(Body(type, data, id ?? NewId()));
        Assert.Equal((202, "accepted"), (status, receipt.GetProperty("result").GetString()));
        return await EndAsync(receipt);
    }

    public Task<JsonElement> EndAsync(JsonElement receipt) => Host.EndOfWorkflowAsync($"lawmaticsevent.{receipt.GetProperty("id").GetString()}", TimeSpan.FromSeconds(1));

    /// <summary>The request that a receipt names.</summary>
    public async Task<InboundRequest> RequestAsync(JsonElement receipt) => (await Host.Get<InboundLog>().FindAsync(LawmaticsHost.Demo, receipt.GetProperty("id").GetString()!, None))!;

    /// <summary>The newest request of Lawmatics'.</summary>
    public async Task<InboundRequest> LastRequestAsync()
    {
        var (items, _) = await Host.Get<InboundLog>().ListAsync(LawmaticsHost.Demo, new InboundFilter("lawmatics", null, null), null, 1, None);
        return (await Host.Get<InboundLog>().FindAsync(LawmaticsHost.Demo, items[0].Id, None))!;
    }

    public async Task<int> ReadsAsync() => (await Host.LawmaticsRequestsAsync("getprospect")).Count;
}
