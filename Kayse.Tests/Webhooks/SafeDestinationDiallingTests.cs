using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Kayse.Core.Webhooks;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Webhooks;

public sealed class SafeDestinationDiallingTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n";

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("8.8.8.8 10.0.0.1")]
    [InlineData("2606:4700::1111 ::1")]
    [InlineData("8.8.8.8 ::ffff:10.0.0.1")]
    public async Task A_name_one_of_whose_addresses_is_private_is_not_dialled(string addresses)
    {
        using var http = new SafeHttp(new SafeDestination(allowPrivate: false, [], (_, _) => Task.FromResult<IPAddress[]>([.. addresses.Split(' ').Select(IPAddress.Parse)])));
        await AssertRefusedAsync(http, "https://recordings.example.com/a.mp3", "it is not a public address.");
    }

    [Fact]
    public async Task A_name_that_was_public_when_it_was_saved_and_turns_private_is_refused_when_it_is_dialled()
    {
        await using var inside = new SafeDestinationServer(Answer + "\r\nok");
        var asked = 0;
        var destinations = new SafeDestination(allowPrivate: false, [inside.Port], (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(++asked == 1 ? "8.8.8.8" : "127.0.0.1")]));
        var (url, refusal) = await destinations.CheckAsync($"https://rebind.example.com:{inside.Port}/", CancellationToken.None);
        Assert.Null(refusal);
        using var http = new SafeHttp(destinations);
        await AssertRefusedAsync(http, url!.ToString(), "it is not a public address.");
        Assert.Equal((2, 0), (asked, inside.Connections));
    }

    [Fact]
    public async Task What_was_resolved_once_is_what_is_dialled()
    {
        await using var server = new SafeDestinationServer(Answer + "\r\nok");
        var asked = new List<string>();
        using var http = new SafeHttp(new SafeDestination(allowPrivate: true, [], (host, _) =>
        {
            asked.Add(host);
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        }));
        using var response = await GetAsync(http, $"http://hooks.example.com:{server.Port}/");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["hooks.example.com"], asked);
        Assert.Contains($"Host: hooks.example.com:{server.Port}\r\n", Assert.Single(server.Heads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_an_address_is_a_failure_and_no_refusal()
    {
        using var http = new SafeHttp(new SafeDestination(allowPrivate: false, [], (_, _) => Task.FromResult<IPAddress[]>([])));
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(http, "https://hooks.example.com/"));
        Assert.Equal(SocketError.HostNotFound, Assert.IsType<SocketException>(fault.InnerException).SocketErrorCode);
    }

    [Theory]
    [InlineData("http://hooks.example.com/", "it is not https.")]
    [InlineData("https://hooks.example.com:8443/", "port 8443 is not allowed.")]
    [InlineData("https://127.0.0.1./", "its host is a number in an unusual form. Write the host's name.")]
    public async Task An_address_that_was_saved_under_other_settings_is_refused_before_its_name_is_looked_up(string address, string refusal)
    {
        using var http = new SafeHttp(new SafeDestination(allowPrivate: false, [], (_, _) => throw new InvalidOperationException("Looked up.")));
        await AssertRefusedAsync(http, address, refusal);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_handed_back_and_not_followed(int status)
    {
        await using var inside = new SafeDestinationServer(Answer + "\r\nok");
        await using var server = new SafeDestinationServer($"HTTP/1.1 {status} Elsewhere\r\nLocation: {inside.Url}/latest/meta-data/\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        using var http = OnLoopback();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Url) { Content = new StringContent("{}") };
        using var response = await http.SendAsync(request, CancellationToken.None);
        Assert.Equal((status, 0), ((int)response.StatusCode, inside.Connections));
    }

    [Fact]
    public async Task The_answers_cookies_are_not_sent_back_and_no_trace_is_told()
    {
        await using var server = new SafeDestinationServer(Answer + "Set-Cookie: session=1; Path=/\r\n\r\nok");
        using var http = OnLoopback();
        using var activity = new Activity("delivery").SetIdFormat(ActivityIdFormat.W3C).Start();
        (await GetAsync(http, server.Url)).Dispose();
        (await GetAsync(http, server.Url)).Dispose();
        Assert.All(server.Heads, head => Assert.Equal($"GET / HTTP/1.1\r\nHost: localhost:{server.Port}\r\n\r\n", head));
        Assert.Equal(2, server.Heads.Count);
    }

    [Fact]
    public async Task A_compressed_answer_stays_as_it_came()
    {
        await using var server = new SafeDestinationServer(Answer + "Content-Encoding: gzip\r\n\r\nok");
        using var http = OnLoopback();
        using var response = await GetAsync(http, server.Url);
        Assert.Equal(("gzip", "ok"), (Assert.Single(response.Content.Headers.ContentEncoding), await response.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(70, false)]
    public async Task An_answers_headers_end_at_64_kB(int kilobytes, bool fits)
    {
        await using var server = new SafeDestinationServer($"{Answer}X-Long: {new string('x', kilobytes * 1024)}\r\n\r\nok");
        using var http = OnLoopback();
        var fault = await Record.ExceptionAsync(async () => (await GetAsync(http, server.Url)).Dispose());
        Assert.Equal(fits, fault is null);
        Assert.True(fits || fault is HttpRequestException);
    }

    [Fact]
    public async Task A_host_outside_development_fetches_no_recording_whose_name_leads_inside()
    {
        var asked = new List<string>();
        await using var host = await TestHost.StartAsync(new Dictionary<string, string?> { ["Outbound:AllowPrivateDestinations"] = "false" }, (name, _) =>
        {
            asked.Add(name);
            return Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8"), IPAddress.Loopback]);
        });
        var workflow = await Chain.RunAsync(host, "call_d1", 850101, json => json["data"]!["call"]!["recording_url"] = "https://recordings.example.com/rec.mp3");
        Assert.Equal("The recording's address is refused: it is not a public address.", Chain.Text(Chain.Step(workflow, "recording"), "error"));
        Assert.Equal(["recordings.example.com"], asked);
    }

    private static SafeHttp OnLoopback() => new(new SafeDestination(allowPrivate: true, []));

    private static async Task<HttpResponseMessage> GetAsync(SafeHttp http, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await http.SendAsync(request, CancellationToken.None);
    }

    private static async Task AssertRefusedAsync(SafeHttp http, string address, string refusal)
    {
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(http, address));
        Assert.Equal(refusal, Assert.IsType<DestinationRefusedException>(fault.InnerException).Message);
    }
}
