using Kayse.Core.Companies;
using Kayse.Core.Connectors;
using Kayse.Core.Storage;

namespace Kayse.Tests.LawRuler;

public sealed class RateBudgetTests(ChainFixture fixture) : IClassFixture<ChainFixture>
{
    private const int PerMinute = 30;
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
        var (permit, comeBack) = await one.TakeAsync(company, "lawruler", PerMinute, 2, CancellationToken.None);
        Assert.Null(permit);
        Assert.Equal(until, comeBack);
        _host.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await TakesAsync(one, company));
    }

    [Fact]
    public async Task Without_budget_a_step_is_postponed_spends_no_attempt_and_sends_nothing()
    {
        await _host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 1 } });
        var calls = Enumerable.Range(0, 3).Select(i => (Call: $"call_b{i}", Lead: 875_001L + i)).ToList();
        foreach (var (call, lead) in calls)
        {
            await Chain.LeadAsync(_host, lead);
            await _host.SendAsync(Chain.Call(_host, call, lead, json => json["data"]!["call"]!.AsObject().Remove("recording_url")));
        }

        foreach (var (call, lead) in calls)
        {
            var workflow = await _host.EndOfWorkflowAsync($"postcall.{call}", TimeSpan.FromSeconds(20));
            Assert.Equal("done done done skipped", Chain.States(workflow));
            Assert.All(workflow.GetProperty("steps").EnumerateArray(), step => Assert.Equal(1, step.GetProperty("attempts").GetInt32()));
            Assert.DoesNotContain(await Chain.AuditAsync(_host, call), line => Chain.Text(line, "outcome") == "retry");
            Assert.Equal(1, await Chain.CountAsync(_host, "campaign", lead));
        }

        await _host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 60_000 } });
    }

    private static async Task<bool> TakesAsync(ConnectionLimits limits, CompanyId company)
    {
        var (permit, _) = await limits.TakeAsync(company, "lawruler", PerMinute, 2, CancellationToken.None);
        permit?.Dispose();
        return permit is not null;
    }
}
