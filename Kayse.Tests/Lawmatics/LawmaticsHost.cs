using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.Lawmatics;

namespace Kayse.Tests.Lawmatics;

/// <summary>The product with its sandbox, and what tests of Lawmatics do over and over: sign in, order faults, look at the log.</summary>
public static class LawmaticsHost
{
    public const string Base = "/api/companies/demo/integrations/lawmatics";
    public const string ClientId = "demo-client";
    public const string ClientSecret = "demo-client-secret";

    public static readonly CompanyId Demo = CompanyId.Parse("demo");

    /// <summary>Starts a host whose firm has signed in to Lawmatics.</summary>
    public static async Task<TestHost> StartConnectedAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        var host = await TestHost.StartAsync(settings);
        await host.SandboxOptionsAsync(new { authorizePage = "grant" });
        Assert.Equal((200, true), (await host.SignInAsync(), await host.IsConnectedAsync()));
        return host;
    }

    /// <summary>Begins a sign-in and opens its address in a browser; the status of the page where it ends.</summary>
    public static async Task<int> SignInAsync(this TestHost host, string client = ClientId, string company = "demo")
    {
        var address = await host.BeginAsync(client, company);
        return (await host.OpenAsync(address)).Status;
    }

    public static async Task<string> BeginAsync(this TestHost host, string client = ClientId, string company = "demo", string? key = null)
    {
        using var caller = host.ClientWith(key ?? TestHost.OperatorKey);
        using var answer = await caller.PostAsJsonAsync($"/api/companies/{company}/integrations/lawmatics/connect", new { clientId = client, clientSecret = $"{client}-secret" });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("authorizeUrl").GetString()!;
    }

    /// <summary>Opens an address as a browser does, redirects and all.</summary>
    public static async Task<(int Status, string Text)> OpenAsync(this TestHost host, string address)
    {
        using var browser = host.ClientWith(null);
        using var answer = await browser.GetAsync(address);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public static Task<JsonElement> ConnectionAsync(this TestHost host) => host.GetJsonAsync(Base);

    public static async Task<bool> IsConnectedAsync(this TestHost host) => (await host.ConnectionAsync()).GetProperty("connected").GetBoolean();

    public static async Task SandboxOptionsAsync(this TestHost host, object options, string client = ClientId)
    {
        using var answer = await host.Http.PutAsJsonAsync($"{host.SandboxUrl}/_sandbox/lawmatics/{client}", new { options });
        answer.EnsureSuccessStatusCode();
    }

    public static async Task RevokeTokensAsync(this TestHost host)
    {
        using var answer = await host.Http.PostAsync($"{host.SandboxUrl}/_sandbox/lawmatics/{ClientId}/revoke-tokens", null);
        answer.EnsureSuccessStatusCode();
    }

    public static Task LawmaticsFaultAsync(this TestHost host, string operation, string kind, int count = 1) =>
        host.FaultAsync(new { system = "lawmatics", operation, kind, count, applied = "no" });

    /// <summary>The requests that Lawmatics has seen, of one operation or all.</summary>
    public static async Task<IReadOnlyList<JsonElement>> LawmaticsRequestsAsync(this TestHost host, string? operation = null)
    {
        var all = (await host.GetJsonAsync($"{host.SandboxUrl}/_sandbox/requests?system=lawmatics")).GetProperty("requests").EnumerateArray();
        return [.. all.Where(request => operation is null || request.GetProperty("operation").GetString() == operation)];
    }

    public static async Task<IReadOnlyList<string>> AttentionAsync(this TestHost host) =>
        [.. (await host.GetJsonAsync("/api/companies/demo/integrations")).GetProperty("attention").EnumerateArray()
            .Where(entry => entry.GetProperty("id").GetString() == "lawmatics").Select(entry => entry.GetProperty("message").GetString()!)];

    /// <summary>The audit log's lines of an action, newest first: outcome and detail.</summary>
    public static async Task<IReadOnlyList<(string Outcome, string? Detail)>> AuditAsync(this TestHost host, string action) =>
        [.. (await host.GetJsonAsync("/api/companies/demo/audit?limit=100")).GetProperty("items").EnumerateArray()
            .Where(line => line.GetProperty("crm").GetString() == "lawmatics" && line.GetProperty("action").GetString() == action)
            .Select(line => (line.GetProperty("outcome").GetString()!, line.GetProperty("detail").GetString()))];

    public static async Task<LawmaticsSession> SessionAsync(this TestHost host, LawmaticsPriority priority = LawmaticsPriority.Live) =>
        (await host.Get<LawmaticsConnections>().SessionAsync(Demo, priority, CancellationToken.None))!;

    /// <summary>A read, as a sync makes it.</summary>
    public static async Task<LawmaticsReply> ReadAsync(this TestHost host, LawmaticsPriority priority = LawmaticsPriority.Live) =>
        await host.Get<LawmaticsClient>().GetAsync(await host.SessionAsync(priority), "/v1/contacts?fields=all", CancellationToken.None);
}
