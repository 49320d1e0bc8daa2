using Kayse.Core.Connectors;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;

namespace Kayse.Tests.LawRuler;

public sealed class TokenTests : IAsyncLifetime
{
    private TestHost _host = null!;
    private LawRulerCredentials _credentials = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        _credentials = (await _host.Get<LawRulerConnections>().CredentialsAsync(WebhookHost.Demo, default))!;
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_token_that_connecting_checked_is_the_one_that_is_used()
    {
        var fetched = await FetchedAsync();

        Assert.NotNull((await GetAsync(_host.Get<LawRulerTokens>())).Text);

        Assert.Equal(1, fetched);
        Assert.Equal(1, await FetchedAsync());
    }

    [Fact]
    public async Task A_token_is_kept_until_60_seconds_before_it_expires()
    {
        var tokens = _host.Get<LawRulerTokens>();
        var first = await GetAsync(tokens);
        _host.Clock.Advance(first.ExpiresAt - _host.Clock.GetUtcNow() - TimeSpan.FromSeconds(61));
        Assert.Equal(first.Text, (await GetAsync(tokens)).Text);

        _host.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEqual(first.Text, (await GetAsync(tokens)).Text);
        Assert.Equal(2, await FetchedAsync());
    }

    [Fact]
    public async Task A_token_is_fetched_once_however_many_wait_for_it()
    {
        await ExpireAsync();

        var got = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => GetAsync(_host.Get<LawRulerTokens>()))));

        Assert.Single(got.Select(token => token.Text).Distinct());
        Assert.Equal(2, await FetchedAsync());
    }

    [Fact]
    public async Task Two_processes_fetch_a_token_once()
    {
        for (var round = 0; round < 10; round++)
        {
            await ExpireAsync();
            var before = await FetchedAsync();
            using var other = Another();

            var got = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => GetAsync(i % 2 == 0 ? other : _host.Get<LawRulerTokens>()))));

            Assert.All(got, token => Assert.True(token.Text is not null || token.Fault == TokenFault.Busy));
            Assert.Single(got.Select(token => token.Text).OfType<string>().Distinct());
            Assert.Equal(before + 1, await FetchedAsync());
            Assert.Equal((await GetAsync(other)).Text, (await GetAsync(_host.Get<LawRulerTokens>())).Text);
        }
    }

    [Fact]
    public async Task A_process_that_died_while_fetching_holds_nobody_up_for_long()
    {
        await ExpireAsync();
        Assert.NotNull(await _host.Get<TokenLease>().TakeAsync(WebhookHost.Demo, "lawruler", default));
        Assert.Equal(TokenFault.Busy, (await GetAsync(_host.Get<LawRulerTokens>())).Fault);

        _host.Clock.Advance(TimeSpan.FromSeconds(46));

        Assert.NotNull((await GetAsync(_host.Get<LawRulerTokens>())).Text);
    }

    [Fact]
    public async Task A_restart_frees_the_lease_that_a_killed_process_left()
    {
        await ExpireAsync();
        Assert.NotNull(await _host.Get<TokenLease>().TakeAsync(WebhookHost.Demo, "lawruler", default));
        _host.Clock.Advance(TimeSpan.FromSeconds(1));

        await _host.RestartAsync();

        await _host.EventuallyAsync(async () => (await GetAsync(_host.Get<LawRulerTokens>())).Text is not null);
    }

    [Fact]
    public async Task A_refused_fetch_is_not_kept()
    {
        await ExpireAsync();
        Assert.Equal(TokenFault.UserRefused, (await _host.Get<LawRulerTokens>().GetAsync(WebhookHost.Demo, _credentials with { Password = "wrong" }, default)).Fault);

        Assert.NotNull((await GetAsync(_host.Get<LawRulerTokens>())).Text);
    }

    private LawRulerTokens Another() => new(_host.Get<CrmHttp>(), _host.Get<LawRulerHosts>(), _host.Get<ISecretStore>(), new TokenLease(_host.Get<IEntityStore>(), _host.Clock), _host.Clock);

    private Task<LawRulerToken> GetAsync(LawRulerTokens tokens) => tokens.GetAsync(WebhookHost.Demo, _credentials, default);

    private async Task ExpireAsync()
    {
        await _host.Get<ISecretStore>().DeleteAsync(LawRulerConnections.Name(WebhookHost.Demo, "token"), default);
    }

    private async Task<int> FetchedAsync() =>
        (await _host.SandboxRequestsAsync()).Count(request => request.GetProperty("path").GetString()!.EndsWith("/identity/connect/token", StringComparison.Ordinal));
}
