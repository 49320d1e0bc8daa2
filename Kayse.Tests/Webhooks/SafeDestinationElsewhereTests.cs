using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kayse.Core.Webhooks;

namespace Kayse.Tests.Webhooks;

/// <summary>Runs by itself: the proxy is the whole process'.</summary>
[CollectionDefinition(nameof(SafeDestinationElsewhereTests), DisableParallelization = true)]
[Collection(nameof(SafeDestinationElsewhereTests))]
public sealed class SafeDestinationElsewhereTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task The_proxy_that_the_environment_sets_is_not_used()
    {
        await using var proxy = new SafeDestinationServer(Answer);
        await using var server = new SafeDestinationServer(Answer);
        var before = HttpClient.DefaultProxy;
        try
        {
            // Where HTTPS_PROXY and ALL_PROXY end up.
            HttpClient.DefaultProxy = new WebProxy(proxy.Url);
            using var http = new SafeHttp(new SafeDestination(allowPrivate: true, []));
            using var request = new HttpRequestMessage(HttpMethod.Get, server.Url);
            using var response = await http.SendAsync(request, CancellationToken.None);
            Assert.Equal((1, 0), (server.Connections, proxy.Connections));
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }

    [Fact]
    public async Task The_issuer_and_the_revocation_list_that_a_certificate_names_are_not_fetched()
    {
        await using var inside = new SafeDestinationServer(Answer);
        using var certificate = Naming($"{inside.Url}/latest/meta-data/");
        await using var server = new SafeDestinationServer(Answer, certificate);
        using var http = new SafeHttp(new SafeDestination(allowPrivate: true, []));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://localhost:{server.Port}/");
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(request, CancellationToken.None));
        Assert.IsType<AuthenticationException>(fault.InnerException);
        Assert.Equal((1, 0), (server.Connections, inside.Connections));
    }

    /// <summary>A certificate for localhost of an issuer that is to be fetched.</summary>
    private static X509Certificate2 Naming(string address)
    {
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(ocspUris: [address], caIssuersUris: [address]));
        request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([address]));
        var now = TimeProvider.System.GetUtcNow();
        using var unkeyed = request.Create(new X500DistinguishedName("CN=Issuer of the tests"), X509SignatureGenerator.CreateForECDsa(issuerKey), now.AddDays(-1), now.AddDays(1), [1, 2, 3]);
        return unkeyed.CopyWithPrivateKey(key);
    }
}
