using Kayse.Core.Connectors.LawRuler;

namespace Kayse.Tests.LawRuler;

public sealed class ClientRootTests
{
    [Theory]
    [InlineData("yourfirm", "yourfirm")]
    [InlineData("  YourFirm ", "yourfirm")]
    [InlineData("your-firm-2", "your-firm-2")]
    [InlineData("yourfirm.lawruler.com", "yourfirm")]
    [InlineData("yourfirm.lawruler.com/", "yourfirm")]
    [InlineData("yourfirm.lawruler.com/login.aspx?a=b", "yourfirm")]
    [InlineData("https://yourfirm.lawruler.com", "yourfirm")]
    [InlineData("http://YOURFIRM.lawruler.com/", "yourfirm")]
    [InlineData("https://yourfirm.lawruler.com:443/login.aspx?ReturnUrl=%2f", "yourfirm")]
    public void A_label_or_the_full_address_is_understood(string typed, string root) => Assert.Equal(root, ClientRoot.Parse(typed));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("-yourfirm")]
    [InlineData("yourfirm-")]
    [InlineData("your firm")]
    [InlineData("your_firm")]
    [InlineData("yourfirm/evil")]
    [InlineData("yourfirm:8443")]
    [InlineData("yourfirm#")]
    [InlineData("yourfirm?x=")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("10.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("localhost.example.com")]
    [InlineData("user@yourfirm")]
    [InlineData("https://user:secret@yourfirm.lawruler.com")]
    [InlineData("https://yourfirm.lawruler.com@evil.example.com/")]
    [InlineData("https://yourfirm.lawruler.com:8443")]
    [InlineData("https://evil.example.com")]
    [InlineData("https://localhost:7072/lawruler/demo")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://yourfirm.lawruler.com.example.com/")]
    [InlineData("https://a.b.lawruler.com")]
    [InlineData("https://.lawruler.com")]
    [InlineData(".lawruler.com")]
    [InlineData("yourfirm.lawruler.com.")]
    [InlineData("ftp://yourfirm.lawruler.com")]
    [InlineData("//yourfirm.lawruler.com")]
    [InlineData("https:\\\\yourfirm.lawruler.com")]
    [InlineData("münchen")]
    [InlineData("https://münchen.lawruler.com")]
    [InlineData("\u212Aayse")]
    [InlineData("ｄｅｍｏ")]
    [InlineData("your\nfirm")]
    [InlineData("your\0firm")]
    [InlineData("{root}")]
    [InlineData("yourfirm%2e")]
    public void Anything_that_is_no_host_label_is_refused(string? typed) => Assert.Null(ClientRoot.Parse(typed));

    [Fact]
    public void A_label_has_63_characters_at_most()
    {
        Assert.NotNull(ClientRoot.Parse(new string('a', 63)));
        Assert.Null(ClientRoot.Parse(new string('a', 64)));
        Assert.Null(ClientRoot.Parse($"https://{new string('a', 64)}.lawruler.com"));
    }
}
