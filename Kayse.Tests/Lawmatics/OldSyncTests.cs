using System.Net;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Storage;

namespace Kayse.Tests.Lawmatics;

/// <summary>Syncs whose records are gone, and what many at once do with matters that nobody has looked at.</summary>
public sealed class OldSyncTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await Outbound.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_sync_whose_record_was_purged_has_ended_and_is_not_started_again()
    {
        var id = await KeptAsync("mat_1");
        var states = _host.Get<LawmaticsSyncStates>();
        await states.WriteAsync(LawmaticsHost.Demo, id, null, new LawmaticsSyncState { Running = "lawmaticssync.syn_gone", StartedAt = _host.Clock.GetUtcNow().AddDays(-31), Wanted = 1, Taken = 1 }, default);
        Assert.Equal("failed", await _host.StateAsync("mat_1"));

        var started = await _host.StartByHandAsync(new { matters = "failed" });

        Assert.Equal("completed", Outbound.Text(await _host.EndOfWorkflowAsync(started, Outbound.Second), "state"));
        Assert.Single(await _host.KeptAsync("matters"));
        Assert.NotEqual("lawmaticssync.syn_gone", (await states.FindAsync(LawmaticsHost.Demo, id, default))!.Value.Last);
    }

    [Fact]
    public async Task A_sync_whose_start_a_crash_has_cut_off_is_started_and_not_another()
    {
        var id = await KeptAsync("mat_2");
        await _host.Get<LawmaticsSyncStates>().WriteAsync(LawmaticsHost.Demo, id, null, new LawmaticsSyncState { Running = "lawmaticssync.syn_cut", StartedAt = _host.Clock.GetUtcNow(), Wanted = 1, Taken = 1 }, default);

        Assert.Equal("lawmaticssync.syn_cut", await _host.Get<LawmaticsSync>().StartAsync(LawmaticsHost.Demo, id, LawmaticsSyncOrder.ByHand, default));
    }

    [Fact]
    public async Task A_case_whose_last_sync_failed_is_among_the_failed_ones_also_when_the_record_is_gone()
    {
        var id = await KeptAsync("mat_3");
        await _host.Get<LawmaticsSyncStates>().WriteAsync(LawmaticsHost.Demo, id, null, new LawmaticsSyncState { Last = "lawmaticssync.syn_gone", LastState = "completed_with_problems" }, default);

        await _host.EndOfWorkflowAsync(await _host.StartByHandAsync(new { matters = "failed" }), Outbound.Second);

        Assert.Single(await _host.KeptAsync("matters"));
    }

    [Fact]
    public async Task A_bulk_sync_whose_record_was_purged_does_not_stand_in_the_way_of_another()
    {
        await KeptAsync("mat_4");
        var bulks = new EntityTable<LawmaticsBulk>(_host.Get<IEntityStore>(), Tables.Integrations, static () => Core.KayseJson.Default.LawmaticsBulk);
        var started = _host.Clock.GetUtcNow().AddDays(-31);
        await bulks.InsertAsync(Partitions.Of(LawmaticsHost.Demo), "lawmatics~bulk", new LawmaticsBulk("lawmaticsbulk.blk_gone", BulkChoice.All, started) { After = "case_0" }, default);
        Assert.Equal(started.AddHours(1), (await _host.GetJsonAsync($"{LawmaticsHost.Base}/sync")).GetProperty("endedAt").GetDateTimeOffset());

        var bulk = await _host.StartByHandAsync(new { matters = "unlinked" });

        Assert.Equal("completed", Outbound.Text(await _host.EndOfWorkflowAsync(bulk, Outbound.Second), "state"));
        Assert.Single(await _host.KeptAsync("matters"));
    }

    [Fact]
    public async Task What_ends_after_a_firm_was_erased_leaves_no_row_of_it()
    {
        var (states, id) = (_host.Get<LawmaticsSyncStates>(), CaseId.Parse("case_erased"));

        await states.BeginAsync(LawmaticsHost.Demo, id, "lawmaticssync.syn_1", default);
        Assert.False(await states.EndAsync(LawmaticsHost.Demo, id, "lawmaticssync.syn_1", "completed", default));

        Assert.Null(await states.FindAsync(LawmaticsHost.Demo, id, default));
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("all")]
    public async Task Many_at_once_make_no_matter_again_that_was_deleted_in_lawmatics(string which)
    {
        await _host.SyncAsync(Outbound.Created("mat_5"));
        await _host.InLawmaticsAsync("DELETE", $"matters/{(await _host.OnlyAsync("matters")).GetProperty("id").GetInt64()}");
        Assert.Equal("failed", Outbound.Text(await _host.SyncAsync(Outbound.Intake("mat_5", json => json["data"]!["matter"]!["title"] = "New title"), Outbound.Second), "state"));

        var bulk = await _host.EndOfWorkflowAsync(await _host.StartByHandAsync(new { matters = which }), Outbound.Second);

        Assert.Equal("completed_with_problems", Outbound.Text(bulk, "state"));
        Assert.Empty(await _host.KeptAsync("matters"));
    }

    [Fact]
    public async Task A_sync_of_nothing_said_is_one_of_all_that_are_not_there_however_the_nothing_is_sent()
    {
        await KeptAsync("mat_6");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{LawmaticsHost.Base}/sync") { Content = new StreamContent(new MemoryStream()) };
        request.Headers.TransferEncodingChunked = true;

        using var answer = await _host.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("unlinked", Outbound.Text(await _host.GetJsonAsync($"{LawmaticsHost.Base}/sync"), "which"));
    }

    [Fact]
    public async Task An_imported_case_is_said_how_it_gets_to_lawmatics()
    {
        var (cases, none) = (_host.Get<CaseStore>(), CancellationToken.None);
        var (id, client) = (await cases.CaseIdAsync(LawmaticsHost.Demo, "import", "77", none), await cases.ClientIdAsync(LawmaticsHost.Demo, "import", "77", none));
        await cases.ChangeAsync(LawmaticsHost.Demo, id, old => old ?? new Case { Id = id, ExternalSource = "import", ExternalSourceId = "77", ClientId = client, CreatedAt = _host.Clock.GetUtcNow() }, none);

        using var answer = await _host.Http.PostAsync($"/api/companies/demo/cases/{id}/sync", null);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("?crm=lawmatics", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_matter_of_a_client_looks_every_quarter_of_a_minute_whether_the_contact_is_there()
    {
        await _host.FaultsAsync("createcontact", "reset", "before");
        await _host.SendAsync(Same("mat_7"));
        await _host.EventuallyAsync(async () => (await _host.LawmaticsRequestsAsync("createcontact")).Count == 1);

        await _host.SendAsync(Same("mat_8"));
        JsonElement step = default;
        await _host.EventuallyAsync(async () => await _host.CaseAsync("mat_8") is { } id
            && (await _host.GetJsonAsync($"/api/companies/demo/cases/{id}/lawmatics")).GetProperty("workflow") is { ValueKind: JsonValueKind.Object } workflow
            && workflow.GetProperty("steps").EnumerateArray().FirstOrDefault(one => Outbound.Text(one, "state") == "waiting") is { ValueKind: JsonValueKind.Object } found && (step = found).ValueKind == JsonValueKind.Object);

        Assert.Equal(_host.Clock.GetUtcNow().AddSeconds(15), step.GetProperty("nextAttemptAt").GetDateTimeOffset());

        static System.Text.Json.Nodes.JsonObject Same(string matter) => Outbound.Created(matter, json => json["data"]!["client"] = Outbound.Client("Tilda", "Quillfeather", "tilda@example.com"));
    }

    private async Task<CaseId> KeptAsync(string matter)
    {
        await _host.PatchLawmaticsAsync(new { toggles = new { autoSync = false } });
        await _host.SendAsync(Outbound.Created(matter));
        await _host.KnownAsync(Outbound.Created(matter));
        return CaseId.Parse((await _host.CaseAsync(matter))!);
    }
}
