using System.Net.Http.Json;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Connectors;
using Kayse.Core.Connectors.Lawmatics;

namespace Kayse.Tests.Lawmatics;

/// <summary>What links hold for, and what is known of a matter before Lawmatics is connected.</summary>
public sealed class LinkTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_matter_from_before_the_connection_is_sent_by_hand_with_all_that_was_told_of_it()
    {
        await using var host = await TestHost.StartAsync();
        await host.SendAsync(Outbound.Created("mat_1"));
        await host.SendAsync(Outbound.Intake("mat_1"));
        await host.EventuallyAsync(async () => await host.CaseAsync("mat_1") is { } id && (await host.Get<Matters>().FindAsync(LawmaticsHost.Demo, CaseId.Parse(id), None)).IntakeAt is not null);
        await host.KnownAsync(Outbound.Created("mat_1"));
        await host.KnownAsync(Outbound.Intake("mat_1"));
        using var early = await host.Http.PostAsJsonAsync($"{LawmaticsHost.Base}/sync", new { matter = "mat_1" });
        Assert.Equal(System.Net.HttpStatusCode.Conflict, early.StatusCode);

        await host.SandboxOptionsAsync(new { authorizePage = "grant" });
        Assert.Equal(200, await host.SignInAsync());
        var synced = await host.ByHandAsync("mat_1");

        Assert.Equal("contact done, matter done, activity done", Outbound.Steps(synced));
        Assert.Contains("Year of birth: 1980", Outbound.Text(await host.OnlyAsync("notes"), "body"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_firm_connected_again_has_nothing_made_twice()
    {
        await using var host = await Outbound.StartAsync();
        await host.SyncAsync(Outbound.Intake("mat_2"));
        using var gone = await host.Http.DeleteAsync($"{LawmaticsHost.Base}/connection");
        Assert.True(gone.IsSuccessStatusCode);
        Assert.Equal(200, await host.SignInAsync());

        var synced = await host.ByHandAsync("mat_2");

        Assert.Equal("contact done, matter done, activity skipped", Outbound.Steps(synced));
        Assert.Equal((1, 1, 1), ((await host.KeptAsync("contacts")).Count, (await host.KeptAsync("matters")).Count, (await host.KeptAsync("notes")).Count));
    }

    [Fact]
    public async Task Links_hold_for_their_lawmatics_firm_alone_and_count_again_when_it_is_back()
    {
        await using var host = await Outbound.StartAsync();
        var first = await host.SyncAsync(Outbound.Intake("mat_3"));
        using var other = await host.Http.PutAsJsonAsync($"{host.SandboxUrl}/_sandbox/lawmatics/other-client", new { options = new { authorizePage = "grant", rateLimitPerMinute = 0 } });
        Assert.True(other.IsSuccessStatusCode);
        await UseAsync(host, "other-client");

        await host.ByHandAsync("mat_3");

        Assert.Equal((1, 1), ((await host.KeptAsync("matters", "other-client")).Count, (await host.KeptAsync("matters")).Count));
        await UseAsync(host, LawmaticsHost.ClientId);
        var back = await host.ByHandAsync("mat_3");
        Assert.Equal(Outbound.Text(first, "matterId"), Outbound.Text(back, "matterId"));
        Assert.Single(await host.KeptAsync("matters"));
    }

    [Fact]
    public async Task A_matter_of_lawmatics_leads_to_its_case_and_the_links_can_be_listed()
    {
        await using var host = await Outbound.StartAsync();
        var synced = await host.SyncAsync(Outbound.Created("mat_4"));
        var links = host.Get<LawmaticsLinks>();

        var found = await links.CaseOfAsync(LawmaticsHost.Demo, "123", Outbound.Text(synced, "matterId")!, None);

        Assert.Equal(Outbound.Text(synced, "case"), found.ToString());
        Assert.Null(await links.CaseOfAsync(LawmaticsHost.Demo, "124", Outbound.Text(synced, "matterId")!, None));
        Assert.Null(await links.CaseOfAsync(LawmaticsHost.Demo, "123", "no/id", None));
        var (items, next) = await links.ListAsync(LawmaticsHost.Demo, "123", null, 10, None);
        Assert.Equal((Outbound.Text(synced, "matterId"), StageState.Taken, "153", null), (Assert.Single(items).MatterId, items[0].Stage, items[0].StageId, next));
    }

    [Fact]
    public async Task A_write_is_one_holders_until_it_is_made_or_the_holder_has_been_silent_for_long()
    {
        await using var host = await TestHost.StartAsync();
        var (effects, company, patience) = (host.Get<CrmEffects>(), CompanyId.Parse("claims"), TimeSpan.FromMinutes(3));

        Assert.True((await HoldAsync("a")).IsOurs);
        Assert.True((await HoldAsync("a")).IsOurs);
        Assert.Equal(host.Clock.GetUtcNow() + patience, (await HoldAsync("b")).BusyUntil);
        await effects.SettleAsync(company, "write", "step", EffectState.NotSent, null, None);
        Assert.True((await HoldAsync("b")).IsOurs);
        await effects.AnnounceAsync(company, "write", "step", null, None);
        Assert.False((await HoldAsync("a")).IsOurs);
        host.Clock.Advance(patience);
        Assert.True((await HoldAsync("a")).IsOurs);
        Assert.Equal(EffectState.Announced, (await effects.FindAsync(company, "write", "step", None))!.State);
        await effects.SettleAsync(company, "write", "step", EffectState.Done, "77", None);
        Assert.Equal((false, "77", true), (await HoldAsync("a") is var made ? (made.IsOurs, made.Resource, made.IsMaker) : default));
        Assert.False((await HoldAsync("b")).IsMaker);
        await effects.ReopenAsync(company, "write", "step", "76", None);
        Assert.False((await HoldAsync("b")).IsOurs);
        await effects.ReopenAsync(company, "write", "step", "77", None);
        Assert.True((await HoldAsync("b")).IsOurs);

        Task<CrmHold> HoldAsync(string holder) => effects.HoldAsync(company, "write", "step", holder, patience, None);
    }

    private static async Task UseAsync(TestHost host, string client)
    {
        // Another firm's account than before: an admin is asked.
        Assert.Equal(409, await host.SignInAsync(client));
        using var answer = await host.Http.PostAsJsonAsync($"{LawmaticsHost.Base}/account", new { use = "new" });
        Assert.True(answer.IsSuccessStatusCode);
    }
}
