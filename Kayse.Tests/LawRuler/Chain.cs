using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kayse.Tests.LawRuler;

/// <summary>A host for tests of the post-call chain that do not disturb each other, each with a lead and a call of its own; the rate budget is out of their way.</summary>
public sealed class ChainFixture : IAsyncLifetime
{
    /// <summary>The host.</summary>
    public TestHost Host { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Host = await TestHost.StartAsync();
        // The demo firm's lead comes by the webhook, in the background.
        await Host.WebhooksAnsweredAsync();
        await Host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 60_000, concurrency = 32 } });
    }

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Host.DisposeAsync();
}

/// <summary>What the chain's tests do with a host.</summary>
internal static class Chain
{
    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>The sample event for another call and lead.</summary>
    public static JsonObject Call(TestHost host, string call, long lead, Action<JsonObject>? change = null) => Samples.CallAnalyzed(host, json =>
    {
        json["id"] = $"evt_{call}";
        json["case"]!["externalSourceId"] = $"{lead}";
        json["data"]!["call"]!["call_id"] = call;
        change?.Invoke(json);
    });

    /// <summary>The same call as it ends without an analysis.</summary>
    public static JsonObject Ended(TestHost host, string call, long lead, Action<JsonObject>? change = null) => Call(host, call, lead, json =>
    {
        json["id"] = $"evt_end_{call}";
        json["type"] = "call_ended";
        json["data"]!["call"]!.AsObject().Remove("call_analysis");
        json["data"]!["call"]!["disconnection_reason"] = "voicemail_reached";
        change?.Invoke(json);
    });

    /// <summary>The analysis in an event.</summary>
    public static JsonObject Analysis(JsonObject json) => json["data"]!["call"]!["call_analysis"]!.AsObject();

    /// <summary>Makes a lead in the sandbox.</summary>
    public static async Task LeadAsync(TestHost host, long id, object? lead = null)
    {
        using var answer = await host.Http.PutAsJsonAsync($"{host.SandboxUrl}/_sandbox/lawruler/demo/leads/{id}", lead ?? new { });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Lets the sandbox send a lead's webhook, and waits until it was answered.</summary>
    public static async Task SendWebhookAsync(TestHost host, long id)
    {
        using var sent = await host.Http.PostAsync($"{host.SandboxUrl}/_sandbox/lawruler/demo/leads/{id}/send-webhook", null);
        sent.EnsureSuccessStatusCode();
        await host.WebhooksAnsweredAsync();
    }

    /// <summary>Sets up the sandbox's portal.</summary>
    public static async Task PortalAsync(TestHost host, object portal)
    {
        using var answer = await host.Http.PutAsJsonAsync($"{host.SandboxUrl}/_sandbox/lawruler/demo", portal);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Makes the lead, sends the call and waits for the end of its chain.</summary>
    public static async Task<JsonElement> RunAsync(TestHost host, string call, long lead, Action<JsonObject>? change = null, TimeSpan? step = null)
    {
        await LeadAsync(host, lead);
        await host.SendAsync(Call(host, call, lead, change));
        return await host.EndOfWorkflowAsync($"postcall.{call}", step ?? Second);
    }

    /// <summary>Runs a chain again from a step; returns the new id.</summary>
    public static async Task<string> RerunAsync(TestHost host, string id, string step)
    {
        using var answer = await host.Http.PostAsJsonAsync($"/api/companies/demo/workflows/{id}/rerun", new { fromStep = step });
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
        return Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "id")!;
    }

    /// <summary>A step of a workflow.</summary>
    public static JsonElement Step(JsonElement workflow, string name) =>
        Assert.Single(workflow.GetProperty("steps").EnumerateArray(), step => Text(step, "name") == name);

    /// <summary>The states of a workflow's steps, in order.</summary>
    public static string States(JsonElement workflow) => string.Join(' ', workflow.GetProperty("steps").EnumerateArray().Select(step => Text(step, "state")));

    /// <summary>A text property.</summary>
    public static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    /// <summary>The lead's notes of a call, by their markers.</summary>
    public static IReadOnlyList<JsonElement> Notes(JsonElement lead, string call) =>
        [.. lead.GetProperty("notes").EnumerateArray().Where(note => Text(note, "text")!.Split('\n')[^1].StartsWith($"Kayse call {call} (", StringComparison.Ordinal))];

    /// <summary>The lead's documents.</summary>
    public static IReadOnlyList<JsonElement> Documents(JsonElement lead) => [.. lead.GetProperty("documents").EnumerateArray()];

    /// <summary>
    /// Waits until a workflow is so. While each of its steps waits or has ended the clock is moved to the next turn, at most to a time; otherwise so little that nothing on its way is cut off.
    /// </summary>
    public static async Task<JsonElement> UntilAsync(TestHost host, string id, Func<JsonElement, bool> isSo, DateTimeOffset? atMost = null)
    {
        JsonElement found = default;
        await host.EventuallyAsync(
            async () =>
            {
                found = (await host.WorkflowAsync(id))!.Value;
                if (isSo(found))
                {
                    return true;
                }

                var (now, steps) = (host.Clock.GetUtcNow(), found.GetProperty("steps").EnumerateArray().ToList());
                var turns = steps.Where(step => Text(step, "state") == "waiting").Select(step => step.GetProperty("nextAttemptAt").GetDateTimeOffset()).ToList();
                if (turns.Count > 0 && steps.TrueForAll(step => Text(step, "state") != "running"))
                {
                    var turn = atMost < turns.Min() ? atMost.Value : turns.Min();
                    if (turn > now)
                    {
                        host.Clock.Advance(turn - now);
                    }
                }

                return false;
            },
            TimeSpan.FromMilliseconds(200));
        return found;
    }

    /// <summary>The forms of the campaign calls for a lead, in the order in which they were sent.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<KeyValuePair<string, string>>>> FormsAsync(TestHost host, long lead) =>
        [.. (await host.SandboxRequestsAsync("campaign")).Select(request => Text(request, "body")!)
            // One that the moving clock cut off has none.
            .Where(body => body.Length > 0).Select(Form).Where(form => form.Contains(KeyValuePair.Create("LeadID", $"{lead}")))];

    /// <summary>What was sent for a lead of one operation.</summary>
    public static async Task<int> CountAsync(TestHost host, string operation, long lead) =>
        (await host.SandboxRequestsAsync(operation)).Count(request => $"{Text(request, "body")}&{Text(request, "query")}".Contains($"{lead}", StringComparison.Ordinal));

    /// <summary>The firm's audit lines of a chain, oldest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> AuditAsync(TestHost host, string call)
    {
        var lines = (await host.GetJsonAsync("/api/companies/demo/audit?limit=100")).GetProperty("items").EnumerateArray();
        return [.. lines.Where(line => line.TryGetProperty("subject", out var subject) && subject.GetString()?.StartsWith($"postcall.{call}", StringComparison.Ordinal) == true).Reverse()];
    }

    private static List<KeyValuePair<string, string>> Form(string body) =>
        [.. body.Split('&').Select(pair => pair.Split('=')).Select(pair => KeyValuePair.Create(Decode(pair[0]), Decode(pair[1])))];

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
