using Kayse.Core.Companies;
using Kayse.Core.Connectors;
using Kayse.Core.Storage;

namespace Kayse.Tests.LawRuler;

public sealed class RateBudgetTests(ChainFixture fixture) : IClassFixture<ChainFixture>
{
    private const int PerMinute = 30;
    private static readonly RateBudget Budget = new(PerMinute / 60.0, PerMinute / 3.0, 2);
    private readonly TestHost _host = fixture.Host;

    [Fact]
    public async Task Two_processes_share_one_budget_through_its_row()
    {
        var company = CompanyId.Parse("shared");
        using var one = new ConnectionLimits(_host.Get<IEntityStore>(), _host.Clock);
        using var two = new ConnectionLimits(_host.Get<IEntityStore>(), _host.Clock);
        var taken = 0;
        for (var i = 0; i < 40; i++)
        {
            taken += await TakesAsync(i % 2 == 0 ? one : two, company) ? 1 : 0;
        }

        Assert.Equal(PerMinute / 3, taken);
        for (var second = 0; second < 120; second++)
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(1));
            taken += await TakesAsync(one, company) ? 1 : 0;
            taken += await TakesAsync(two, company) ? 1 : 0;
        }

        Assert.InRange(taken, 40, (PerMinute / 3) + (2 * PerMinute));
    }

    [Fact]
    public async Task A_process_that_holds_tokens_keeps_to_the_wait_that_another_was_asked_for()
    {
        var company = CompanyId.Parse("blocked");
        using var one = new ConnectionLimits(_host.Get<IEntityStore>(), _host.Clock);
        using var two = new ConnectionLimits(_host.Get<IEntityStore>(), _host.Clock);
        Assert.True(await TakesAsync(one, company));
        var until = _host.Clock.GetUtcNow().AddSeconds(5);
        await two.BlockAsync(company, "lawruler", until, CancellationToken.None);
        var (permit, comeBack) = await one.TakeAsync(company, "lawruler", Budget, CancellationToken.None);
        Assert.Null(permit);
        Assert.Equal(until, comeBack);
        _host.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await TakesAsync(one, company));
    }

    [Theory]
    [InlineData("slow", 0.5, 10, 5)]
    [InlineData("fast", 50, 100, 12)]
    [InlineData("fastest", 1000, 400, 250)]
    [InlineData("strict", 50, 3, 3)]
    [InlineData("single", 0.5, 1, 1)]
    public async Task A_process_takes_a_quarter_of_a_second_at_a_time_but_five_at_least_and_never_more_than_the_burst(string company, double perSecond, double burst, int chunk)
    {
        var (firm, budget) = (CompanyId.Parse(company), new RateBudget(perSecond, burst, 2));
        using var one = new ConnectionLimits(_host.Get<IEntityStore>(), _host.Clock);
        using var two = new ConnectionLimits(_host.Get<IEntityStore>(), _host.Clock);
        Assert.True(await TakesAsync(one, firm, budget));
        Assert.Equal((int)burst - chunk, await TakesAllAsync(two, firm, budget));
        Assert.Equal(chunk - 1, await TakesAllAsync(one, firm, budget));
    }

    [Fact]
    public async Task Fifty_a_second_come_after_the_burst_is_spent_and_no_more_than_the_burst_after_a_pause()
    {
        var (firm, budget) = (CompanyId.Parse("fifty"), new RateBudget(50, 100, 2));
        using var limits = new ConnectionLimits(_host.Get<IEntityStore>(), _host.Clock);
        Assert.Equal(100, await TakesAllAsync(limits, firm, budget));
        var (permit, comeBack) = await limits.TakeAsync(firm, "lawruler", budget, CancellationToken.None);
        Assert.Null(permit);
        Assert.Equal(_host.Clock.GetUtcNow().AddMilliseconds(20), comeBack);

        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(50, await TakesAllAsync(limits, firm, budget));

        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(100, await TakesAllAsync(limits, firm, budget));
    }

    [Fact]
    public async Task A_wait_that_is_cleared_holds_no_process_any_more_and_gives_no_budget_back()
    {
        var company = CompanyId.Parse("cleared");
        using var one = new ConnectionLimits(_host.Get<IEntityStore>(), _host.Clock);
        using var two = new ConnectionLimits(_host.Get<IEntityStore>(), _host.Clock);
        Assert.True(await TakesAsync(one, company));
        await two.BlockAsync(company, "lawruler", _host.Clock.GetUtcNow().AddHours(5), CancellationToken.None);
        await two.BlockAsync(company, "other", _host.Clock.GetUtcNow().AddHours(5), CancellationToken.None);
        Assert.False(await TakesAsync(one, company));

        await two.ClearAsync(company, "lawruler", CancellationToken.None);

        // The first chunk went with the wait; what is left of the burst is the second.
        Assert.Equal(5, await TakesAllAsync(one, company, Budget));
        var (_, comeBack) = await one.TakeAsync(company, "other", Budget, CancellationToken.None);
        Assert.Equal(_host.Clock.GetUtcNow().AddHours(5), comeBack);
    }

    [Fact]
    public async Task Clearing_a_connection_that_was_never_used_leaves_it_its_whole_burst()
    {
        var company = CompanyId.Parse("unused");
        using var limits = new ConnectionLimits(_host.Get<IEntityStore>(), _host.Clock);
        await limits.ClearAsync(company, "lawruler", CancellationToken.None);
        Assert.Equal(10, await TakesAllAsync(limits, company, Budget));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(-1, 10)]
    [InlineData(1, 0.5)]
    public async Task A_budget_that_never_lets_a_request_through_is_refused(double perSecond, double burst)
    {
        var limits = _host.Get<ConnectionLimits>();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => limits.TakeAsync(CompanyId.Parse("refused"), "lawruler", new RateBudget(perSecond, burst, 1), CancellationToken.None));
    }

    [Fact]
    public async Task Without_budget_a_step_is_postponed_spends_no_attempt_and_sends_nothing()
    {
        await _host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 6 } });
        var calls = Enumerable.Range(0, 3).Select(i => (Call: $"call_b{i}", Lead: 875_001L + i)).ToList();
        foreach (var (call, lead) in calls)
        {
            await Chain.LeadAsync(_host, lead);
            await _host.SendAsync(Chain.Call(_host, call, lead, json => json["data"]!["call"]!.AsObject().Remove("recording_url")));
        }

        foreach (var (call, lead) in calls)
        {
            var workflow = await _host.EndOfWorkflowAsync($"postcall.{call}", Chain.Second);
            Assert.Equal("done done done skipped", Chain.States(workflow));
            Assert.All(workflow.GetProperty("steps").EnumerateArray(), step => Assert.Equal(1, step.GetProperty("attempts").GetInt32()));
            Assert.DoesNotContain(await Chain.AuditAsync(_host, call), line => Chain.Text(line, "outcome") == "retry");
            Assert.Equal(1, await Chain.CountAsync(_host, "campaign", lead));
        }

        await _host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 60_000 } });
    }

    private static async Task<int> TakesAllAsync(ConnectionLimits limits, CompanyId company, RateBudget budget)
    {
        var taken = 0;
        while (await TakesAsync(limits, company, budget))
        {
            taken++;
        }

        return taken;
    }

    private static async Task<bool> TakesAsync(ConnectionLimits limits, CompanyId company, RateBudget? budget = null)
    {
        var (permit, _) = await limits.TakeAsync(company, "lawruler", budget ?? Budget, CancellationToken.None);
        permit?.Dispose();
        return permit is not null;
    }
}
