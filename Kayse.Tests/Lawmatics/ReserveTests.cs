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

    [Fact]
    public async Task An_attempt_that_has_taken_leave_for_its_requests_comes_to_its_end_however_many_others_wait()
    {
        var company = CompanyId.Parse("leave1");
        using var limits = new ConnectionLimits(firms.Host.Get<IEntityStore>(), firms.Host.Clock);

        var (leave, _) = await limits.TakeLeaveAsync(company, "lawmatics", s_live, 4, CancellationToken.None);

        Assert.Equal(6, await TakeAllAsync(limits, company, s_live));
        for (var i = 0; i < 4; i++)
        {
            using var permit = (await limits.TakeAsync(company, "lawmatics", s_live, leave, CancellationToken.None)).Permit;
            Assert.NotNull(permit);
        }

        Assert.Null((await limits.TakeAsync(company, "lawmatics", s_live, leave, CancellationToken.None)).Permit);
    }

    [Fact]
    public async Task Leave_that_cannot_be_had_takes_nothing_and_says_when_it_can()
    {
        var company = CompanyId.Parse("leave2");
        using var limits = new ConnectionLimits(firms.Host.Get<IEntityStore>(), firms.Host.Clock);
        Assert.NotNull((await limits.TakeLeaveAsync(company, "lawmatics", s_live, 8, CancellationToken.None)).Leave);

        var (leave, comeBack) = await limits.TakeLeaveAsync(company, "lawmatics", s_live, 4, CancellationToken.None);

        Assert.Null(leave);
        Assert.Equal(firms.Host.Clock.GetUtcNow().AddSeconds(4), comeBack);
        firms.Host.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.NotNull((await limits.TakeLeaveAsync(company, "lawmatics", s_live, 4, CancellationToken.None)).Leave);
    }

    [Fact]
    public async Task What_is_left_of_a_leave_is_given_back_once()
    {
        var company = CompanyId.Parse("leave3");
        using var limits = new ConnectionLimits(firms.Host.Get<IEntityStore>(), firms.Host.Clock);
        var (leave, _) = await limits.TakeLeaveAsync(company, "lawmatics", s_live, 4, CancellationToken.None);
        (await limits.TakeAsync(company, "lawmatics", s_live, leave, CancellationToken.None)).Permit!.Dispose();

        await limits.GiveBackAsync(company, "lawmatics", leave!, CancellationToken.None);
        await limits.GiveBackAsync(company, "lawmatics", leave!, CancellationToken.None);

        Assert.Equal(9, await TakeAllAsync(limits, company, s_live));
    }

    [Fact]
    public async Task Leave_for_bulk_work_that_is_more_than_the_reserve_leaves_waits_for_a_full_budget()
    {
        var company = CompanyId.Parse("leave4");
        using var limits = new ConnectionLimits(firms.Host.Get<IEntityStore>(), firms.Host.Clock);
        Assert.NotNull((await limits.TakeLeaveAsync(company, "lawmatics", s_bulk, 4, CancellationToken.None)).Leave);

        var (leave, comeBack) = await limits.TakeLeaveAsync(company, "lawmatics", s_bulk, 4, CancellationToken.None);

        Assert.Null(leave);
        Assert.Equal(firms.Host.Clock.GetUtcNow().AddSeconds(8), comeBack);
    }

    [Fact]
    public async Task Leave_is_no_good_while_lawmatics_wants_to_be_left_alone()
    {
        var company = CompanyId.Parse("leave5");
        using var limits = new ConnectionLimits(firms.Host.Get<IEntityStore>(), firms.Host.Clock);
        var (leave, _) = await limits.TakeLeaveAsync(company, "lawmatics", s_live, 4, CancellationToken.None);
        var until = firms.Host.Clock.GetUtcNow().AddMinutes(1);
        await limits.BlockAsync(company, "lawmatics", until, CancellationToken.None);

        Assert.Equal((null, until), await limits.TakeAsync(company, "lawmatics", s_live, leave, CancellationToken.None));
        Assert.Equal((null, until), await limits.TakeLeaveAsync(company, "lawmatics", s_live, 4, CancellationToken.None));
        Assert.Equal(4, leave!.Left);
    }

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
