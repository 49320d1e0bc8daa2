using Kayse.Core.Connectors;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kayse.Tests.Lawmatics;

/// <summary>Tokens that end and can be refreshed, as the customer's guide has them; Lawmatics' documents know none.</summary>
public sealed class LawmaticsTokenTests : IAsyncLifetime
{
    private static readonly TimeSpan s_life = TimeSpan.FromHours(2);
    private TestHost _host = null!;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        await _host.SandboxOptionsAsync(new { authorizePage = "grant", refreshTokens = true, tokenLifetimeSeconds = s_life.TotalSeconds });
        Assert.Equal(200, await _host.SignInAsync());
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_token_is_refreshed_five_minutes_before_it_ends_and_not_sooner()
    {
        var first = await TokenAsync();
        _host.Clock.Advance(s_life - TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.True((await _host.ReadAsync()).IsSuccess);
        Assert.Equal(first, await TokenAsync());

        _host.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await _host.ReadAsync()).IsSuccess);
        var second = await TokenAsync();
        Assert.NotEqual(first, second);
        Assert.Equal(1, await RefreshesAsync());
        _host.Clock.Advance(s_life);
        Assert.True((await _host.ReadAsync()).IsSuccess);
        Assert.NotEqual(second, await TokenAsync());
    }

    [Fact]
    public async Task A_token_is_refreshed_once_however_many_wait_for_it()
    {
        _host.Clock.Advance(s_life);

        var got = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(() => _host.Get<LawmaticsTokens>().GetAsync(LawmaticsHost.Demo, false, None))));

        Assert.Single(got.Select(result => result.Token!.Text).Distinct());
        Assert.Equal(1, await RefreshesAsync());
    }

    [Fact]
    public async Task Two_processes_refresh_a_token_once()
    {
        _host.Clock.Advance(s_life);
        using var other = Another();

        var got = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => (i % 2 == 0 ? other : _host.Get<LawmaticsTokens>()).GetAsync(LawmaticsHost.Demo, false, None))));

        Assert.All(got, result => Assert.True(result.Token is not null || result.Fault == TokenFault.Busy));
        Assert.Equal(1, await RefreshesAsync());
    }

    [Fact]
    public async Task What_is_left_of_a_token_is_used_while_lawmatics_does_not_answer_its_refresh()
    {
        var first = await TokenAsync();
        _host.Clock.Advance(s_life - TimeSpan.FromMinutes(4));
        await _host.LawmaticsFaultAsync("token", "503");

        Assert.True((await _host.ReadAsync()).IsSuccess);
        Assert.True((await _host.ReadAsync()).IsSuccess);
        Assert.Equal((1, first), (await RefreshesAsync(), await TokenAsync()));

        _host.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True((await _host.ReadAsync()).IsSuccess);
        Assert.NotEqual(first, await TokenAsync());
    }

    [Fact]
    public async Task A_token_that_has_ended_while_lawmatics_did_not_answer_is_no_reason_to_sign_in_again()
    {
        _host.Clock.Advance(s_life);
        await _host.LawmaticsFaultAsync("token", "503");

        Assert.Equal(LawmaticsKind.TokenUnavailable, (await _host.ReadAsync()).Answer!.Kind);
        Assert.Equal(LawmaticsKind.TokenUnavailable, (await _host.ReadAsync()).Answer!.Kind);

        Assert.False((await _host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());
        _host.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True((await _host.ReadAsync()).IsSuccess);
    }

    [Fact]
    public async Task A_refused_refresh_asks_for_a_new_sign_in()
    {
        _host.Clock.Advance(s_life);
        await _host.RevokeTokensAsync();

        Assert.Equal(LawmaticsKind.ReconnectNeeded, (await _host.ReadAsync()).Answer!.Kind);

        Assert.True((await _host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());
        Assert.Equal(200, await _host.SignInAsync());
        Assert.True((await _host.ReadAsync()).IsSuccess);
    }

    [Fact]
    public async Task A_token_that_was_ended_before_its_time_is_refreshed()
    {
        await EndEarlyAsync();

        Assert.True((await _host.ReadAsync()).IsSuccess);

        Assert.Equal(1, await RefreshesAsync());
        Assert.False((await _host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());
    }

    [Fact]
    public async Task A_token_that_was_ended_before_its_time_waits_for_lawmatics_to_answer_its_refresh()
    {
        await EndEarlyAsync();
        await _host.LawmaticsFaultAsync("token", "503");

        Assert.Equal(LawmaticsKind.TokenRefused, (await _host.ReadAsync()).Answer!.Kind);
        Assert.Equal(LawmaticsKind.TokenRefused, (await _host.ReadAsync()).Answer!.Kind);

        Assert.False((await _host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());
        _host.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True((await _host.ReadAsync()).IsSuccess);
    }

    [Fact]
    public async Task A_new_token_that_is_refused_too_asks_for_a_new_sign_in()
    {
        await _host.SandboxOptionsAsync(new { rejectTokens = true });

        Assert.Equal(LawmaticsKind.TokenRefused, (await _host.ReadAsync()).Answer!.Kind);

        Assert.Equal(1, await RefreshesAsync());
        Assert.True((await _host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());
    }

    [Fact]
    public async Task A_disconnection_waits_for_the_refresh_that_is_under_way_so_that_its_token_is_deleted_too()
    {
        var lease = _host.Get<TokenLease>();
        var refreshing = (await lease.TakeAsync(LawmaticsHost.Demo, "lawmatics", None))!;

        var disconnecting = _host.Get<LawmaticsDisconnect>().RunAsync(LawmaticsHost.Demo, None);
        await _host.Get<LawmaticsConnections>().KeepTokenAsync(LawmaticsHost.Demo, new LawmaticsToken("tok_new", "new", null, null), None);
        Assert.True(await _host.IsConnectedAsync());
        await lease.ReleaseAsync(LawmaticsHost.Demo, "lawmatics", refreshing, None);
        await _host.EventuallyAsync(() => Task.FromResult(disconnecting.IsCompleted), TimeSpan.FromSeconds(1));

        await disconnecting;
        Assert.Null(await _host.Get<LawmaticsConnections>().TokenAsync(LawmaticsHost.Demo, TimeSpan.Zero, None));
    }

    [Fact]
    public async Task What_was_begun_on_a_connection_is_not_sent_over_the_one_that_took_its_place()
    {
        var session = (await _host.SessionAsync())!;
        Assert.Equal(200, await _host.SignInAsync());
        var before = (await _host.LawmaticsRequestsAsync("listcontacts")).Count;

        var reply = await _host.Get<LawmaticsClient>().GetAsync(session, "/v1/contacts", None);

        Assert.Null(reply.Answer);
        Assert.Equal(before, (await _host.LawmaticsRequestsAsync("listcontacts")).Count);
    }

    [Fact]
    public void Links_keep_their_firm_when_its_id_becomes_known_later()
    {
        var unnamed = new LawmaticsConnection().Of(new LawmaticsAccount(null, "17", null));
        var named = unnamed.Of(new LawmaticsAccount("123", "17", null));
        var other = named.Of(new LawmaticsAccount("456", "18", null));

        Assert.Equal(("unknown", "unknown", "456", "unknown"), (unnamed.LinkFirm, named.LinkFirm, other.LinkFirm, other.Of(new LawmaticsAccount("123", "17", null)).LinkFirm));
        Assert.Equal("123", new LawmaticsConnection().Of(new LawmaticsAccount("123", "17", null)).LinkFirm);
    }

    private async Task EndEarlyAsync()
    {
        var connections = _host.Get<LawmaticsConnections>();
        var token = (await connections.TokenAsync(LawmaticsHost.Demo, TimeSpan.Zero, None))!;
        await connections.KeepTokenAsync(LawmaticsHost.Demo, token with { Text = "ended-early" }, None);
    }

    [Fact]
    public async Task A_restart_frees_the_lease_that_a_killed_process_left()
    {
        _host.Clock.Advance(s_life);
        Assert.NotNull(await _host.Get<TokenLease>().TakeAsync(LawmaticsHost.Demo, "lawmatics", None));
        Assert.Equal(TokenFault.Busy, (await _host.Get<LawmaticsTokens>().GetAsync(LawmaticsHost.Demo, false, None)).Fault);
        _host.Clock.Advance(TimeSpan.FromSeconds(1));

        await _host.RestartAsync();

        await _host.EventuallyAsync(async () => (await _host.ReadAsync()).IsSuccess);
    }

    private LawmaticsTokens Another() => new(
        _host.Get<LawmaticsConnections>(), _host.Get<LawmaticsOAuth>(), new TokenLease(_host.Get<IEntityStore>(), _host.Clock), _host.Get<SyncHealth>(), _host.Get<AuditLog>(), _host.Clock, NullLogger<LawmaticsTokens>.Instance);

    private async Task<string> TokenAsync() => (await _host.Get<LawmaticsConnections>().TokenAsync(LawmaticsHost.Demo, TimeSpan.Zero, None))!.Text;

    // The first was the exchange of the code.
    private async Task<int> RefreshesAsync() => (await _host.LawmaticsRequestsAsync("token")).Count - 1;
}
