using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Sync;

namespace Kayse.Tests.LawRuler;

/// <summary>What an admin is told of a connection, and how a connection ends.</summary>
public sealed class AttentionTests : IAsyncLifetime
{
    private const string Base = "/api/companies/demo/integrations";
    private static readonly CompanyId s_demo = CompanyId.Parse("demo");
    private TestHost _host = null!;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Refused_credentials_need_attention_until_the_firm_is_connected_again()
    {
        await RefuseAsync("call_a1", 880001);

        var entry = (await AttentionAsync("integration")).Single();
        Assert.Equal("lawruler", Chain.Text(entry, "id"));
        Assert.Contains("Connect again", Chain.Text(entry, "message"), StringComparison.Ordinal);
        Assert.Contains(_host.Log.Lines, line => line.Contains("refused the firm's credentials", StringComparison.Ordinal));

        await ClearFaultsAsync();
        await ConnectAsync();
        Assert.Empty(await AttentionAsync("integration"));
    }

    [Fact]
    public async Task The_firms_webhooks_are_told_once_of_a_connection_that_fails()
    {
        await RefuseAsync("call_a2", 880002);

        await _host.Get<Sweep>().RunAsync(s_demo, None);
        await _host.Get<Sweep>().RunAsync(s_demo, None);

        var since = (await _host.Get<SyncHealth>().GetAsync(s_demo, "lawruler", None)).RefusedSince!.Value;
        var told = await _host.Get<EventStore>().LoadAsync(s_demo, $"evt_lawruler_credentials_{since.ToUnixTimeMilliseconds()}", None);
        Assert.Equal("integration.failing", told!.Type);
        var audit = await _host.GetJsonAsync("/api/companies/demo/audit?limit=100");
        Assert.Single(audit.GetProperty("items").EnumerateArray(), line => Chain.Text(line, "action") == "integration_failing");
    }

    [Fact]
    public async Task A_sync_that_has_not_worked_for_three_hours_needs_attention_until_one_works()
    {
        await _host.FaultAsync(new { system = "lawruler", operation = "search", kind = "503", count = 100_000, applied = "no" });
        await _host.EventuallyAsync(async () => (await AttentionAsync("integration")).Count > 0, TimeSpan.FromMinutes(5));

        var entry = Assert.Single(await AttentionAsync("integration"));
        Assert.True(_host.Clock.GetUtcNow() - entry.GetProperty("since").GetDateTimeOffset() >= IntegrationHealth.Patience);
        Assert.Contains("Law Ruler has a fault of its own. The next hour's sync goes on where this one stood.", Chain.Text(entry, "message"), StringComparison.Ordinal);
        Assert.Empty(await AttentionAsync("workflow"));
        // The clock may be ahead of a sync that still runs.
        await _host.EventuallyAsync(async () => (await _host.GetJsonAsync($"{Base}/lawruler")).GetProperty("health").GetProperty("errors").GetInt32() >= 3, TimeSpan.FromMinutes(5));

        await ClearFaultsAsync();
        await _host.EventuallyAsync(async () => (await AttentionAsync("integration")).Count == 0, TimeSpan.FromMinutes(5));
        Assert.NotEqual(JsonValueKind.Null, (await _host.GetJsonAsync($"{Base}/lawruler")).GetProperty("health").GetProperty("lastSync").ValueKind);
    }

    [Fact]
    public async Task A_sync_that_is_switched_off_does_not_fail()
    {
        await _host.Get<SyncHealth>().FailedAsync(s_demo, "lawruler", "Law Ruler did not answer.", None);
        await _host.PatchSettingsAsync(new { toggles = new { receiveData = false } });

        _host.Clock.Advance(IntegrationHealth.Patience);

        Assert.Empty(await AttentionAsync("integration"));
    }

    [Fact]
    public async Task A_chain_that_ended_badly_is_listed_with_its_step_and_what_to_do()
    {
        await RefuseAsync("call_a3", 880003);

        var entry = (await AttentionAsync("workflow")).Single(one => Chain.Text(one, "id") == "postcall.call_a3");

        Assert.Contains("campaign_call", Chain.Text(entry, "message"), StringComparison.Ordinal);
        Assert.Contains("Rerun it", Chain.Text(entry, "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_toggle_says_what_it_controls()
    {
        var view = await _host.GetJsonAsync($"{Base}/lawruler");

        Assert.Equal(
            view.GetProperty("toggles").EnumerateObject().Select(one => one.Name).Order(StringComparer.Ordinal),
            view.GetProperty("toggleDescriptions").EnumerateObject().Select(one => one.Name));
    }

    [Fact]
    public async Task Disconnecting_deletes_the_credentials_stops_what_runs_and_keeps_the_rest()
    {
        await Chain.LeadAsync(_host, 880004);
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "503", count = 1000, applied = "no" });
        await _host.SendAsync(Chain.Call(_host, "call_a4", 880004));
        await _host.EventuallyAsync(async () => await _host.WorkflowAsync("postcall.call_a4") is { } started && Chain.Text(started, "state") == "running");

        using var gone = await _host.Http.DeleteAsync($"{Base}/lawruler/connection");

        Assert.Equal("terminated", Chain.Text((await _host.WorkflowAsync("postcall.call_a4"))!.Value, "state"));
        Assert.Null(await _host.Get<ISecretStore>().GetAsync(LawRulerConnections.Name(s_demo, "credentials"), null, None));
        Assert.NotEmpty((await _host.GetJsonAsync("/api/companies/demo/cases")).GetProperty("items").EnumerateArray());

        await ClearFaultsAsync();
        await ConnectAsync();
        using var rerun = await _host.Http.PostAsJsonAsync("/api/companies/demo/workflows/postcall.call_a4/rerun", new { fromStep = "campaign_call" });
        Assert.Equal("completed", Chain.Text(await _host.EndOfWorkflowAsync("postcall.call_a4.r1", Chain.Second), "state"));
        Assert.Equal(2, (await _host.LeadAsync(880004)).GetProperty("notes").GetArrayLength());
    }

    private async Task RefuseAsync(string call, long lead)
    {
        await Chain.LeadAsync(_host, lead);
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "401", count = 1000, applied = "no" });
        await _host.SendAsync(Chain.Call(_host, call, lead));
        await _host.EndOfWorkflowAsync($"postcall.{call}", Chain.Second);
    }

    private async Task ClearFaultsAsync()
    {
        using var clear = await _host.Http.DeleteAsync($"{_host.SandboxUrl}/_sandbox/faults");
    }

    private async Task ConnectAsync()
    {
        using var answer = await _host.Http.PostAsJsonAsync(
            $"{Base}/lawruler/connect", new { username = "demo-user", password = "demo-password", clientRoot = "demo", clientSecret = "demo-secret", key = "demo-key" });
        answer.EnsureSuccessStatusCode();
    }

    private async Task<IReadOnlyList<JsonElement>> AttentionAsync(string subject) =>
        [.. (await _host.GetJsonAsync(Base)).GetProperty("attention").EnumerateArray().Where(entry => Chain.Text(entry, "subject") == subject)];
}
