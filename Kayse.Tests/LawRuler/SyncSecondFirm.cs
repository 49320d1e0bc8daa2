using System.Net.Http.Json;
using System.Text.Json;

namespace Kayse.Tests.LawRuler;

/// <summary>A second firm with a Law Ruler of its own in the sandbox.</summary>
internal static class SyncSecondFirm
{
    private const string Id = "second";
    private const long Lead = 990001;

    public static async Task OpenAsync(TestHost host)
    {
        using var portal = await host.Http.PutAsJsonAsync($"{host.SandboxUrl}/_sandbox/lawruler/{Id}", new { leads = new[] { new { id = Lead } } });
        portal.EnsureSuccessStatusCode();
        await host.OpenFirmAsync(Id);
        var credentials = new { username = $"{Id}-user", password = $"{Id}-password", clientRoot = Id, clientSecret = $"{Id}-secret", key = $"{Id}-key" };
        using var connected = await host.Http.PostAsJsonAsync($"/api/companies/{Id}/integrations/lawruler/connect", credentials);
        connected.EnsureSuccessStatusCode();
    }

    public static Task SendCallAsync(TestHost host, string call) => host.SendAsync(Chain.Call(host, call, Lead, json =>
    {
        json["companyId"] = Id;
        json["data"]!["call"]!.AsObject().Remove("recording_url");
    }));

    public static Task EndAsync(TestHost host, string workflow) => host.EventuallyAsync(async () =>
    {
        using var answer = await host.Http.GetAsync($"/api/companies/{Id}/workflows/{workflow}");
        return answer.IsSuccessStatusCode && Chain.Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "state") == "completed";
    }, TimeSpan.FromMilliseconds(200));
}
