using System.Net;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Tests.LawRuler;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Tests.Sync;

public sealed class RetentionTests
{
    private static readonly CompanyId s_demo = CompanyId.Parse("demo");

    [Fact]
    public async Task An_event_and_its_workflow_are_kept_for_thirty_days_and_then_go_together()
    {
        await using var host = await TestHost.StartAsync();
        await host.SendAsync(Samples.CallAnalyzed(host));
        await host.EndOfWorkflowAsync("postcall.call_9f2", TimeSpan.FromSeconds(1));

        await PurgeAfterAsync(host, 29);
        Assert.NotNull(await host.WorkflowAsync("postcall.call_9f2"));
        Assert.NotEqual(0, await RowsAsync(host, Tables.Events));

        await PurgeAfterAsync(host, 31);
        Assert.Null(await host.WorkflowAsync("postcall.call_9f2"));
        Assert.Equal(0, await RowsAsync(host, Tables.Events));
        Assert.Equal(0, await RowsAsync(host, Tables.Workflows));
        Assert.Equal(0, await RowsAsync(host, Tables.Effects));
    }

    [Fact]
    public async Task What_the_pushes_of_a_cases_status_have_announced_goes_with_the_last_of_them()
    {
        await using var host = await TestHost.StartAsync();
        await PushAsync(host, "evt_first", "Approved");
        host.Clock.Advance(TimeSpan.FromDays(20));
        await PushAsync(host, "evt_second", "Not Retained");

        await PurgeAfterAsync(host, 15);
        Assert.Null(await host.WorkflowAsync("status.evt_first"));
        Assert.NotEqual(0, await RowsAsync(host, Tables.Effects));

        await PurgeAfterAsync(host, 31);
        Assert.Null(await host.WorkflowAsync("status.evt_second"));
        Assert.Equal(0, await RowsAsync(host, Tables.Effects));
    }

    private static async Task PushAsync(TestHost host, string id, string status)
    {
        await host.SendAsync(new
        {
            id,
            type = "case_status_changed",
            occurredAt = host.Clock.GetUtcNow(),
            companyId = "demo",
            @case = new { externalSource = "lawruler", externalSourceId = "711551" },
            data = new { status, origin = "kayse" },
        });
        await host.EndOfWorkflowAsync($"status.{id}", TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task An_event_whose_chain_still_runs_stays_however_old_it_is()
    {
        await using var host = await TestHost.StartAsync();
        await host.PatchSettingsAsync(new { settings = new { retryWindowHours = 720 } });
        await host.FaultAsync(new { system = "lawruler", operation = "*", kind = "503", count = 100_000, applied = "no" });
        await host.SendAsync(Samples.CallAnalyzed(host));
        await host.EventuallyAsync(async () => await host.WorkflowAsync("postcall.call_9f2") is not null);

        await PurgeAfterAsync(host, 31);

        Assert.NotNull(await host.WorkflowAsync("postcall.call_9f2"));
        Assert.NotNull(await host.Get<Core.Events.EventStore>().FindAsync(s_demo, "evt_7Qd2", CancellationToken.None));
    }

    [Fact]
    public async Task A_request_with_a_wrong_token_is_kept_for_seven_days_and_an_accepted_one_for_ninety()
    {
        await using var host = await StartAsync();
        using var stranger = host.ClientWith(null);
        using var refused = await stranger.PostAsync("/api/webhooks/lawruler/demo?token=wrong", new StringContent("LeadID=1"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var taken = await stranger.PostAsync($"/api/webhooks/lawruler/demo?token={TestHost.WebhookToken}", new StringContent("""{"Lead ID": "{{default95}}-Lead ID"}"""));
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        var before = await StatesAsync(host);
        Assert.Contains("unauthorized", before);

        await PurgeAfterAsync(host, 8);
        var after = await StatesAsync(host);
        Assert.DoesNotContain("unauthorized", after);
        Assert.Contains("test", after);

        await PurgeAfterAsync(host, 91);
        Assert.Empty(await StatesAsync(host));
    }

    [Fact]
    public async Task The_audit_log_is_kept_for_six_years()
    {
        await using var host = await StartAsync();
        await PurgeAfterAsync(host, 5.9 * 365.25);
        Assert.NotEqual(0, await RowsAsync(host, Tables.Audit));

        await PurgeAfterAsync(host, 6.1 * 365.25);
        Assert.Equal(0, await RowsAsync(host, Tables.Audit));
    }

    /// <summary>A host to which the demo's lead has come.</summary>
    private static async Task<TestHost> StartAsync()
    {
        var host = await TestHost.StartAsync();
        await host.WebhooksAnsweredAsync();
        return host;
    }

    /// <summary>Purges as so many days later; with a clock of its own, so that the host's timers do not fire for every minute of it.</summary>
    private static Task PurgeAfterAsync(TestHost host, double days)
    {
        TimeProvider later = new ManualClock(host.Clock.GetUtcNow().AddDays(days));
        return ActivatorUtilities.CreateInstance<Retention>(host.Services, later).RunAsync(s_demo, CancellationToken.None);
    }

    private static async Task<IReadOnlyList<string?>> StatesAsync(TestHost host) =>
        [.. (await host.GetJsonAsync("/api/companies/demo/inbound?limit=100")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("state").GetString())];

    private static async Task<int> RowsAsync(TestHost host, string table)
    {
        var store = host.Get<IEntityStore>();
        var rows = 0;
        await foreach (var partition in store.PartitionsAsync(table, "demo", CancellationToken.None))
        {
            rows += (await store.QueryAsync(table, partition, new RowRange(), 1000, CancellationToken.None)).Rows.Count;
        }

        return rows;
    }
}
