using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Storage;
using Kayse.Core.Sync;

namespace Kayse.Tests.Lawmatics;

public sealed class InboundRetentionTests
{
    [Fact]
    public async Task A_large_request_goes_with_its_body_and_an_event_is_forgotten_after_a_week()
    {
        await using var host = await TestHost.StartAsync();
        var (log, claims, blobs) = (host.Get<InboundLog>(), host.Get<LawmaticsEventClaims>(), host.Get<IBlobStore>());
        var request = new InboundRequest
        {
            Id = Ids.New("inb", host.Clock),
            Crm = "lawmatics",
            ReceivedAt = host.Clock.GetUtcNow(),
            State = "unauthorized",
            Raw = new string('é', 40_000),
        };
        await log.StoreAsync(LawmaticsHost.Demo, request, default);
        await claims.ClaimAsync(LawmaticsHost.Demo, "key", request.Id, default);
        Assert.Equal(request.Raw, (await log.FindAsync(LawmaticsHost.Demo, request.Id, default))!.Raw);
        Assert.Null(Assert.Single((await log.ListAsync(LawmaticsHost.Demo, new InboundFilter("lawmatics", null, null), null, 5, default)).Items).Raw);

        host.Clock.Advance(TimeSpan.FromDays(6.9));
        await host.Get<Retention>().RunAsync(LawmaticsHost.Demo, default);
        Assert.Equal(request.Id, await claims.ClaimAsync(LawmaticsHost.Demo, "key", "inb_other", default));
        Assert.NotNull(await log.FindAsync(LawmaticsHost.Demo, request.Id, default));

        host.Clock.Advance(TimeSpan.FromDays(0.2));
        await host.Get<Retention>().RunAsync(LawmaticsHost.Demo, default);

        Assert.Null(await log.FindAsync(LawmaticsHost.Demo, request.Id, default));
        Assert.Null(await blobs.OpenAsync($"demo/inbound/{request.Id}-raw", default));
        Assert.Equal(0, await claims.PurgeAsync(LawmaticsHost.Demo, default));
    }

    [Fact]
    public async Task What_strangers_post_to_one_CRMs_address_does_not_keep_the_other_s_from_the_log()
    {
        await using var host = await TestHost.StartAsync();
        var log = host.Get<InboundLog>();
        for (var n = 0; n < InboundLog.MaxUnauthorizedADay; n++)
        {
            Assert.True(await log.StoreUnauthorizedAsync(LawmaticsHost.Demo, Wrong("lawmatics"), default));
        }

        Assert.False(await log.StoreUnauthorizedAsync(LawmaticsHost.Demo, Wrong("lawmatics"), default));
        Assert.True(await log.StoreUnauthorizedAsync(LawmaticsHost.Demo, Wrong("lawruler"), default));

        InboundRequest Wrong(string crm) => new() { Id = Ids.New("inb", host.Clock), Crm = crm, ReceivedAt = host.Clock.GetUtcNow(), State = "unauthorized" };
    }
}
