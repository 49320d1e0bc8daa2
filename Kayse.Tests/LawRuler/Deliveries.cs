using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Companies;
using Kayse.Core.Events;

namespace Kayse.Tests.LawRuler;

/// <summary>What the tests of messages and documents do with a host.</summary>
internal static class Deliveries
{
    private static readonly CompanyId s_demo = CompanyId.Parse("demo");

    /// <summary>An event of an SMS from the firm.</summary>
    public static JsonObject Message(string id, long lead, Action<JsonObject>? change = null, string type = "message_sent") => Event($"evt_{type}_{id}", type, lead, new JsonObject
    {
        ["message"] = new JsonObject { ["id"] = id, ["channel"] = "sms", ["direction"] = "outbound", ["text"] = "Please complete your form.", ["sentAt"] = "2026-11-20T15:06:00Z" },
    }, change);

    /// <summary>An event of a document, which the sandbox's receiver of the document's id serves.</summary>
    public static JsonObject Document(TestHost host, string id, long lead, string? name, string contentType = "application/pdf", string type = "document_uploaded") => Event($"evt_{type.Replace('.', '_')}_{id}", type, lead, new JsonObject
    {
        ["document"] = new JsonObject { ["id"] = id, ["name"] = name, ["contentType"] = contentType, ["url"] = $"{host.SandboxUrl}/receiver/{id}" },
    }, null);

    /// <summary>Makes the lead and the document, sends its event and waits for the end.</summary>
    public static async Task<JsonElement> RunDocumentAsync(TestHost host, string id, long lead, string? name, string contentType = "application/pdf")
    {
        await Chain.LeadAsync(host, lead);
        await ServeAsync(host, id, 200);
        await host.SendAsync(Document(host, id, lead, name, contentType));
        return await host.EndOfWorkflowAsync($"document.{id}", Chain.Second);
    }

    /// <summary>Says what a document's address answers.</summary>
    public static async Task ServeAsync(TestHost host, string id, int status) =>
        (await host.Http.PutAsJsonAsync($"{host.SandboxUrl}/_sandbox/receiver/{id}", new { status, body = $"the bytes of {id}" })).EnsureSuccessStatusCode();

    /// <summary>Makes the lead, sends the message's event and waits for the end.</summary>
    public static async Task<JsonElement> RunMessageAsync(TestHost host, string id, long lead, Action<JsonObject>? change = null)
    {
        await Chain.LeadAsync(host, lead);
        await host.SendAsync(Message(id, lead, change));
        return await host.EndOfWorkflowAsync($"message.{id}", Chain.Second);
    }

    /// <summary>The lead's notes.</summary>
    public static async Task<IReadOnlyList<JsonElement>> NotesAsync(TestHost host, long lead) => [.. (await host.LeadAsync(lead)).GetProperty("notes").EnumerateArray()];

    /// <summary>The state and the reason of a workflow's only step.</summary>
    public static (string? State, string? Reason) Step(JsonElement workflow)
    {
        var step = Assert.Single(workflow.GetProperty("steps").EnumerateArray());
        return (Chain.Text(step, "state"), Chain.Text(step, "error"));
    }

    /// <summary>Runs a workflow again and waits for the end.</summary>
    public static async Task<JsonElement> RerunAsync(TestHost host, string id, string step) => await host.EndOfWorkflowAsync(await Chain.RerunAsync(host, id, step), Chain.Second);

    /// <summary>Has a case synchronised and waits for the end.</summary>
    public static async Task<JsonElement> SyncAsync(TestHost host, string caseId)
    {
        using var answer = await host.Http.PostAsync($"/api/companies/demo/cases/{caseId}/sync", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return await host.EndOfWorkflowAsync(Chain.Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "id")!, Chain.Second);
    }

    /// <summary>The case of a lead, which its webhook brings.</summary>
    public static async Task<JsonElement> CaseAsync(TestHost host, long lead)
    {
        await Chain.SendWebhookAsync(host, lead);
        return await FindCaseAsync(host, lead);
    }

    /// <summary>The case of a lead as it stands.</summary>
    public static async Task<JsonElement> FindCaseAsync(TestHost host, long lead) =>
        (await host.GetJsonAsync("/api/companies/demo/cases?limit=100")).GetProperty("items").EnumerateArray().Single(one => Chain.Text(one, "externalSourceId") == $"{lead}");

    /// <summary>Waits until every event was handled.</summary>
    public static Task NothingPendingAsync(TestHost host) =>
        host.EventuallyAsync(async () => (await host.Get<PendingWork>().AllAsync(s_demo, CancellationToken.None)).Count == 0, Chain.Second);

    /// <summary>Waits until an event waits for the end of a pause.</summary>
    public static Task WaitsForPauseAsync(TestHost host) =>
        host.EventuallyAsync(async () => (await host.Get<PendingWork>().AllAsync(s_demo, CancellationToken.None)).Any(item => item.WaitsFor is not null));

    /// <summary>The audit lines about something, newest first: outcome and detail.</summary>
    public static async Task<IReadOnlyList<(string? Outcome, string? Detail)>> AuditAsync(TestHost host, string subject) =>
    [
        .. (await host.GetJsonAsync("/api/companies/demo/audit?limit=100")).GetProperty("items").EnumerateArray()
            .Where(line => line.TryGetProperty("subject", out var about) && about.GetString() == subject).Select(line => (Chain.Text(line, "outcome"), line.TryGetProperty("detail", out var detail) ? detail.GetString() : null)),
    ];

    private static JsonObject Event(string id, string type, long lead, JsonObject data, Action<JsonObject>? change)
    {
        var json = new JsonObject
        {
            ["id"] = id,
            ["type"] = type,
            ["occurredAt"] = "2026-11-20T15:06:03Z",
            ["companyId"] = "demo",
            ["case"] = new JsonObject { ["externalSource"] = "lawruler", ["externalSourceId"] = $"{lead}", ["caseType"] = "Zantac" },
            ["data"] = data,
        };
        change?.Invoke(json);
        return json;
    }
}
