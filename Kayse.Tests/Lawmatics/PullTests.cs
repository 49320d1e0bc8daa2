using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Tests.Lawmatics;

public sealed class PullTests(LawmaticsWorld world) : IClassFixture<LawmaticsWorld>, IAsyncLifetime
{
    private const string Pull = $"{LawmaticsHost.Base}/pull";

    public Task InitializeAsync() => world.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Matters_are_counted_and_those_without_a_case_are_listed_and_nothing_is_imported()
    {
        var before = await CountAsync();
        var (_, linked) = await world.LinkedAsync();
        var others = await world.MattersAsync(60);
        var cases = await CasesAsync();

        var pull = await PullAsync();

        Assert.Equal(("completed", before.Total + 61, before.Linked + 1, before.Total + 60 - before.Linked), (
            pull.GetProperty("state").GetString(), pull.GetProperty("total").GetInt32(), pull.GetProperty("linked").GetInt32(), pull.GetProperty("unlinked").GetInt32()));
        Assert.Equal(pull.GetProperty("total").GetInt32(), pull.GetProperty("read").GetInt32());
        var unlinked = await UnlinkedAsync();
        Assert.Superset(others.ToHashSet(), unlinked.ToHashSet());
        Assert.DoesNotContain(linked, unlinked);
        Assert.Equal(unlinked.Count, unlinked.Distinct().Count());
        Assert.Equal(cases, await CasesAsync());
    }

    [Fact]
    public async Task It_keeps_within_the_rate_limit_and_shows_how_far_it_is()
    {
        await world.MattersAsync(130);
        await world.PatchAsync(new { settings = new { requestsPerMinute = 12, liveReservePercent = 50 } });
        // What was taken of the larger budget is lost by then.
        world.Host.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.Host.SandboxOptionsAsync(new { rateLimitPerMinute = 12 });
        var id = await StartAsync();
        JsonElement half = default;
        await world.Host.EventuallyAsync(async () => (half = await StateAsync()).GetProperty("read").GetInt32() > 0 && half.GetProperty("message").ValueKind == JsonValueKind.String, TimeSpan.FromSeconds(1));

        Assert.Equal(("running", id), (half.GetProperty("state").GetString(), half.GetProperty("workflow").GetString()));
        Assert.True(half.GetProperty("read").GetInt32() < half.GetProperty("total").GetInt32(), half.GetRawText());
        Assert.NotEmpty(half.GetProperty("message").GetString()!);
        await world.Host.EndOfWorkflowAsync(id, TimeSpan.FromSeconds(5));

        await world.Host.SandboxOptionsAsync(new { rateLimitPerMinute = 0 });
        var end = await StateAsync();
        Assert.Equal(("completed", end.GetProperty("total").GetInt32()), (end.GetProperty("state").GetString(), end.GetProperty("read").GetInt32()));
        var lines = (await world.Host.GetJsonAsync($"/api/companies/demo/audit?action=pull_matters&subject={id}")).GetProperty("items").EnumerateArray();
        Assert.Single(lines, line => line.GetProperty("outcome").GetString() == "done");
    }

    [Theory]
    [InlineData("500")]
    [InlineData("reset")]
    [InlineData("429")]
    [InlineData("invalid-json")]
    public async Task A_page_that_fails_is_read_again_and_counted_once(string kind)
    {
        await world.MattersAsync(30);
        var expected = await CountAsync();
        await world.Host.LawmaticsFaultAsync("listprospects", kind, count: 2);

        var pull = await PullAsync();

        Assert.Equal((expected.Total, expected.Total), (pull.GetProperty("total").GetInt32(), pull.GetProperty("read").GetInt32()));
        Assert.Equal(pull.GetProperty("unlinked").GetInt32(), (await UnlinkedAsync()).Count);
    }

    [Fact]
    public async Task A_token_that_is_revoked_in_mid_run_makes_it_wait_and_go_on_after_the_next_sign_in()
    {
        await world.MattersAsync(60);
        await world.Host.RevokeTokensAsync();
        var id = await StartAsync();
        await world.Host.EventuallyAsync(async () => (await world.Host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());

        Assert.Equal("running", (await StateAsync()).GetProperty("state").GetString());
        await world.Host.SignInAsync();
        await world.Host.EndOfWorkflowAsync(id, TimeSpan.FromSeconds(10));

        Assert.Equal("completed", (await StateAsync()).GetProperty("state").GetString());
    }

    [Fact]
    public async Task One_runs_at_a_time_and_a_new_one_forgets_the_list_of_the_last()
    {
        var gone = (await world.MattersAsync(1))[0];
        await PullAsync();
        Assert.Contains(gone, await UnlinkedAsync());
        using var deleted = await world.Host.Http.DeleteAsync($"{world.Host.SandboxUrl}{LawmaticsWorld.Sandbox}/matters/{gone}");
        deleted.EnsureSuccessStatusCode();
        await world.Host.LawmaticsFaultAsync("listprospects", "500");

        var id = await StartAsync();
        using var second = await world.Host.Http.PostAsync(Pull, null);

        Assert.Equal(409, (int)second.StatusCode);
        Assert.Contains(id, await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await world.Host.EndOfWorkflowAsync(id, TimeSpan.FromSeconds(1));
        Assert.DoesNotContain(gone, await UnlinkedAsync());
    }

    [Fact]
    public async Task A_restart_in_the_middle_of_a_pull_counts_every_matter_once()
    {
        var other = new LawmaticsWorld();
        await other.InitializeAsync();
        await using var host = other.Host;
        await other.MattersAsync(130);
        await other.PatchAsync(new { settings = new { requestsPerMinute = 12 } });
        using var started = await host.Http.PostAsync(Pull, null);
        var id = (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        await host.EventuallyAsync(async () => (await host.GetJsonAsync(Pull)).GetProperty("read").GetInt32() >= 25, TimeSpan.FromSeconds(1));

        await host.RestartAsync();
        await host.EndOfWorkflowAsync(id, TimeSpan.FromSeconds(5));

        var end = await host.GetJsonAsync(Pull);
        Assert.Equal((130, 130, 130), (end.GetProperty("total").GetInt32(), end.GetProperty("read").GetInt32(), end.GetProperty("unlinked").GetInt32()));
    }

    [Fact]
    public async Task Before_the_first_there_is_none_and_without_a_connection_it_says_so()
    {
        await world.Host.OpenFirmAsync("pullless");
        const string Route = "/api/companies/pullless/integrations/lawmatics/pull";

        Assert.Equal("none", (await world.Host.GetJsonAsync(Route)).GetProperty("state").GetString());
        using var answer = await world.Host.Http.PostAsync(Route, null);
        Assert.Equal(409, (int)answer.StatusCode);
    }

    [Fact]
    public async Task The_list_goes_after_thirty_days_or_when_nothing_is_connected_and_the_count_stays()
    {
        await world.MattersAsync(3);
        await PullAsync();
        Assert.NotEmpty(await UnlinkedAsync());
        var (pulls, retention, connections) = (world.Host.Get<LawmaticsPulls>(), world.Host.Get<Retention>(), world.Host.Get<LawmaticsConnections>());
        await retention.RunAsync(LawmaticsHost.Demo, default);
        Assert.NotEmpty(await UnlinkedAsync());

        await connections.ChangeAsync(LawmaticsHost.Demo, old => old with { Connected = false }, default);
        await retention.RunAsync(LawmaticsHost.Demo, default);
        await connections.ChangeAsync(LawmaticsHost.Demo, old => old with { Connected = true }, default);

        Assert.Empty(await UnlinkedAsync());
        Assert.True((await StateAsync()).GetProperty("unlinked").GetInt32() >= 3);
        await PullAsync();
        Assert.Equal(0, await pulls.PurgeAsync(LawmaticsHost.Demo, world.Host.Clock.GetUtcNow().AddDays(-30), default));
        Assert.NotEqual(0, await pulls.PurgeAsync(LawmaticsHost.Demo, world.Host.Clock.GetUtcNow().AddSeconds(1), default));
    }

    [Fact]
    public async Task Another_Lawmatics_firm_has_its_own()
    {
        await PullAsync();
        var connections = world.Host.Get<LawmaticsConnections>();
        var account = (await connections.GetAsync(LawmaticsHost.Demo, default)).Account;
        await connections.ChangeAsync(LawmaticsHost.Demo, old => old with { Account = account! with { FirmId = "777" } }, default);

        var state = await StateAsync();

        await connections.ChangeAsync(LawmaticsHost.Demo, old => old with { Account = account }, default);
        Assert.Equal("none", state.GetProperty("state").GetString());
    }

    [Fact]
    public async Task One_that_ended_long_ago_without_its_last_page_and_was_purged_keeps_no_other_from_starting()
    {
        await PullAsync();
        await new EntityTable<LawmaticsPull>(world.Host.Get<IEntityStore>(), Tables.Integrations, static () => Core.KayseJson.Default.LawmaticsPull).UpdateAsync(
            "demo", "lawmatics~pull", old => old! with { Id = "lawmaticspull.pul_purged", StartedAt = old.StartedAt.AddDays(-31), EndedAt = null }, default);

        var pull = await PullAsync();

        Assert.Equal("completed", pull.GetProperty("state").GetString());
        Assert.NotEqual("lawmaticspull.pul_purged", pull.GetProperty("workflow").GetString());
    }

    [Fact]
    public async Task One_that_a_disconnection_stopped_is_started_anew_once()
    {
        await world.MattersAsync(3);
        await world.Host.LawmaticsFaultAsync("listprospects", "500", count: 1000);
        var before = (await world.Host.LawmaticsRequestsAsync("listprospects")).Count;
        var id = await StartAsync();
        await world.Host.EventuallyAsync(async () => (await world.Host.LawmaticsRequestsAsync("listprospects")).Count > before);
        var (pulls, records) = (world.Host.Get<LawmaticsPulls>(), world.Host.Get<WorkflowRecords>());
        Assert.True(await records.TerminateAsync(LawmaticsHost.Demo, id, default, LawmaticsDisconnect.Stopped));
        using var clear = await world.Host.Http.DeleteAsync($"{world.Host.SandboxUrl}/_sandbox/faults");
        var stopped = (await records.FindAsync(LawmaticsHost.Demo, id, default))!.Record;

        Assert.True(await pulls.ResumeAsync(LawmaticsHost.Demo, stopped, default));

        var next = (await StateAsync()).GetProperty("workflow").GetString()!;
        await world.Host.EndOfWorkflowAsync(next, TimeSpan.FromSeconds(1));
        Assert.Equal((true, "completed"), (next != id, (await StateAsync()).GetProperty("state").GetString()));
        Assert.False(await pulls.ResumeAsync(LawmaticsHost.Demo, stopped, default));
    }

    private async Task<JsonElement> PullAsync()
    {
        await world.Host.EndOfWorkflowAsync(await StartAsync(), TimeSpan.FromSeconds(1));
        return await StateAsync();
    }

    private async Task<string> StartAsync()
    {
        using var answer = await world.Host.Http.PostAsync(Pull, null);
        Assert.Equal(202, (int)answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private Task<JsonElement> StateAsync() => world.Host.GetJsonAsync(Pull);

    private async Task<(int Total, int Linked)> CountAsync()
    {
        var pull = await PullAsync();
        return (pull.GetProperty("total").GetInt32(), pull.GetProperty("linked").GetInt32());
    }

    private async Task<IReadOnlyList<string>> UnlinkedAsync()
    {
        var (ids, after) = (new List<string>(), string.Empty);
        do
        {
            var page = (await world.Host.GetJsonAsync($"{Pull}?limit=100&after={after}")).GetProperty("unlinkedMatters");
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(matter => matter.GetProperty("id").GetString()!));
            after = page.GetProperty("next").GetString();
        }
        while (after is not null);
        return ids;
    }

    private async Task<int> CasesAsync() => (await world.Host.GetJsonAsync("/api/companies/demo/cases?limit=100")).GetProperty("items").GetArrayLength();
}
