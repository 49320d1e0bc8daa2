using System.Net;
using System.Net.Http.Json;

namespace Kayse.Tests.Lawmatics;

/// <summary>How fast a sync is, and who goes before whom, under the real limits of both sides.</summary>
public sealed class SyncPaceTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await LawmaticsHost.StartConnectedAsync();
        await _host.DoNotPollAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    /// <summary>
    /// Lawmatics answers reads within 0.25 s, writes within 1.2 s and the making of a contact within 3 s (measured in its documents' own samples): six reads, two writes and one contact,
    /// without a wait between them, are 6.9 s.
    /// </summary>
    [Fact]
    public async Task One_matter_is_sent_without_a_wait_and_in_so_few_requests_that_ten_seconds_are_enough()
    {
        var start = _host.Clock.GetUtcNow();
        var before = (await _host.LawmaticsRequestsAsync()).Count;

        var synced = await _host.SyncAsync(Outbound.Intake("mat_1"));

        Assert.Equal("contact done, matter done, activity done", Outbound.Steps(synced));
        Assert.Equal(start, _host.Clock.GetUtcNow());
        var requests = (await _host.LawmaticsRequestsAsync()).Skip(before).Select(request => Outbound.Text(request, "operation")!).ToList();
        Assert.Equal(["createcontact", "createprospect", "updatecontact"], requests.Where(operation => operation.StartsWith("create", StringComparison.Ordinal) || operation.StartsWith("update", StringComparison.Ordinal)));
        Assert.InRange(requests.Count - 3, 2, 6);
        Assert.True(((requests.Count - 3) * 0.25) + (2 * 1.2) + 3 < 10);
    }

    [Fact]
    public async Task A_second_matter_needs_no_list_again()
    {
        await _host.PatchLawmaticsAsync(new { settings = new { polling = new { enabled = false } } });
        await _host.SyncAsync(Outbound.Intake("mat_2"));
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        var before = (await _host.LawmaticsRequestsAsync()).Count;

        await _host.SyncAsync(Outbound.Intake("mat_3"));

        Assert.Equal(
            ["findcontact", "createcontact", "createprospect", "getprospect", "updatecontact"],
            (await _host.LawmaticsRequestsAsync()).Skip(before).Select(request => Outbound.Text(request, "operation")));
    }

    [Fact]
    public async Task Lawmatics_is_never_asked_more_often_than_the_setting_says()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => _host.SendAsync(Outbound.Intake($"mat_many_{i}"))));
        for (var i = 0; i < 12; i++)
        {
            await _host.SyncedAsync($"mat_many_{i}", Outbound.Second);
        }

        var times = (await _host.LawmaticsRequestsAsync()).Where(request => Outbound.Text(request, "path")!.Contains("/v1/", StringComparison.Ordinal)).Select(request => request.GetProperty("at").GetDateTimeOffset()).ToList();
        Assert.All(times, time => Assert.InRange(times.Count(other => other > time.AddMinutes(-1) && other <= time), 1, 46));
        Assert.DoesNotContain(await _host.LawmaticsRequestsAsync(), request => request.GetProperty("status").GetInt32() == 429);
        Assert.Equal(12, (await _host.KeptAsync("matters")).Count);
    }

    [Fact]
    public async Task A_bulk_sync_takes_one_matter_after_the_other_and_gives_way_to_what_comes_by_itself()
    {
        await _host.PatchLawmaticsAsync(new { toggles = new { autoSync = false } });
        for (var i = 0; i < 6; i++)
        {
            await _host.SendAsync(Outbound.Created($"mat_bulk_{i}"));
        }

        await KeptAsync("mat_bulk");
        await _host.PatchLawmaticsAsync(new { toggles = new { autoSync = true } });
        var bulk = await _host.StartByHandAsync(new { matters = "unlinked" });
        await _host.EventuallyAsync(async () => (await _host.KeptAsync("matters")).Count >= 2, Outbound.Second);
        var start = _host.Clock.GetUtcNow();

        await _host.SyncAsync(Outbound.Intake("mat_live"));

        Assert.Equal(start, _host.Clock.GetUtcNow());
        using var second = await _host.Http.PostAsJsonAsync($"{LawmaticsHost.Base}/sync", new { matters = "all" });
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        var ended = await _host.EndOfWorkflowAsync(bulk, Outbound.Second);
        Assert.Equal("completed", Outbound.Text(ended, "state"));
        Assert.Equal(7, (await _host.KeptAsync("matters")).Count);
        var view = await _host.GetJsonAsync($"{LawmaticsHost.Base}/sync");
        Assert.Equal((6, 0, "unlinked"), (view.GetProperty("done").GetInt32(), view.GetProperty("failed").GetInt32(), Outbound.Text(view, "which")));
        // One after the other: no matter's requests stand between another's.
        var writes = (await _host.LawmaticsRequestsAsync()).Where(request => Outbound.Text(request, "operation") is "createcontact" or "createprospect" && !request.GetProperty("body").GetRawText().Contains("mat_live", StringComparison.Ordinal))
            .Select(request => Outbound.Text(request, "operation")).ToList();
        Assert.Equal(Enumerable.Repeat(new[] { "createcontact", "createprospect" }, 6).SelectMany(pair => pair), writes);
    }

    [Fact]
    public async Task A_bulk_sync_comes_to_its_turn_while_a_long_list_of_matters_is_read()
    {
        await _host.SandboxOptionsAsync(new { rateLimitPerMinute = 0 });
        await _host.PatchLawmaticsAsync(new { toggles = new { autoSync = false }, settings = new { polling = new { enabled = false } } });
        for (var i = 0; i < 2; i++)
        {
            await _host.SendAsync(Outbound.Created($"mat_pulled_{i}"));
            await _host.KnownAsync(Outbound.Created($"mat_pulled_{i}"));
        }

        var contact = await _host.SeedAsync("contacts", new { first_name = "Tilda", last_name = "Quillfeather" });
        await _host.InLawmaticsAsync("POST", "matters", new { case_title = "Quillfeather {n}", contact_id = contact, stage = "New Lead", count = 2000 });
        using var started = await _host.Http.PostAsync($"{LawmaticsHost.Base}/pull", null);
        Assert.True(started.IsSuccessStatusCode, await started.Content.ReadAsStringAsync());
        await _host.EventuallyAsync(async () => (await _host.LawmaticsRequestsAsync("listprospects")).Count >= 12, Outbound.Second);

        await _host.StartByHandAsync(new { matters = "unlinked" });
        await _host.EventuallyAsync(async () => (await _host.LawmaticsRequestsAsync("createprospect")).Count == 2, Outbound.Second);

        Assert.InRange((await _host.LawmaticsRequestsAsync("listprospects")).Count, 12, 79);
    }

    [Fact]
    public async Task A_bulk_sync_goes_on_after_a_restart_and_sends_nothing_twice()
    {
        await _host.PatchLawmaticsAsync(new { toggles = new { autoSync = false }, settings = new { requestsPerMinute = 6000 } });
        await _host.SandboxOptionsAsync(new { rateLimitPerMinute = 0 });
        for (var i = 0; i < 6; i++)
        {
            await _host.SendAsync(Outbound.Created($"mat_restart_{i}"));
        }

        await KeptAsync("mat_restart");
        var bulk = await _host.StartByHandAsync(new { matters = "unlinked" });
        await _host.EventuallyAsync(async () => (await _host.KeptAsync("matters")).Count >= 2, TimeSpan.FromMilliseconds(50));

        await _host.RestartAsync();
        var ended = await _host.EndOfWorkflowAsync(bulk, Outbound.Second);

        Assert.Equal("completed", Outbound.Text(ended, "state"));
        Assert.Equal((6, 6), ((await _host.KeptAsync("contacts")).Count, (await _host.KeptAsync("matters")).Count));
    }

    /// <summary>Waits until the six matters are known and nothing more is told of them.</summary>
    private async Task KeptAsync(string prefix)
    {
        for (var i = 0; i < 6; i++)
        {
            await _host.KnownAsync(Outbound.Created($"{prefix}_{i}"));
        }
    }
}
