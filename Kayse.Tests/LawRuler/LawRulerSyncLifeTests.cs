using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Workflows;

namespace Kayse.Tests.LawRuler;

/// <summary>When a sync is started, held up, broken off and gone on with.</summary>
public sealed class LawRulerSyncLifeTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Sync_now_is_refused_while_a_sync_runs_and_taken_when_it_has_ended()
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 1 });
        await at.LeadsAsync(882001, 3);
        var first = await at.BeginAsync();

        var (status, problem) = await at.AskAsync();

        Assert.Equal((HttpStatusCode.Conflict, "sync"), (status, Chain.Text(problem.GetProperty("errors")[0], "field")));
        Assert.Contains(first, Chain.Text(problem.GetProperty("errors")[0], "message"), StringComparison.Ordinal);
        await at.Host.EndOfWorkflowAsync(first, Chain.Second);
        Assert.NotEqual(first, await at.BeginAsync());
    }

    [Fact]
    public async Task Of_many_who_ask_at_the_same_moment_one_starts_a_sync()
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 1 });
        await at.LeadsAsync(882001, 3);

        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => at.AskAsync()));

        Assert.Single(asked, answer => answer.Status == HttpStatusCode.Accepted);
        Assert.Equal(7, asked.Count(answer => answer.Status == HttpStatusCode.Conflict));
        Assert.Single((await at.Host.GetJsonAsync("/api/companies/demo/workflows?state=running")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("enableIntegration", "paused")]
    [InlineData("receiveData", "Receive data")]
    public async Task Neither_sync_now_nor_the_hour_starts_one_that_is_switched_off(string toggle, string said)
    {
        await using var at = await SyncHost.StartAsync();
        await at.Host.PatchSettingsAsync(new { toggles = new Dictionary<string, bool>(StringComparer.Ordinal) { [toggle] = false } });

        var (status, problem) = await at.AskAsync();

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains(said, Chain.Text(problem.GetProperty("errors")[0], "message"), StringComparison.Ordinal);
        at.Host.Clock.Advance(Hour);
        Assert.Equal(0, await at.Host.Get<FirmTimers>().StartAsync(FirmTimers.HourlySync, Hour, default));
        Assert.Empty(await at.SearchesAsync());
    }

    [Fact]
    public async Task Each_hour_starts_a_sync_for_firms_that_are_connected_from_the_first_full_hour_on()
    {
        await using var at = await SyncHost.StartAsync();
        await at.Host.OpenFirmAsync("other");
        Assert.Equal(0, await at.Host.Get<FirmTimers>().StartAsync(FirmTimers.HourlySync, Hour, default));

        for (var hour = 1; hour <= 3; hour++)
        {
            at.Host.Clock.Advance(new DateTimeOffset(2026, 11, 20, 15 + hour, 1, 0, TimeSpan.Zero) - at.Host.Clock.GetUtcNow());
            await at.Host.EventuallyAsync(async () => (await SyncsAsync(at)).Count(sync => Chain.Text(sync, "state") == "completed") == hour, Chain.Second);
        }

        Assert.Equal(3, (await SyncsAsync(at)).Count);
        Assert.True(at.Host.Clock.GetUtcNow() < new DateTimeOffset(2026, 11, 20, 18, 30, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task The_hour_starts_none_beside_one_that_runs()
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 1 });
        at.Host.Clock.Advance(TimeSpan.FromMinutes(44));
        await at.LeadsAsync(882001, 2);
        await at.Host.FaultAsync(new { system = "lawruler", operation = "search", kind = "500", count = 1000 });
        var id = await at.BeginAsync();

        at.Host.Clock.Advance(TimeSpan.FromMinutes(11));
        await at.Host.EventuallyAsync(async () => await at.Host.Get<IWorkflowEngine>().GetAsync("demo.lawruler-sync.20261120T160000Z", default) is { State: WorkflowState.Completed }, Chain.Second);

        Assert.Equal(id, Chain.Text(Assert.Single(await SyncsAsync(at)), "id"));
    }

    [Fact]
    public async Task A_restart_in_the_middle_goes_on_at_the_page()
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 3 });
        await at.LeadsAsync(882001, 12);
        await at.NotesAsync(882001, new { count = 9, everyMs = 2000 });
        var id = await at.BeginAsync();
        await at.Host.EventuallyAsync(async () => (await at.StateAsync()).Leads.Page >= 3, TimeSpan.FromMilliseconds(2));

        await at.Host.RestartAsync();
        // Not so long that the poll for statuses comes, which searches too.
        await at.Host.EndOfWorkflowAsync(id, TimeSpan.FromMilliseconds(100));

        // The sandbox's list of requests is as new as the host.
        var queries = await at.QueriesAsync("search");
        Assert.DoesNotContain("page=1&pageSize=3", queries);
        Assert.DoesNotContain("page=2&pageSize=3", queries);
        Assert.NotNull(await at.CaseAsync(882001));
        Assert.NotNull(await at.CaseAsync(882012));
        Assert.Equal(9, (await at.CaseNotesAsync(882001)).Count);
    }

    [Fact]
    public async Task A_pause_in_the_middle_asks_nothing_more_and_a_resume_goes_on()
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 1 });
        await at.LeadsAsync(882001, 6);
        var id = await at.BeginAsync();
        await at.Host.EventuallyAsync(async () => (await at.StateAsync()).Leads.Page >= 3, TimeSpan.FromMilliseconds(2));
        await at.Host.PatchSettingsAsync(new { toggles = new { enableIntegration = false } });
        await at.Host.EventuallyAsync(
            async () => (await at.Host.WorkflowAsync(id))!.Value.GetProperty("steps").EnumerateArray().Any(step => step.TryGetProperty("error", out var error) && error.GetString() == "The integration is paused."), Chain.Second);
        var asked = (await at.SearchesAsync()).Count;

        at.Host.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(asked, (await at.SearchesAsync()).Count);
        await at.Host.PatchSettingsAsync(new { toggles = new { enableIntegration = true } });

        Assert.Equal("completed", Chain.Text(await at.Host.EndOfWorkflowAsync(id, Chain.Second), "state"));
        Assert.NotNull(await at.CaseAsync(882001));
        Assert.NotNull(await at.CaseAsync(882006));
    }

    [Fact]
    public async Task With_receive_data_off_in_the_middle_the_sync_ends_deletes_nothing_and_the_next_one_goes_on_at_the_page()
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 1 });
        await at.LeadsAsync(882001, 5);
        var id = await at.BeginAsync();
        await at.Host.EventuallyAsync(async () => (await at.StateAsync()).Leads.Page >= 3, TimeSpan.FromMilliseconds(2));
        await at.Host.PatchSettingsAsync(new { toggles = new { receiveData = false } });

        Assert.Equal("skipped", Chain.States(await at.Host.EndOfWorkflowAsync(id, TimeSpan.FromMilliseconds(100))));

        Assert.Null((await at.HealthAsync()).LastSync);
        var page = (await at.StateAsync()).Leads.Page;
        var asked = (await at.SearchesAsync()).Count;
        Assert.NotNull(await at.CaseAsync(882005));
        await at.Host.PatchSettingsAsync(new { toggles = new { receiveData = true } });
        await at.RunAsync();
        Assert.Equal($"page={page}&pageSize=1", (await at.QueriesAsync("search"))[asked]);
        Assert.NotNull(await at.CaseAsync(882001));
    }

    [Fact]
    public async Task An_outage_longer_than_the_window_ends_the_sync_tells_so_and_the_next_one_goes_on_at_the_page()
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 1 });
        // The poll for statuses searches and fails too.
        await at.Host.PatchSettingsAsync(new { toggles = new { syncCaseStatuses = false }, settings = new { retryWindowHours = 0.01 } });
        await at.LeadsAsync(882001, 5);
        var id = await at.BeginAsync();
        await at.Host.EventuallyAsync(async () => (await at.StateAsync()).Leads.Page >= 3, TimeSpan.FromMilliseconds(2));
        await at.Host.FaultAsync(new { system = "lawruler", operation = "*", kind = "503", count = 10_000 });

        var workflow = await at.Host.EndOfWorkflowAsync(id, Chain.Second);

        Assert.Equal(("completed_with_problems", "refused"), (Chain.Text(workflow, "state"), Chain.Text(Chain.Step(workflow, "sync_leads"), "state")));
        var health = await at.HealthAsync();
        Assert.Equal((1L, true, null), (health.Errors, health.FailingSince is not null, health.LastSync));
        Assert.Contains("fault of its own", health.LastError, StringComparison.Ordinal);
        var (page, asked) = ((await at.StateAsync()).Leads.Page, (await at.SearchesAsync()).Count);
        using var mended = await at.Host.Http.DeleteAsync($"{at.Host.SandboxUrl}/_sandbox/faults");
        await at.RunAsync();
        Assert.Equal($"page={page}&pageSize=1", (await at.QueriesAsync("search"))[asked]);
        Assert.Equal((null, 5), ((await at.HealthAsync()).FailingSince, (await CasesAsync(at)).Count(lead => lead.StartsWith("8820", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_sync_that_an_admin_ended_makes_room_for_the_next()
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 1 });
        await at.LeadsAsync(882001, 3);
        var id = await at.BeginAsync();
        using var ended = await at.Host.Http.PostAsync($"/api/companies/demo/workflows/{id}/terminate", null);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);

        Assert.Equal("completed", Chain.Text(await at.RunAsync(), "state"));
    }

    [Fact]
    public async Task A_firm_that_is_not_connected_has_nothing_to_sync()
    {
        await using var at = await SyncHost.StartAsync();
        await at.Host.OpenFirmAsync("other");
        using var answer = await at.Host.Http.PostAsync("/api/companies/other/integrations/lawruler/sync", null);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("not connected", Chain.Text((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0], "message"), StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<JsonElement>> SyncsAsync(SyncHost at) =>
        [.. (await at.Host.GetJsonAsync("/api/companies/demo/workflows?limit=100")).GetProperty("items").EnumerateArray().Where(one => Chain.Text(one, "name") == LawRulerSyncWorkflow.Name)];

    private static async Task<IReadOnlyList<string>> CasesAsync(SyncHost at) =>
        [.. (await at.Host.GetJsonAsync("/api/companies/demo/cases?limit=100")).GetProperty("items").EnumerateArray().Select(one => Chain.Text(one, "externalSourceId")!)];
}
