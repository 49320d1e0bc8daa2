using System.Text.Json;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Sync;

namespace Kayse.Tests.Lawmatics;

/// <summary>What becomes of syncs that the end of a connection stopped.</summary>
public sealed class StoppedSyncTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await Outbound.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_sync_that_a_disconnection_stopped_goes_on_when_the_firm_is_connected_again()
    {
        await WaitingAsync("mat_1");
        var stopped = await DisconnectAsync("mat_1");
        await ClearFaultsAsync();

        Assert.Equal(200, await _host.SignInAsync());
        await _host.StandsAsync("mat_1", "done", Outbound.Second);

        Assert.Equal(("terminated", LawmaticsDisconnect.Stopped), (Outbound.Text(stopped, "state"), Outbound.Text(stopped, "error")));
        Assert.Equal((1, 1), ((await _host.KeptAsync("contacts")).Count, (await _host.KeptAsync("matters")).Count));
        Assert.Contains(await _host.AuditAsync("connect"), line => line.Detail == "1 workflows that the disconnection had stopped go on.");
    }

    [Fact]
    public async Task What_has_gone_on_already_is_not_begun_again_by_the_next_connection()
    {
        await WaitingAsync("mat_2");
        await DisconnectAsync("mat_2");
        await ClearFaultsAsync();
        Assert.Equal(200, await _host.SignInAsync());
        await _host.StandsAsync("mat_2", "done", Outbound.Second);
        var requests = (await _host.LawmaticsRequestsAsync("findcontact")).Count;

        Assert.Equal(200, await _host.SignInAsync());
        await _host.SyncAsync(Outbound.Created("mat_3"));

        Assert.Equal(requests + 1, (await _host.LawmaticsRequestsAsync("findcontact")).Count);
        Assert.Single(await _host.AuditAsync("connect"), line => line.Detail!.Contains("go on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bulk_sync_that_a_disconnection_stopped_goes_on_where_it_stood()
    {
        await _host.PatchLawmaticsAsync(new { toggles = new { autoSync = false } });
        for (var i = 0; i < 6; i++)
        {
            await _host.SendAsync(Outbound.Created($"mat_stop_{i}"));
            await _host.KnownAsync(Outbound.Created($"mat_stop_{i}"));
        }

        var bulk = await _host.StartByHandAsync(new { matters = "unlinked" });
        await _host.EventuallyAsync(async () => (await _host.KeptAsync("matters")).Count >= 2, TimeSpan.FromMilliseconds(50));
        using var gone = await _host.Http.DeleteAsync($"{LawmaticsHost.Base}/connection");
        Assert.True(gone.IsSuccessStatusCode);
        Assert.Equal("terminated", Outbound.Text((await _host.WorkflowAsync(bulk))!.Value, "state"));
        Assert.InRange((await _host.KeptAsync("matters")).Count, 2, 5);

        Assert.Equal(200, await _host.SignInAsync());
        await _host.EventuallyAsync(async () => (await _host.KeptAsync("matters")).Count == 6, Outbound.Second);

        var next = Outbound.Text(await _host.GetJsonAsync($"{LawmaticsHost.Base}/sync"), "id")!;
        Assert.NotEqual(bulk, next);
        Assert.Equal("completed", Outbound.Text(await _host.EndOfWorkflowAsync(next, Outbound.Second), "state"));
        Assert.Equal((6, 6), ((await _host.KeptAsync("contacts")).Count, (await _host.KeptAsync("matters")).Count));
        Assert.Equal((6, 0), await DoneFailedAsync());
    }

    [Fact]
    public async Task A_failed_sync_is_told_to_the_firms_webhooks_once_and_no_more_when_it_was_made_good()
    {
        await _host.FaultsAsync("createprospect", "422", "no");
        var failed = await _host.SyncAsync(Outbound.Created("mat_4"));
        Assert.Equal("failed", Outbound.Text(failed, "state"));
        Assert.Contains(await _host.AttentionMessagesAsync(), message => message.Contains("The step matter was not done.", StringComparison.Ordinal));

        await _host.Get<IntegrationHealth>().JudgeAsync(LawmaticsHost.Demo, CancellationToken.None);
        await _host.Get<IntegrationHealth>().JudgeAsync(LawmaticsHost.Demo, CancellationToken.None);
        Assert.Contains("The step matter was not done.", Assert.Single(await _host.AuditAsync("integration_failing")).Detail, StringComparison.Ordinal);
        await _host.ByHandAsync("mat_4");

        await _host.StandsAsync("mat_4", "done");
        Assert.DoesNotContain(await _host.AttentionMessagesAsync(), message => message.Contains("The step matter", StringComparison.Ordinal));
        await _host.Get<IntegrationHealth>().JudgeAsync(LawmaticsHost.Demo, CancellationToken.None);
        Assert.Single(await _host.AuditAsync("integration_failing"));
    }

    private async Task WaitingAsync(string matter)
    {
        await _host.FaultsAsync("findcontact", "500", "no", count: 1000);
        await _host.SendAsync(Outbound.Created(matter));
        await _host.StandsAsync(matter, "waiting", Outbound.Second);
    }

    private async Task ClearFaultsAsync()
    {
        using var clear = await _host.Http.DeleteAsync($"{_host.SandboxUrl}/_sandbox/faults");
        Assert.True(clear.IsSuccessStatusCode);
    }

    /// <summary>Ends the connection; how the matter's sync stands then.</summary>
    private async Task<JsonElement> DisconnectAsync(string matter)
    {
        using var gone = await _host.Http.DeleteAsync($"{LawmaticsHost.Base}/connection");
        Assert.True(gone.IsSuccessStatusCode);
        var id = await _host.CaseAsync(matter);
        return (await _host.GetJsonAsync($"/api/companies/demo/cases/{id}/lawmatics")).GetProperty("workflow");
    }

    private async Task<(int Done, int Failed)> DoneFailedAsync()
    {
        var bulk = await _host.GetJsonAsync($"{LawmaticsHost.Base}/sync");
        return (bulk.GetProperty("done").GetInt32(), bulk.GetProperty("failed").GetInt32());
    }
}
