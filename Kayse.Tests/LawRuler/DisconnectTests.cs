using System.Net;
using System.Net.Http.Json;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Tests.LawRuler;

/// <summary>What the end of a connection stops, what it keeps, and how the next one goes on.</summary>
public sealed class DisconnectTests : IAsyncLifetime
{
    private const string Base = "/api/companies/demo/integrations/lawruler";
    private static readonly CompanyId s_demo = CompanyId.Parse("demo");
    private TestHost _host = null!;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        // The demo firm's lead comes by the webhook, in the background; what a test sends is younger.
        await _host.WebhooksAnsweredAsync();
        _host.Clock.Advance(Chain.Second);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Disconnecting_deletes_the_credentials_stops_what_runs_and_keeps_records_mappings_and_settings()
    {
        await LinkAsync();
        await _host.PatchSettingsAsync(new { settings = new { tags = "Kayse AI" } });
        await BeginAllAsync("a", 880_101);

        await DisconnectAsync();

        foreach (var id in Workflows("a"))
        {
            var stopped = (await _host.WorkflowAsync(id))!.Value;
            Assert.Equal(("terminated", LawRulerDisconnect.Stopped), (Chain.Text(stopped, "state"), Chain.Text(stopped, "error")));
        }

        Assert.Null(await _host.Get<ISecretStore>().GetAsync(LawRulerConnections.Name(s_demo, "credentials"), null, None));
        Assert.Null(await _host.Get<ISecretStore>().GetAsync(LawRulerConnections.Name(s_demo, "token"), null, None));
        Assert.NotEmpty((await _host.GetJsonAsync("/api/companies/demo/cases")).GetProperty("items").EnumerateArray());
        Assert.Single((await _host.Get<Mappings>().LinksAsync(s_demo, "lawruler", None)).Entries);
        Assert.Equal("Kayse AI", (await _host.GetJsonAsync(Base)).GetProperty("settings").GetProperty("tags").GetString());
    }

    [Fact]
    public async Task Connecting_again_goes_on_with_what_was_stopped_and_writes_nothing_twice()
    {
        await BeginAllAsync("b", 880_201);
        await DisconnectAsync();
        await ClearFaultsAsync();

        await ConnectAsync();

        foreach (var id in Workflows("b"))
        {
            Assert.Equal("completed", Chain.Text(await _host.EndOfWorkflowAsync($"{id}.r1", Chain.Second), "state"));
        }

        var lead = await _host.LeadAsync(880_201);
        Assert.Equal((3, 2), (lead.GetProperty("notes").GetArrayLength(), lead.GetProperty("documents").GetArrayLength()));
        await ConnectAsync();
        Assert.Null(await _host.WorkflowAsync("postcall.call_b.r2"));
    }

    [Fact]
    public async Task A_disconnection_that_broke_off_is_repeated()
    {
        await BeginAllAsync("c", 880_301);
        await _host.Get<LawRulerConnections>().DisconnectAsync(s_demo, _host.Clock.GetUtcNow(), None);

        await DisconnectAsync();

        Assert.All(await Task.WhenAll(Workflows("c").Select(id => _host.WorkflowAsync(id))), one => Assert.NotEqual("running", Chain.Text(one!.Value, "state")));
    }

    [Fact]
    public async Task While_it_is_disconnected_a_post_changes_nothing_and_no_hour_asks_and_connecting_again_fetches_what_changed()
    {
        await Chain.LeadAsync(_host, 880_401, new { caseType = "Zantac", fields = new { LastName = "Ruiz" } });
        await DisconnectAsync();
        await _host.WebhooksAnsweredAsync();
        await Chain.SendWebhookAsync(_host, 880_401);

        var inbound = (await _host.GetJsonAsync("/api/companies/demo/inbound?limit=1")).GetProperty("items")[0];
        Assert.Equal("processed", Chain.Text(inbound, "state"));
        Assert.Contains("disconnected", inbound.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(await CasesAsync(), lead => lead == "880401");
        _host.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, await _host.Get<FirmTimers>().StartAsync(FirmTimers.HourlySync, TimeSpan.FromHours(1), None));

        await ConnectAsync();
        await _host.EventuallyAsync(async () => (await CasesAsync()).Contains("880401"), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Of_reruns_that_are_asked_for_at_the_same_moment_one_runs()
    {
        await Chain.LeadAsync(_host, 880_501);
        await _host.FaultAsync(new { system = "lawruler", operation = "addnote", kind = "refused200", count = 1 });
        await _host.SendAsync(Deliveries.Message("msg_e", 880_501));
        await _host.EndOfWorkflowAsync("message.msg_e", Chain.Second);

        // The one that runs still runs when the last has asked.
        await _host.FaultAsync(new { system = "lawruler", operation = "*", kind = "503", count = 10_000, applied = "no" });
        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _host.Http.PostAsJsonAsync("/api/companies/demo/workflows/message.msg_e/rerun", new { fromStep = "message" })));

        Assert.Single(asked, answer => answer.StatusCode == HttpStatusCode.Accepted);
        Assert.Equal(7, asked.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        await ClearFaultsAsync();
        await _host.EndOfWorkflowAsync("message.msg_e.r1", Chain.Second);
        Assert.Single((await _host.LeadAsync(880_501)).GetProperty("notes").EnumerateArray());
    }

    private static string[] Workflows(string name) => [$"postcall.call_{name}", $"message.msg_{name}", $"document.doc_{name}"];

    /// <summary>Starts a call's chain, a message and a document, all of which wait for a Law Ruler that is down.</summary>
    private async Task BeginAllAsync(string name, long lead)
    {
        await Chain.LeadAsync(_host, lead);
        await Deliveries.ServeAsync(_host, $"doc_{name}", 200);
        await _host.FaultAsync(new { system = "lawruler", operation = "*", kind = "503", count = 10_000, applied = "no" });
        await _host.SendAsync(Chain.Call(_host, $"call_{name}", lead));
        await _host.SendAsync(Deliveries.Message($"msg_{name}", lead));
        await _host.SendAsync(Deliveries.Document(_host, $"doc_{name}", lead, "letter.pdf"));
        foreach (var id in Workflows(name))
        {
            await _host.EventuallyAsync(async () => await _host.WorkflowAsync(id) is { } started && Chain.States(started).Contains("waiting", StringComparison.Ordinal), TimeSpan.FromMilliseconds(100));
        }
    }

    private async Task LinkAsync()
    {
        using var answer = await _host.Http.PutAsJsonAsync($"{Base}/case-types", new { entries = new[] { new { kayse = "Medicine", crm = "Zantac" } } });
        answer.EnsureSuccessStatusCode();
    }

    private async Task DisconnectAsync()
    {
        using var gone = await _host.Http.DeleteAsync($"{Base}/connection");
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
    }

    private async Task ClearFaultsAsync()
    {
        using var clear = await _host.Http.DeleteAsync($"{_host.SandboxUrl}/_sandbox/faults");
    }

    private async Task ConnectAsync()
    {
        using var answer = await _host.Http.PostAsJsonAsync(
            $"{Base}/connect", new { username = "demo-user", password = "demo-password", clientRoot = "demo", clientSecret = "demo-secret", key = "demo-key" });
        answer.EnsureSuccessStatusCode();
    }

    private async Task<IReadOnlyList<string>> CasesAsync() =>
        [.. (await _host.GetJsonAsync("/api/companies/demo/cases?limit=100")).GetProperty("items").EnumerateArray().Select(one => Chain.Text(one, "externalSourceId")!)];
}
