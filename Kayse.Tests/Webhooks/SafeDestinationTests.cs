using System.Net;
using Kayse.Core.Webhooks;

namespace Kayse.Tests.Webhooks;

public sealed class SafeDestinationTests
{
    private static readonly SafeDestination s_strict = new(allowPrivate: false, [8443]);

    [Theory]
    [InlineData("http://example.com/a.mp3")]
    [InlineData("ftp://example.com/a.mp3")]
    [InlineData("file:///etc/passwd")]
    [InlineData("//example.com/a.mp3")]
    [InlineData("/files/a.mp3")]
    [InlineData("https://")]
    [InlineData("https://user:password@example.com/")]
    [InlineData("https://example.com@127.0.0.1/")]
    [InlineData("https://example.com:8080/")]
    [InlineData("https://example.com:22/")]
    [InlineData("https://localhost/")]
    [InlineData("https://LOCALHOST./")]
    [InlineData("https://a.localhost/")]
    [InlineData("https://printer.local/")]
    [InlineData("https://metadata.google.internal/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.0.0.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://0/")]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://172.16.0.1/")]
    [InlineData("https://192.168.1.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://168.63.129.16/")]
    [InlineData("https://100.64.0.1/")]
    [InlineData("https://224.0.0.1/")]
    [InlineData("https://255.255.255.255/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::ffff:a9fe:a9fe]/")]
    [InlineData("https://[::127.0.0.1]/")]
    [InlineData("https://[64:ff9b::10.0.0.1]/")]
    [InlineData("https://[64:ff9b:1::1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://[fc00::1]/")]
    [InlineData("https://[fd12:3456::1]/")]
    [InlineData("https://[2001:db8::1]/")]
    [InlineData("https://[ff02::1]/")]
    public void A_hostile_address_is_refused(string address) => Assert.NotNull(s_strict.Check(address, out _));

    [Theory]
    [InlineData("https://recordings.example.com/a.mp3?sig=x")]
    [InlineData("https://example.com:8443/a.mp3")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[2606:4700::1111]/")]
    public void A_public_https_address_is_let_through(string address) => Assert.Null(s_strict.Check(address, out _));

    [Fact]
    public void Development_may_call_its_own_machine() => Assert.Null(new SafeDestination(allowPrivate: true, []).Check("http://localhost:7072/files/rec.mp3", out _));

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("::ffff:192.168.0.1", false)]
    [InlineData("2002:0808:0808::1", true)]
    [InlineData("fe80::1%2", false)]
    public void An_ipv4_address_in_an_ipv6_form_counts_as_itself(string address, bool isPublic) => Assert.Equal(isPublic, SafeDestination.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("8.8.8.8 10.0.0.1")]
    [InlineData("2606:4700::1111 ::1")]
    public async Task A_name_one_of_whose_addresses_is_private_is_not_dialled(string addresses)
    {
        using var http = new SafeHttp(s_strict, (_, _) => Task.FromResult<IPAddress[]>([.. addresses.Split(' ').Select(IPAddress.Parse)]));
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://recordings.example.com/a.mp3");
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(request, CancellationToken.None));
        Assert.IsType<DestinationRefusedException>(fault.InnerException);
    }

    [Fact]
    public async Task A_name_that_was_public_and_turns_private_is_refused_when_it_is_dialled()
    {
        var asked = 0;
        using var http = new SafeHttp(s_strict, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(asked++ == 0 ? "192.0.43.8" : "127.0.0.1")]));
        Assert.Null(http.Destinations.Check("https://rebind.example.com:8443/", out var url));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        using var first = new HttpRequestMessage(HttpMethod.Get, url);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => http.SendAsync(first, cancelled.Token));
        asked = 1;
        using var second = new HttpRequestMessage(HttpMethod.Get, url);
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(second, CancellationToken.None));
        Assert.IsType<DestinationRefusedException>(fault.InnerException);
        Assert.True(asked > 1);
    }
}
