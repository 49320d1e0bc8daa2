using System.Net;
using Kayse.Core.Webhooks;

namespace Kayse.Tests.Webhooks;

public sealed class SafeDestinationTests
{
    private static readonly SafeDestination s_strict = new(allowPrivate: false, [8443]);

    [Theory]
    [MemberData(nameof(SafeDestinationTable.Hostile), MemberType = typeof(SafeDestinationTable))]
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
    [InlineData("2002:0a00:0001::1", false)]
    [InlineData("64:ff9b::8.8.8.8", true)]
    [InlineData("64:ff9b::169.254.169.254", false)]
    [InlineData("64:ff9b:1::8.8.8.8", false)]
    [InlineData("::8.8.8.8", true)]
    [InlineData("::10.0.0.1", false)]
    [InlineData("::ffff:0:8.8.8.8", false)]
    [InlineData("2606:4700::5efe:8.8.8.8", true)]
    [InlineData("2606:4700::5efe:127.0.0.1", false)]
    [InlineData("2606:4700::200:5efe:10.0.0.1", false)]
    [InlineData("fe80::5efe:8.8.8.8", false)]
    [InlineData("2002:0808:0808::5efe:10.0.0.1", false)]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2", false)]
    [InlineData("2001:4860:4860::8888", true)]
    [InlineData("4000::1", false)]
    [InlineData("fe80::1%2", false)]
    public void An_ipv4_address_in_an_ipv6_form_counts_as_itself(string address, bool isPublic) => Assert.Equal(isPublic, PublicRanges.Contain(IPAddress.Parse(address)));
}
