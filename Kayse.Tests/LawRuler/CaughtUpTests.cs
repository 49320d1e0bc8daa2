using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Cases;

namespace Kayse.Tests.LawRuler;

/// <summary>What was missed is caught up, what is much comes steadily, and what was done is shown.</summary>
public sealed class CaughtUpTests
{
    [Fact]
    public async Task Leads_and_notes_of_the_hours_in_which_no_process_ran_are_caught_up()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(888001, 1);
        await at.RunAsync();
        at.Host.Clock.Advance(TimeSpan.FromMinutes(1));
        await at.LeadsAsync(888002, 1);
        await at.NotesAsync(888001, new { text = "While nobody looked." });

        await at.Host.RestartAsync(away: TimeSpan.FromHours(7));
        await at.Host.EventuallyAsync(async () => await at.CaseAsync(888002) is not null && (await at.CaseNotesAsync(888001)).Count > 0, TimeSpan.FromMinutes(1));

        Assert.Equal("While nobody looked.", Chain.Text(Assert.Single(await at.CaseNotesAsync(888001)), "text"));
    }

    [Fact]
    [Trait("Category", "Torture")]
    public async Task Very_many_notes_under_a_rate_limit_come_steadily_over_hours()
    {
        // The long form, at 30 requests a minute: KAYSE_TORTURE_NOTES=100000.
        var notes = int.TryParse(Environment.GetEnvironmentVariable("KAYSE_TORTURE_NOTES"), out var many) ? many : 2_000;
        await using var at = await SyncHost.StartAsync(new { pageSize = notes >= 100_000 ? 100 : 10 });
        await at.LeadsAsync(888101, 1);
        for (var written = 0; written < notes; written += 1000)
        {
            await at.NotesAsync(888101, new { count = Math.Min(1000, notes - written), everyMs = 1, at = at.Host.Clock.GetUtcNow().AddHours(-20).AddSeconds(written / 1000 * 10) });
        }

        await at.Host.PatchSettingsAsync(new { settings = new { requestsPerMinute = notes >= 100_000 ? 30 : 3 } });
        at.Host.Clock.Advance(TimeSpan.FromSeconds(11));
        var (start, id) = (at.Host.Clock.GetUtcNow(), await at.BeginAsync());
        var (last, hours) = (0, 0);
        while ((await at.StateAsync()).Counts.Notes < notes)
        {
            // Each hour brings its share, and the hour's timer starts no second sync beside it.
            var until = at.Host.Clock.GetUtcNow().AddHours(1);
            await at.Host.EventuallyAsync(async () => at.Host.Clock.GetUtcNow() >= until || (await at.StateAsync()).Counts.Notes == notes, TimeSpan.FromSeconds(15));
            var now = (await at.StateAsync()).Counts.Notes;
            Assert.True(now > last, $"Nothing came in hour {hours + 1}.");
            (last, hours) = (now, hours + 1);
        }

        await at.Host.EndOfWorkflowAsync(id, TimeSpan.FromSeconds(15));
        Assert.Equal("completed", Chain.Text((await at.Host.WorkflowAsync(id))!.Value, "state"));
        Assert.InRange(hours, 2, 12);
        // Where a page ends within a second, that second is read again.
        Assert.InRange((await at.StateAsync()).Counts.Known, 0, notes / 20);
        Assert.True(at.Host.Clock.GetUtcNow() > start.AddHours(1));
    }

    [Fact]
    public async Task An_edit_that_fires_no_webhook_comes_with_Send_via_Webhook()
    {
        await using var host = await TestHost.StartAsync();
        var webhook = (await host.GetJsonAsync($"{host.SandboxUrl}/_sandbox/lawruler/demo/webhook")).GetProperty("settings");
        var fields = webhook.GetProperty("fields").EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetString(), StringComparer.Ordinal);
        fields["Description"] = "{{default30}}";
        using var told = await host.Http.PutAsJsonAsync($"{host.SandboxUrl}/_sandbox/lawruler/demo/webhook", new { url = Chain.Text(webhook, "url"), fields });
        told.EnsureSuccessStatusCode();
        await Chain.LeadAsync(host, 888201, new { fields = new { FirstName = "Ana", LastName = "Ruiz", Email1 = "ana@example.com", Summary = "First." } });
        await Chain.SendWebhookAsync(host, 888201);
        Assert.Equal("First.", await DescriptionAsync(host));

        using var edit = await host.Http.PatchAsJsonAsync($"{host.SandboxUrl}/_sandbox/lawruler/demo/leads/888201", new { fields = new { Summary = "Second." } });
        await host.WebhooksAnsweredAsync();
        Assert.Equal("First.", await DescriptionAsync(host));

        await Chain.SendWebhookAsync(host, 888201);
        Assert.Equal("Second.", await DescriptionAsync(host));
    }

    [Fact]
    public async Task The_selected_case_types_can_be_changed_in_Law_Ruler_and_the_connection_goes_on()
    {
        await using var host = await TestHost.StartAsync();
        await host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 60_000 } });
        await SelectAsync(host, "Zantac");
        await Chain.LeadAsync(host, 888301, new { caseType = "Zantac", fields = new { FirstName = "Ana" } });
        await Chain.LeadAsync(host, 888302, new { caseType = "INNO MVA", fields = new { FirstName = "Ana" } });
        await StatusAsync(host, 888301, "Approved");
        await StatusAsync(host, 888302, "Approved");
        Assert.Equal(("Approved", null), (await StatusOfAsync(host, 888301), await StatusOfAsync(host, 888302)));

        await SelectAsync(host, "INNO MVA");
        await StatusAsync(host, 888301, "New Lead");
        await StatusAsync(host, 888302, "New Lead");

        // What is selected no more keeps its case, and the hourly sync still tells of it.
        Assert.Equal(("Approved", "New Lead"), (await StatusOfAsync(host, 888301), await StatusOfAsync(host, 888302)));
        Assert.True((await host.GetJsonAsync("/api/companies/demo/integrations/lawruler")).GetProperty("connected").GetBoolean());
        await host.EventuallyAsync(async () => await StatusOfAsync(host, 888301) == "New Lead", TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_API_shows_when_was_synced_read_and_written_how_much_and_what_waits()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(888401, 3, new { caseType = "Zantac", status = "New Lead", fields = new { FirstName = "Ana" } });
        await at.RunAsync();
        var health = await HealthAsync(at.Host);
        Assert.True(health.GetProperty("recordsSynced").GetInt64() >= 3);
        Assert.Equal(at.Host.Clock.GetUtcNow(), health.GetProperty("lastSync").GetDateTimeOffset(), TimeSpan.FromMinutes(1));

        await at.Host.EventuallyAsync(async () => (await HealthAsync(at.Host)).GetProperty("lastStatusPull").ValueKind == JsonValueKind.String, TimeSpan.FromSeconds(20));
        await at.Host.SendAsync(new
        {
            id = "evt_health1",
            type = "case_status_changed",
            occurredAt = at.Host.Clock.GetUtcNow(),
            companyId = "demo",
            @case = new { externalSource = "lawruler", externalSourceId = "888401", caseType = "Zantac" },
            data = new { status = "Approved", origin = "kayse" },
        });
        await at.Host.EndOfWorkflowAsync("status.evt_health1", Chain.Second);
        Assert.Equal(at.Host.Clock.GetUtcNow(), (await HealthAsync(at.Host)).GetProperty("lastStatusPush").GetDateTimeOffset(), TimeSpan.FromMinutes(1));

        await at.Host.EventuallyAsync(async () => (await HealthAsync(at.Host)).GetProperty("pending").GetInt32() == 0, Chain.Second);
        await at.Host.PatchSettingsAsync(new { toggles = new { enableIntegration = false } });
        using var client = at.Host.ClientWith(null);
        using var queued = await client.PostAsync($"/api/webhooks/lawruler/demo?token={TestHost.WebhookToken}", new FormUrlEncodedContent(WebhookHost.Fields("888499")));
        Assert.Equal(1, (await HealthAsync(at.Host)).GetProperty("pending").GetInt32());
    }

    private static async Task<JsonElement> HealthAsync(TestHost host) => (await host.GetJsonAsync("/api/companies/demo/integrations/lawruler")).GetProperty("health");

    private static async Task<string?> DescriptionAsync(TestHost host) => Chain.Text(await Deliveries.FindCaseAsync(host, 888201), "description");

    private static async Task<string?> StatusOfAsync(TestHost host, long lead) => (await host.Get<CaseStore>().FindAsync(SyncHost.Demo, "lawruler", $"{lead}", default))?.Status;

    private static async Task StatusAsync(TestHost host, long lead, string status)
    {
        using var answer = await host.Http.PatchAsJsonAsync($"{host.SandboxUrl}/_sandbox/lawruler/demo/leads/{lead}", new { status });
        answer.EnsureSuccessStatusCode();
        await host.WebhooksAnsweredAsync();
    }

    private static async Task SelectAsync(TestHost host, string caseType)
    {
        var url = (await host.GetJsonAsync($"{host.SandboxUrl}/_sandbox/lawruler/demo/webhook")).GetProperty("settings").GetProperty("url").GetString();
        using var answer = await host.Http.PutAsJsonAsync($"{host.SandboxUrl}/_sandbox/lawruler/demo/webhook", new { url, caseTypes = new[] { caseType } });
        answer.EnsureSuccessStatusCode();
    }
}
