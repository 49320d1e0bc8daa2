using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Cases;

namespace Kayse.Tests.Lawmatics;

/// <summary>What tests of the sync to Lawmatics do over and over: send what tells of a matter, wait for its sync, look at what Lawmatics keeps.</summary>
internal static class Outbound
{
    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>A connected host whose rate limits are out of the way, and that does not poll: requests and faults are the syncs' alone.</summary>
    public static async Task<TestHost> StartAsync(object? settings = null)
    {
        var host = await LawmaticsHost.StartConnectedAsync();
        await host.SandboxOptionsAsync(new { rateLimitPerMinute = 0 });
        await host.PatchLawmaticsAsync(new { settings = settings ?? new { requestsPerMinute = 6000, concurrency = 32 } });
        await host.DoNotPollAsync();
        return host;
    }

    public static async Task PatchLawmaticsAsync(this TestHost host, object patch)
    {
        using var answer = await host.Http.PatchAsJsonAsync($"{LawmaticsHost.Base}/settings", patch);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public static Task DoNotPollAsync(this TestHost host) => host.PatchLawmaticsAsync(new { settings = new { polling = new { enabled = false } } });

    /// <summary>A matter that was created in Kayse.</summary>
    public static JsonObject Created(string matter, Action<JsonObject>? change = null) => Event($"evt_new_{matter}", "matter.created", matter, change);

    /// <summary>An intake that the client has completed.</summary>
    public static JsonObject Intake(string matter, Action<JsonObject>? change = null) => Event($"evt_form_{matter}", "form_submitted", matter, json =>
    {
        json["data"]!["form"] = new JsonObject { ["id"] = "form_12", ["kind"] = "intake" };
        json["data"]!["answers"] = new JsonArray(
            Answer("year_of_birth", "Year of birth", "1980"), Answer("served", "Were you served?", "yes"), Answer("assessment", "Assessment of the claim", "Worth a closer look", origin: "firm", privileged: true));
        change?.Invoke(json);
    });

    /// <summary>A document that was approved.</summary>
    public static JsonObject Approved(string matter, string document, Action<JsonObject>? change = null) => Event($"evt_{document}", "document.approved", matter, json =>
    {
        json["data"]!["document"] = new JsonObject { ["id"] = document, ["name"] = "Attorney memo.pdf", ["contentType"] = "application/pdf", ["url"] = "https://files.example.com/doc" };
        change?.Invoke(json);
    });

    public static JsonObject Answer(string key, string label, JsonNode? value, string? origin = "client", bool? privileged = false)
    {
        var answer = new JsonObject { ["key"] = key, ["label"] = label, ["value"] = value };
        if (origin is not null)
        {
            answer["origin"] = origin;
        }

        if (privileged is { } isPrivileged)
        {
            answer["privileged"] = isPrivileged;
        }

        return answer;
    }

    public static JsonObject Client(string first, string last, string? email, string? phone = "+15055550142") =>
        new() { ["firstName"] = first, ["lastName"] = last, ["email"] = email, ["phone"] = phone };

    /// <summary>Sends an event, and waits until the sync that it led to has ended.</summary>
    public static async Task<JsonElement> SyncAsync(this TestHost host, JsonObject platformEvent, TimeSpan? step = null)
    {
        await host.SendAsync(platformEvent);
        return await host.SyncedAsync(platformEvent["data"]!["matter"]!["id"]!.GetValue<string>(), step, platformEvent["id"]!.GetValue<string>());
    }

    /// <summary>Waits until an event was taken in.</summary>
    public static Task KnownAsync(this TestHost host, JsonObject platformEvent) =>
        host.EventuallyAsync(async () => await host.CaseAsync(platformEvent["data"]!["matter"]!["id"]!.GetValue<string>()) is not null && !await host.IsPendingAsync(platformEvent["id"]!.GetValue<string>()));

    /// <summary>Waits until a matter's sync has ended, whatever it came to.</summary>
    public static async Task<JsonElement> SyncedAsync(this TestHost host, string matter, TimeSpan? step = null, string? routed = null)
    {
        JsonElement found = default;
        await host.EventuallyAsync(async () =>
        {
            if ((routed is not null && await host.IsPendingAsync(routed)) || await host.CaseAsync(matter) is not { } id)
            {
                return false;
            }

            found = await host.GetJsonAsync($"/api/companies/demo/cases/{id}/lawmatics");
            return found.GetProperty("state").GetString() is "done" or "failed";
        }, step);
        return found;
    }

    /// <summary>Waits until a matter's sync stands so.</summary>
    public static Task StandsAsync(this TestHost host, string matter, string state, TimeSpan? step = null) => host.EventuallyAsync(async () => await host.StateAsync(matter) == state, step);

    public static async Task<string?> StateAsync(this TestHost host, string matter) =>
        await host.CaseAsync(matter) is { } id ? (await host.GetJsonAsync($"/api/companies/demo/cases/{id}/lawmatics")).GetProperty("state").GetString() : null;

    /// <summary>The case of a matter, or null while there is none.</summary>
    public static async Task<string?> CaseAsync(this TestHost host, string matter) =>
        (await host.Get<CaseStore>().FindAsync(LawmaticsHost.Demo, "kayse", matter, CancellationToken.None))?.Id.ToString();

    /// <summary>Syncs a matter by hand and waits for its end.</summary>
    public static async Task<JsonElement> ByHandAsync(this TestHost host, string matter, TimeSpan? step = null)
    {
        await host.StartByHandAsync(new { matter });
        return await host.SyncedAsync(matter, step);
    }

    /// <summary>Starts a sync by hand; its workflow.</summary>
    public static async Task<string> StartByHandAsync(this TestHost host, object body)
    {
        using var answer = await host.Http.PostAsJsonAsync($"{LawmaticsHost.Base}/sync", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>What Lawmatics keeps: contacts, matters, notes, interactions, files.</summary>
    public static async Task<IReadOnlyList<JsonElement>> KeptAsync(this TestHost host, string kind, string client = LawmaticsHost.ClientId) =>
        [.. (await host.GetJsonAsync($"{host.SandboxUrl}/_sandbox/lawmatics?client={client}")).GetProperty(kind).EnumerateArray()];

    public static async Task<JsonElement> OnlyAsync(this TestHost host, string kind) => Assert.Single(await host.KeptAsync(kind));

    /// <summary>What a person does in Lawmatics.</summary>
    public static async Task<JsonElement> InLawmaticsAsync(this TestHost host, string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{host.SandboxUrl}/_sandbox/lawmatics/{LawmaticsHost.ClientId}/{path}") { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await host.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    public static async Task<long> SeedAsync(this TestHost host, string kind, object body) => (await host.InLawmaticsAsync("POST", kind, body)).GetProperty("ids")[0].GetInt64();

    public static Task FaultsAsync(this TestHost host, string operation, string kind, string applied, int count = 1, string? detail = null) =>
        host.FaultAsync(new { system = "lawmatics", operation, kind, count, applied, detail });

    public static async Task<IReadOnlyList<string>> AttentionMessagesAsync(this TestHost host) =>
        [.. (await host.GetJsonAsync("/api/companies/demo/integrations")).GetProperty("attention").EnumerateArray().Select(entry => Text(entry, "message")!)];

    public static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    /// <summary>A sync's steps, e.g. <c>contact done, matter done, activity done</c>.</summary>
    public static string Steps(JsonElement synced) => string.Join(", ", synced.GetProperty("workflow").GetProperty("steps").EnumerateArray().Select(step => $"{Text(step, "name")} {Text(step, "state")}"));

    public static JsonElement Step(JsonElement synced, string name) => synced.GetProperty("workflow").GetProperty("steps").EnumerateArray().Single(step => Text(step, "name") == name);

    private static async Task<bool> IsPendingAsync(this TestHost host, string id) =>
        await host.Get<Kayse.Core.Events.PendingWork>().ContainsAsync(LawmaticsHost.Demo, Kayse.Core.Events.EventIntake.PendingKind, id, CancellationToken.None);

    private static JsonObject Event(string id, string type, string matter, Action<JsonObject>? change)
    {
        var json = new JsonObject
        {
            ["id"] = id,
            ["type"] = type,
            ["occurredAt"] = "2026-11-20T15:05:00Z",
            ["companyId"] = "demo",
            ["case"] = new JsonObject { ["caseType"] = "Divorce — Standard" },
            ["data"] = new JsonObject
            {
                ["matter"] = new JsonObject { ["id"] = matter, ["title"] = $"Quillfeather – {matter}", ["practiceArea"] = "Family Law", ["portalUrl"] = $"https://portal.example.com/matters/{matter}" },
                ["client"] = Client("Tilda", "Quillfeather", $"{matter}@example.com"),
            },
        };
        change?.Invoke(json);
        return json;
    }
}

/// <summary>A connected host that the tests of a class share, each with matters of its own.</summary>
public sealed class OutboundFixture : IAsyncLifetime
{
    public TestHost Host { get; private set; } = null!;

    public async Task InitializeAsync() => Host = await Outbound.StartAsync();

    public async Task DisposeAsync() => await Host.DisposeAsync();
}
