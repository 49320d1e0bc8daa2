using System.Globalization;

namespace Kayse.Tests.LawRuler;

/// <summary>The sync while Law Ruler fails, is slow, or lets few requests through.</summary>
public sealed class LawRulerSyncFaultTests
{
    private static readonly string[] s_kinds = ["429", "500", "502", "503", "401", "slow", "reset", "html200", "empty200", "truncated", "login-redirect", "refused200"];

    [Theory]
    [InlineData("search")]
    [InlineData("getnotes")]
    public async Task Whatever_fails_everything_is_there_once_in_the_end(string operation)
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 2 });
        // The poll for statuses searches too, and would take one of the faults.
        await at.Host.PatchSettingsAsync(new { toggles = new { syncCaseStatuses = false } });
        await at.LeadsAsync(883001, 5);
        await at.NotesAsync(883001, new { count = 5, everyMs = 1500 });
        foreach (var kind in s_kinds)
        {
            await at.Host.FaultAsync(new { system = "lawruler", operation, kind, count = 1, delayMs = kind == "slow" ? 40_000 : 0 });
        }

        var workflow = await at.RunAsync(TimeSpan.FromSeconds(3));

        Assert.Equal(("completed", "done done"), (Chain.Text(workflow, "state"), Chain.States(workflow)));
        Assert.Empty((await at.Host.GetJsonAsync($"{at.Host.SandboxUrl}/_sandbox/faults")).GetProperty("faults").EnumerateArray());
        Assert.Equal(5, (await at.CaseNotesAsync(883001)).Count);
        for (var lead = 883001; lead <= 883005; lead++)
        {
            Assert.NotNull(await at.CaseAsync(lead));
        }

        var health = await at.HealthAsync();
        Assert.Equal((true, null, 0L), (health.LastSync is not null, health.FailingSince, health.Errors));
    }

    [Fact]
    public async Task Credentials_that_are_refused_end_the_sync_and_say_what_to_do()
    {
        await using var at = await SyncHost.StartAsync();
        await Chain.PortalAsync(at.Host, new { password = "changed-password" });
        using var revoked = await at.Host.Http.PostAsync($"{at.Portal}/revoke-tokens", null);

        var workflow = await at.RunAsync();

        Assert.Equal(("completed_with_problems", "refused"), (Chain.Text(workflow, "state"), Chain.States(workflow)));
        Assert.Contains("Connect again", (await at.HealthAsync()).LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_portal_without_a_page_of_changed_notes_keeps_its_leads_in_step_and_names_the_setting()
    {
        await using var at = await SyncHost.StartAsync(new { changedNotesPath = "/ApiNotes/None?since={since}&page={page}&pageSize={pageSize}" });
        await at.LeadsAsync(883001, 1);

        var workflow = await at.RunAsync();

        Assert.Equal(("completed_with_problems", "done refused"), (Chain.Text(workflow, "state"), Chain.States(workflow)));
        Assert.NotNull(await at.CaseAsync(883001));
        Assert.Contains("sync.changedNotesPath", (await at.HealthAsync()).LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_holds_up_no_other_and_is_counted()
    {
        await using var at = await SyncHost.StartAsync(new { changedNotesPath = "/ApiCases/GetInboxItems?changedSince={since}&page={page}&pageSize={pageSize}" });
        await at.LeadsAsync(883001, 2);

        var workflow = await at.RunAsync();

        // Leads where notes were expected: they have no text.
        Assert.Contains("3 could not be read", Chain.Text(Chain.Step(workflow, "sync_notes"), "error"), StringComparison.Ordinal);
        Assert.Equal("completed", Chain.Text(workflow, "state"));
    }

    [Fact]
    public async Task At_30_requests_a_minute_thousands_of_notes_come_steadily_and_neither_the_firms_own_calls_nor_another_firm_wait()
    {
        const int notes = 2000;
        await using var at = await SyncHost.StartAsync(new { pageSize = 25 });
        await SyncSecondFirm.OpenAsync(at.Host);
        await at.LeadsAsync(883001, 2);
        await at.NotesAsync(883001, new { count = notes, everyMs = 200, at = at.Host.Clock.GetUtcNow().AddHours(-5) });
        await at.Host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 30 } });
        // What the process still holds of the higher limit lives for ten seconds.
        at.Host.Clock.Advance(TimeSpan.FromSeconds(11));
        var (start, id) = (at.Host.Clock.GetUtcNow(), await at.BeginAsync());
        await at.Host.EventuallyAsync(async () => (await at.StateAsync()).Counts.Notes >= 200, TimeSpan.FromSeconds(2));

        // Another firm's call and one of the firm's own, in the middle of it.
        var sent = at.Host.Clock.GetUtcNow();
        await SyncSecondFirm.SendCallAsync(at.Host, "call_second");
        await at.Host.SendAsync(Chain.Call(at.Host, "call_own", 883002, json => json["data"]!["call"]!.AsObject().Remove("recording_url")));
        await SyncSecondFirm.EndAsync(at.Host, "postcall.call_second");
        Assert.True(at.Host.Clock.GetUtcNow() < sent.AddMinutes(1), "The second firm waited for the first.");
        await at.Host.EndOfWorkflowAsync("postcall.call_own", TimeSpan.FromMilliseconds(500));
        Assert.True(at.Host.Clock.GetUtcNow() < sent.AddMinutes(3), "The firm's own call waited for the sync.");
        Assert.Null((await at.Host.WorkflowAsync(id))!.Value.GetProperty("endedAt").GetString());

        await at.Host.EventuallyAsync(async () => (await at.StateAsync()).Counts.Notes == notes, TimeSpan.FromSeconds(4));
        await at.Host.EndOfWorkflowAsync(id, TimeSpan.FromSeconds(4));

        Assert.Equal("completed", Chain.Text((await at.Host.WorkflowAsync(id))!.Value, "state"));
        Assert.Equal(0, (await at.StateAsync()).Counts.Unmatched);
        // Half the limit is 15 pages a minute: some 85 pages take about six minutes.
        Assert.True(at.Host.Clock.GetUtcNow() < start.AddMinutes(20), "No steady progress.");
        Assert.InRange(await BusiestMinuteAsync(at, start), 1, 41);
    }

    private static async Task<int> BusiestMinuteAsync(SyncHost at, DateTimeOffset start)
    {
        var times = (await at.Host.SandboxRequestsAsync()).Where(request => Chain.Text(request, "path")!.StartsWith("/lawruler/demo/", StringComparison.Ordinal))
            .Select(request => DateTimeOffset.Parse(Chain.Text(request, "at")!, CultureInfo.InvariantCulture)).Where(time => time >= start).Order().ToList();
        return times.Max(first => times.Count(time => time >= first && time < first.AddMinutes(1)));
    }
}
