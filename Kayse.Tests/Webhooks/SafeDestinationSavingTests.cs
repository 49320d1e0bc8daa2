using System.Net;
using System.Net.Sockets;
using Kayse.Core.Webhooks;

namespace Kayse.Tests.Webhooks;

public sealed class SafeDestinationSavingTests
{
    [Theory]
    [MemberData(nameof(SafeDestinationTable.Hostile), MemberType = typeof(SafeDestinationTable))]
    public async Task A_hostile_address_is_refused_whatever_its_name_resolves_to(string address)
    {
        var (url, refusal) = await Resolving("8.8.8.8").CheckAsync(address, CancellationToken.None);
        Assert.NotNull(refusal);
        Assert.Null(url);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1 192.168.0.1")]
    [InlineData("8.8.8.8 10.0.0.1")]
    [InlineData("10.0.0.1 8.8.8.8")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("2606:4700::1111 fd12:3456::1")]
    [InlineData("8.8.8.8 ::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2606:4700::5efe:192.168.0.1")]
    [InlineData("fe80::1%2")]
    public async Task A_name_one_of_whose_addresses_is_not_public_is_refused_with_what_to_do(string addresses)
    {
        var (url, refusal) = await Resolving(addresses).CheckAsync("https://hooks.example.com/kayse", CancellationToken.None);
        Assert.Equal("hooks.example.com leads to an address that is not on the public internet. Ask who runs the receiving system for an address that can be reached from outside.", refusal);
        Assert.Null(url);
    }

    [Theory]
    [InlineData("https://hooks.example.com/kayse?token=x%20y", "8.8.8.8", "hooks.example.com")]
    [InlineData("https://HOOKS.example.com./", "8.8.8.8 2606:4700::1111", "hooks.example.com.")]
    [InlineData("https://hooks.example.com:8443/", "::ffff:8.8.8.8", "hooks.example.com")]
    [InlineData("https://my_hooks.1and2.example.com/", "2002:0808:0808::1", "my_hooks.1and2.example.com")]
    [InlineData("https://xn--mnchen-3ya.example.com/", "64:ff9b::8.8.8.8", "xn--mnchen-3ya.example.com")]
    [InlineData("https://localhost.example.com/@127.0.0.1", "8.8.8.8", "localhost.example.com")]
    [InlineData("https://8.8.8.8/", "127.0.0.1", null)]
    [InlineData("https://[2606:4700::1111]:8443/", "127.0.0.1", null)]
    public async Task A_public_address_is_let_through_and_only_its_own_name_is_looked_up(string address, string addresses, string? asked)
    {
        string? name = null;
        var destinations = new SafeDestination(allowPrivate: false, [8443], (host, _) =>
        {
            name = host;
            return Task.FromResult<IPAddress[]>([.. addresses.Split(' ').Select(IPAddress.Parse)]);
        });
        var (url, refusal) = await destinations.CheckAsync(address, CancellationToken.None);
        Assert.Null(refusal);
        Assert.Equal(new Uri(address), url);
        Assert.Equal(asked, name);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound)]
    [InlineData(SocketError.NoData)]
    public async Task A_name_that_nobody_knows_is_refused_with_what_to_do(SocketError error)
    {
        var destinations = new SafeDestination(allowPrivate: false, [], (_, _) => throw new SocketException((int)error));
        var (_, refusal) = await destinations.CheckAsync("https://hoks.example.com/", CancellationToken.None);
        Assert.Equal("hoks.example.com is not a known name. Check the spelling, or ask who runs the receiving system for the right address.", refusal);
    }

    [Fact]
    public async Task A_name_without_an_address_is_refused()
    {
        var destinations = new SafeDestination(allowPrivate: false, [], (_, _) => Task.FromResult<IPAddress[]>([]));
        Assert.StartsWith("hooks.example.com is not a known name.", (await destinations.CheckAsync("https://hooks.example.com/", CancellationToken.None)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_not_resolved_within_5_seconds_is_refused_with_what_to_do()
    {
        var clock = new ManualClock();
        var destinations = new SafeDestination(allowPrivate: false, [], NeverAsync, clock);
        var checking = destinations.CheckAsync("https://hooks.example.com/", CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(checking.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("hooks.example.com could not be looked up within 5 seconds. Check the spelling; if it is right, try again in a few minutes.", (await checking).Refusal);
    }

    [Fact]
    public async Task Who_asks_and_goes_away_gets_no_verdict()
    {
        using var gone = new CancellationTokenSource();
        var checking = new SafeDestination(allowPrivate: false, [], NeverAsync).CheckAsync("https://hooks.example.com/", gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => checking);
    }

    [Fact]
    public async Task A_developers_machine_saves_its_own_address_and_looks_nothing_up()
    {
        var destinations = new SafeDestination(allowPrivate: true, [], (_, _) => throw new InvalidOperationException("Looked up."));
        Assert.Equal((new Uri("http://localhost:7072/hook"), null), await destinations.CheckAsync("http://localhost:7072/hook", CancellationToken.None));
        Assert.NotNull((await destinations.CheckAsync("http://user@localhost:7072/hook", CancellationToken.None)).Refusal);
    }

    private static SafeDestination Resolving(string addresses) =>
        new(allowPrivate: false, [8443], (_, _) => Task.FromResult<IPAddress[]>([.. addresses.Split(' ').Select(IPAddress.Parse)]));

    private static async Task<IPAddress[]> NeverAsync(string host, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return [];
    }
}
