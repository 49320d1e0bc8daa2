using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Events;
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

        var since = (await _host.Get<SyncHealth>().GetAsync(s_demo, "lawruler", None)).Refused[SyncHealth.Key];
        var told = await _host.Get<EventStore>().LoadAsync(s_demo, $"evt_lawruler_credentials_{since.ToUnixTimeMilliseconds()}", None);
        Assert.Equal("integration.failing", told!.Type);
        var audit = await _host.GetJsonAsync("/api/companies/demo/audit?limit=100");
        Assert.Single(audit.GetProperty("items").EnumerateArray(), line => Chain.Text(line, "action") == "integration_failing" && Chain.Text(line, "detail")!.Contains("refuses the firm's Key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Statuses_that_could_not_be_read_for_three_hours_need_attention_even_where_the_sync_works()
    {
        await _host.FaultAsync(new { system = "lawruler", operation = "search", kind = "503", count = 100_000, applied = "no" });
        await _host.EventuallyAsync(async () => (await AttentionAsync("integration")).Any(entry => Chain.Text(entry, "message")!.Contains("statuses could not be read", StringComparison.Ordinal)), TimeSpan.FromMinutes(5));
        await _host.EventuallyAsync(async () => (await _host.Get<SyncHealth>().GetAsync(s_demo, "lawruler", None)).Errors >= 30, TimeSpan.FromMinutes(5));

        await _host.Get<SyncHealth>().SyncedAsync(s_demo, "lawruler", 1, None);

        Assert.Contains("statuses could not be read", Chain.Text(Assert.Single(await AttentionAsync("integration")), "message"), StringComparison.Ordinal);
        Assert.NotNull((await _host.GetJsonAsync($"{Base}/lawruler")).GetProperty("health").GetProperty("lastError").GetString());
        await ClearFaultsAsync();
        await _host.EventuallyAsync(async () => (await AttentionAsync("integration")).Count == 0, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_poll_for_statuses_that_works_does_not_hide_a_sync_that_fails()
    {
        var health = _host.Get<SyncHealth>();
        await health.FailedAsync(s_demo, "lawruler", "Law Ruler did not answer.", None);

        await health.PulledAsync(s_demo, "lawruler", None);

        Assert.NotNull((await health.GetAsync(s_demo, "lawruler", None)).FailingSince);
    }

    [Fact]
    public async Task A_sync_that_has_not_worked_for_three_hours_needs_attention_until_one_works()
    {
        // The poll for statuses searches too, and is told of by itself.
        await _host.PatchSettingsAsync(new { toggles = new { syncCaseStatuses = false } });
        await _host.FaultAsync(new { system = "lawruler", operation = "search", kind = "503", count = 100_000, applied = "no" });
        const string Why = "Law Ruler has a fault of its own. The next hour's sync goes on where this one stood.";
        await _host.EventuallyAsync(async () => (await AttentionAsync("integration")) is [var one] && Chain.Text(one, "message")!.Contains(Why, StringComparison.Ordinal), TimeSpan.FromMinutes(5));

        var entry = Assert.Single(await AttentionAsync("integration"));
        Assert.True(_host.Clock.GetUtcNow() - entry.GetProperty("since").GetDateTimeOffset() >= IntegrationHealth.Patience);
        Assert.Empty(await AttentionAsync("workflow"));
        // The clock may be ahead of a sync that still runs.
        await _host.EventuallyAsync(async () => (await _host.GetJsonAsync($"{Base}/lawruler")).GetProperty("health").GetProperty("errors").GetInt32() >= 1, TimeSpan.FromMinutes(5));

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
    public async Task A_chain_that_was_made_good_by_a_rerun_is_listed_no_more_and_one_whose_rerun_failed_is_listed_once()
    {
        await RefuseAsync("call_a5", 880005);
        await RefuseAsync("call_a6", 880006);
        await Chain.RerunAsync(_host, "postcall.call_a6", "campaign_call");
        await _host.EndOfWorkflowAsync("postcall.call_a6.r1", Chain.Second);
        await ClearFaultsAsync();

        await Chain.RerunAsync(_host, "postcall.call_a5", "campaign_call");
        Assert.Equal("completed", Chain.Text(await _host.EndOfWorkflowAsync("postcall.call_a5.r1", Chain.Second), "state"));

        Assert.Equal("postcall.call_a6.r1", Chain.Text(Assert.Single(await AttentionAsync("workflow")), "id"));
    }

    [Fact]
    public async Task An_import_with_refused_rows_is_listed_with_its_report_and_not_with_a_rerun()
    {
        using var content = new ByteArrayContent("Lead ID,Contact ID,First Name\n900001,,Ana\n"u8.ToArray());
        using var uploaded = await _host.Http.PostAsync("/api/companies/demo/imports", content);
        var id = Chain.Text(await uploaded.Content.ReadFromJsonAsync<JsonElement>(), "id")!;
        using var started = await _host.Http.PostAsJsonAsync($"/api/companies/demo/imports/{id}/start", new { duplicates = "update" });
        await _host.EndOfWorkflowAsync($"import.{id}");

        var message = Chain.Text(Assert.Single(await AttentionAsync("workflow")), "message")!;

        Assert.Contains("report", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Rerun", message, StringComparison.Ordinal);
        await _host.Get<Sweep>().RunAsync(s_demo, None);
        Assert.DoesNotContain((await _host.GetJsonAsync("/api/companies/demo/audit?limit=100")).GetProperty("items").EnumerateArray(), line => Chain.Text(line, "action") == "integration_failing");
    }

    [Fact]
    public async Task A_refused_Key_needs_no_attention_any_more_when_a_write_with_it_works()
    {
        await RefuseAsync("call_a7", 880007);
        Assert.Single(await AttentionAsync("integration"));
        await ClearFaultsAsync();

        await Chain.RunAsync(_host, "call_a8", 880008);

        Assert.Empty(await AttentionAsync("integration"));
    }

    [Fact]
    public async Task A_refused_sign_in_needs_no_attention_any_more_when_a_sync_works()
    {
        using var revoked = await _host.Http.PostAsync($"{_host.SandboxUrl}/_sandbox/lawruler/demo/revoke-tokens", null);
        await _host.FaultAsync(new { system = "lawruler", operation = "token", kind = "401", count = 1000, applied = "no" });
        await _host.EventuallyAsync(async () => (await AttentionAsync("integration")).Count > 0, TimeSpan.FromMinutes(1));
        Assert.Contains("Username", Chain.Text((await AttentionAsync("integration"))[0], "message"), StringComparison.Ordinal);
        await ClearFaultsAsync();

        await _host.EventuallyAsync(async () => (await AttentionAsync("integration")).Count == 0, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_sync_that_goes_on_and_on_needs_attention_too()
    {
        await _host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 1, sync = new { pageSize = 1 } } });
        await Chain.LeadAsync(_host, 880009);
        using var notes = await _host.Http.PostAsJsonAsync($"{_host.SandboxUrl}/_sandbox/lawruler/demo/leads/880009/notes", new { count = 1000, everyMs = 1 });
        notes.EnsureSuccessStatusCode();

        await _host.EventuallyAsync(async () => (await AttentionAsync("integration")).Count > 0, TimeSpan.FromMinutes(1));

        Assert.Contains("None has come to its end", Chain.Text((await AttentionAsync("integration"))[0], "message"), StringComparison.Ordinal);
        Assert.NotNull((await _host.Get<LawRulerSyncStates>().FindAsync(s_demo, None))!.Value.Running);
    }

    [Fact]
    public async Task Each_toggle_says_what_it_controls()
    {
        var view = await _host.GetJsonAsync($"{Base}/lawruler");

        Assert.Equal(
            view.GetProperty("toggles").EnumerateObject().Select(one => one.Name).Order(StringComparer.Ordinal),
            view.GetProperty("toggleDescriptions").EnumerateObject().Select(one => one.Name));
        var texts = view.GetProperty("toggleDescriptions").EnumerateObject().Select(one => one.Value.GetString()!).ToList();
        Assert.All(texts, text => Assert.True(text.Trim().Length > 30 && text.TrimEnd().EndsWith('.'), text));
        Assert.Equal(texts.Count, texts.Distinct(StringComparer.OrdinalIgnoreCase).Count());
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
