using Kayse.Core.Companies;
using Kayse.Core.Connectors;
using Kayse.Core.Storage;
using Kayse.Tests.Web;

namespace Kayse.Tests.Lawmatics;

/// <summary>Bulk work leaves a part of the budget to what somebody waits for.</summary>
public sealed class ReserveTests(TwoFirms firms) : IClassFixture<TwoFirms>
{
    private static readonly RateBudget s_live = new(0.5, 10, 2) { Chunk = 1 };
    private static readonly RateBudget s_bulk = s_live with { Reserve = 7 };

    [Fact]
    public async Task Bulk_work_stops_before_the_reserve_and_live_work_takes_it_at_once()
    {
        var company = CompanyId.Parse("reserve");
        using var limits = new ConnectionLimits(firms.Host.Get<IEntityStore>(), firms.Host.Clock);

        Assert.Equal(3, await TakeAllAsync(limits, company, s_bulk));
        Assert.Equal(7, await TakeAllAsync(limits, company, s_live));
        Assert.Equal(0, await TakeAllAsync(limits, company, s_bulk));
    }

    [Fact]
    public async Task Bulk_work_that_has_to_wait_is_told_when_there_is_more_than_the_reserve()
    {
        var company = CompanyId.Parse("reserve2");
        using var limits = new ConnectionLimits(firms.Host.Get<IEntityStore>(), firms.Host.Clock);
        Assert.Equal(10, await TakeAllAsync(limits, company, s_live));

        var (permit, comeBack) = await limits.TakeAsync(company, "lawmatics", s_bulk, CancellationToken.None);

        Assert.Null(permit);
        Assert.Equal(firms.Host.Clock.GetUtcNow().AddSeconds(16), comeBack);
        firms.Host.Clock.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(1, await TakeAllAsync(limits, company, s_bulk));
    }

    [Fact]
    public async Task Bulk_work_does_not_use_what_live_work_of_its_process_has_taken_leave_for()
    {
        var company = CompanyId.Parse("reserve3");
        using var limits = new ConnectionLimits(firms.Host.Get<IEntityStore>(), firms.Host.Clock);
        var (permit, _) = await limits.TakeAsync(company, "lawmatics", s_live with { Chunk = 5 }, CancellationToken.None);
        permit!.Dispose();

        Assert.Equal(0, await TakeAllAsync(limits, company, s_bulk));
        Assert.Equal(9, await TakeAllAsync(limits, company, s_live with { Chunk = 5 }));
    }

    [Fact]
    public async Task A_reserve_that_never_lets_a_request_through_is_refused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => firms.Host.Get<ConnectionLimits>().TakeAsync(CompanyId.Parse("reserve4"), "lawmatics", s_live with { Reserve = 9.5 }, CancellationToken.None));

    private static async Task<int> TakeAllAsync(ConnectionLimits limits, CompanyId company, RateBudget budget)
    {
        var taken = 0;
        while ((await limits.TakeAsync(company, "lawmatics", budget, CancellationToken.None)).Permit is { } permit)
        {
            permit.Dispose();
            taken++;
        }

        return taken;
    }
}
