using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Events;
using Kayse.Core.Mapping;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Lawmatics;

/// <summary>Two looks at one matter, of which the older takes longer than the newer.</summary>
public sealed class StageOrderTests(LawmaticsWorld world) : IClassFixture<LawmaticsWorld>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        await world.ResetAsync();
        await world.MapAsync(new StatusPair("consulting", "Consultation"), new StatusPair("active", "Retained"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(Tables.Links)]
    [InlineData(Tables.Cases)]
    public async Task The_newest_look_is_the_last_to_take_effect_wherever_it_comes_upon_the_older(string where)
    {
        var (id, matter) = await world.LinkedAsync();
        var connection = await world.Host.Get<LawmaticsConnections>().GetAsync(LawmaticsHost.Demo, default);
        var store = new HookedStore(world.Host.Get<IEntityStore>(), where);
        var (older, newer) = (Seen(matter, "148", 1), Seen(matter, "149", 2));
        if (where == Tables.Links)
        {
            store.AfterWrite = NewerAsync;
        }
        else
        {
            store.BeforeWrite = NewerAsync;
        }

        await Stages(store).ObserveAsync(LawmaticsHost.Demo, connection, older, world.Host.Clock.GetUtcNow(), default);

        Assert.Equal("active", (await world.CaseAsync(id)).Status);
        Assert.Equal("active by lawmatics", (await world.ToldAsync(id))[^1]);
        var again = await world.Host.Get<LawmaticsStageChanges>().ObserveAsync(LawmaticsHost.Demo, connection, newer, world.Host.Clock.GetUtcNow(), default);
        Assert.Equal(LawmaticsLookKind.Same, again.Kind);

        Task NewerAsync() => world.Host.Get<LawmaticsStageChanges>().ObserveAsync(LawmaticsHost.Demo, connection, newer, world.Host.Clock.GetUtcNow(), default);
    }

    private LawmaticsStageChanges Stages(IEntityStore store)
    {
        var host = world.Host;
        var cases = new CaseStore(store, host.Clock);
        return new LawmaticsStageChanges(
            store, cases, host.Get<LawmaticsLinks>(), host.Get<LawmaticsStatuses>(), host.Get<LawmaticsStageNames>(), host.Get<LawmaticsUnknownStages>(),
            new CaseStatuses(cases, host.Get<EventIntake>(), host.Get<Mappings>(), host.Get<AutoAdd>(), host.Clock), host.Get<AuditLog>());
    }

    private LawmaticsRecord Seen(string matter, string stage, int minute) => new(JsonSerializer.SerializeToElement(new
    {
        id = matter,
        attributes = new { updated_at = world.Host.Clock.GetUtcNow().AddMinutes(minute), status = "pnc", sub_status = "Pnc" },
        relationships = new { stage = new { data = new { id = stage, type = "stage" } } },
    }));
}
