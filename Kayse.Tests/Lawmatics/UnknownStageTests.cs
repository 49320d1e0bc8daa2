using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Mapping;
using Kayse.Core.Sync;

namespace Kayse.Tests.Lawmatics;

/// <summary>Stages that the status map does not name, and those whose names cannot be read.</summary>
public sealed class UnknownStageTests(LawmaticsWorld world) : IClassFixture<LawmaticsWorld>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        await world.ResetAsync();
        await world.PatchAsync(new { settings = new { polling = new { enabled = true, minutes = 5, overlapMinutes = 2 } } });
        await world.PollAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_stage_that_cannot_be_named_keeps_nobody_else_waiting_is_told_once_and_judged_when_it_can()
    {
        var ((waits, first), (goes, second)) = (await world.LinkedAsync(), await world.LinkedAsync());
        await world.PollAsync();
        await world.AskAsync(HttpMethod.Post, $"{LawmaticsWorld.Sandbox}/stages", new { name = "Trial", pipeline = 4 });
        await world.MapAsync(new StatusPair("active", "Retained"), new StatusPair("in court", "Trial"));
        await world.ChangeAsync(second, new { stage = "Retained" });
        await world.ChangeAsync(first, new { stage = "Trial" });
        world.Host.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.Host.LawmaticsFaultAsync("liststages", "500", count: 100);
        var lines = (await world.Host.AuditAsync("stage_poll")).Count;

        await world.PollAsync();
        world.Host.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.PollAsync();

        Assert.Equal((null, "active"), ((await world.CaseAsync(waits)).Status, (await world.CaseAsync(goes)).Status));
        Assert.Equal((lines + 1, "retry"), ((await world.Host.AuditAsync("stage_poll")).Count, (await world.Host.AuditAsync("stage_poll"))[0].Outcome));
        Assert.NotNull((await HealthAsync()).FailingSince);
        Assert.Equal(1, (await ListedAsync()).Single(stage => stage.GetProperty("isUnnamed").GetBoolean()).GetProperty("matters").GetInt32());
        using var clear = await world.Host.Http.DeleteAsync($"{world.Host.SandboxUrl}/_sandbox/faults");
        world.Host.Clock.Advance(TimeSpan.FromMinutes(2));

        await world.PollAsync();

        Assert.Equal("in court", (await world.CaseAsync(waits)).Status);
        Assert.Equal((lines + 2, "done"), ((await world.Host.AuditAsync("stage_poll")).Count, (await world.Host.AuditAsync("stage_poll"))[0].Outcome));
        Assert.Null((await HealthAsync()).FailingSince);
        Assert.DoesNotContain(await ListedAsync(), stage => stage.GetProperty("isUnnamed").GetBoolean());
    }

    [Fact]
    public async Task One_that_could_not_be_named_and_is_not_in_the_map_is_listed_by_its_name_when_it_can()
    {
        var (_, matter) = await world.LinkedAsync();
        await world.PollAsync();
        await world.AskAsync(HttpMethod.Post, $"{LawmaticsWorld.Sandbox}/stages", new { name = "Appeal", pipeline = 4 });
        await world.ChangeAsync(matter, new { stage = "Appeal" });
        world.Host.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.Host.LawmaticsFaultAsync("liststages", "500", count: 2);

        await world.PollAsync();
        using var clear = await world.Host.Http.DeleteAsync($"{world.Host.SandboxUrl}/_sandbox/faults");
        world.Host.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.PollAsync();

        var listed = (await ListedAsync()).Single(stage => stage.GetProperty("name").GetString() == "Appeal");
        Assert.Equal((1, false), (listed.GetProperty("matters").GetInt32(), listed.GetProperty("isUnnamed").GetBoolean()));
        Assert.Equal(1, await LinesAsync(matter));
    }

    [Fact]
    public async Task A_status_that_the_case_was_given_since_the_matter_came_stays_when_the_map_names_the_stage()
    {
        var ((early, first), (late, second)) = (await world.LinkedAsync(), await world.LinkedAsync());
        await SetAsync(early, "closed");
        world.Host.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.ChangeAsync(first, new { stage = "Consultation" });
        await world.ChangeAsync(second, new { stage = "Consultation" });
        await world.PollAsync();
        world.Host.Clock.Advance(TimeSpan.FromMinutes(1));
        await SetAsync(late, "closed");
        await world.MapAsync(new StatusPair("active", "Retained"), new StatusPair("consulting", "Consultation"));

        await world.PollAsync();

        Assert.Equal(("consulting", "closed"), ((await world.CaseAsync(early)).Status, (await world.CaseAsync(late)).Status));
    }

    [Fact]
    public async Task Without_polls_too_what_the_map_names_by_now_is_applied()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Lost" });
        await world.PollAsync();
        await world.PatchAsync(new { settings = new { polling = new { enabled = false } } });
        await world.MapAsync(new StatusPair("active", "Retained"), new StatusPair("gone", "Lost"));

        await world.PollAsync();

        Assert.Equal("gone", (await world.CaseAsync(id)).Status);
    }

    [Fact]
    public async Task A_matter_leaves_an_unknown_sub_status_too()
    {
        var (_, matter) = await world.LinkedAsync();
        await world.PollAsync();
        await world.ChangeAsync(matter, new { sub_status = "Consultation Booked" });
        await world.PollAsync();
        Assert.Equal(1, await MattersInAsync("Consultation Booked"));

        await world.ChangeAsync(matter, new { sub_status = "Pnc" });
        await world.PollAsync();

        Assert.Equal(0, await MattersInAsync("Consultation Booked"));
    }

    [Fact]
    public async Task Looks_at_the_same_unknown_stage_at_the_same_time_are_told_of_once()
    {
        var (_, matter) = await world.LinkedAsync();
        await world.PollAsync();
        await world.ChangeAsync(matter, new { stage = "Consultation" });
        var (stages, connection) = (world.Host.Get<LawmaticsStageChanges>(), await world.Host.Get<LawmaticsConnections>().GetAsync(LawmaticsHost.Demo, default));
        var seen = new LawmaticsRecord(JsonSerializer.SerializeToElement(new
        {
            id = matter,
            attributes = new { updated_at = world.Host.Clock.GetUtcNow(), status = "pnc", sub_status = "Pnc" },
            relationships = new { stage = new { data = new { id = "148", type = "stage" } } },
        }));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => stages.ObserveAsync(LawmaticsHost.Demo, connection, seen, world.Host.Clock.GetUtcNow(), default))));

        Assert.Equal(1, await LinesAsync(matter));
    }

    private Task SetAsync(CaseId id, string status) => world.Host.Get<CaseStore>().ChangeAsync(
        LawmaticsHost.Demo, id, old => old! with { Status = status, StatusOrigin = "kayse", StatusAt = world.Host.Clock.GetUtcNow() }, default);

    private async Task<int> LinesAsync(string matter) =>
        (await world.Host.GetJsonAsync($"/api/companies/demo/audit?action=stage_change&resource={matter}")).GetProperty("items").GetArrayLength();

    private async Task<int> MattersInAsync(string name) => (await ListedAsync()).Single(stage => stage.GetProperty("name").GetString() == name).GetProperty("matters").GetInt32();

    private async Task<IReadOnlyList<JsonElement>> ListedAsync() => [.. (await world.Host.GetJsonAsync($"{LawmaticsHost.Base}/unknown-stages")).GetProperty("items").EnumerateArray()];

    private Task<SyncState> HealthAsync() => world.Host.Get<SyncHealth>().GetAsync(LawmaticsHost.Demo, "lawmatics", default);
}
