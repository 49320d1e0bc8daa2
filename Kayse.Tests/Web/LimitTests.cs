using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Kayse.Tests.Web;

/// <summary>What is as large, as deep or as odd as it may be, and a little more.</summary>
public sealed class LimitTests(TwoFirms firms) : IClassFixture<TwoFirms>
{
    private const string Webhook = $"/api/webhooks/lawruler/demo?token={TestHost.WebhookToken}&Contact%20ID=5&First%20Name=A&Last%20Name=B&Email=&Case%20Type=&Status=";

    [Theory]
    [InlineData('<')]
    [InlineData('\u0001')]
    [InlineData('\u00e9')]
    public async Task A_megabyte_in_one_field_is_taken_cut_and_said(char c)
    {
        var text = new string(c, 150_000);
        var fields = Encoding.UTF8.GetBytes($"Lead ID=90{(int)c}&Description={text}&Other={text}&Third={text}");
        using var answer = await firms.Host.Http.PostAsync(Webhook, new ByteArrayContent(fields));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var warnings = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!).ToList();
        Assert.Contains(warnings, warning => warning.StartsWith("Description has more than 32000 characters", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.EndsWith("they are kept with the request alone.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_case_never_outgrows_its_row_however_many_posts_add_to_it()
    {
        for (var i = 0; i < 8; i++)
        {
            var fields = Encoding.UTF8.GetBytes("Lead ID=9100&" + string.Join('&', Enumerable.Range(0, 90).Select(n => $"field{i}x{n}={new string('<', 1000)}")));
            using var answer = await firms.Host.Http.PostAsync(Webhook, new ByteArrayContent(fields));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Very_many_files_are_one_warning()
    {
        using var form = new MultipartFormDataContent("b") { { new StringContent("9200"), "\"Lead ID\"" } };
        for (var i = 0; i < 400; i++)
        {
            form.Add(new ByteArrayContent([1]), new string('n', 3000), $"file{i}.pdf");
        }

        using var answer = await firms.Host.Http.PostAsync(Webhook, form);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("warnings").GetArrayLength());
    }

    [Theory]
    [InlineData(57, 202)]
    [InlineData(60, 400)]
    [InlineData(64, 400)]
    [InlineData(5000, 400)]
    public async Task An_event_may_be_as_deep_as_a_row_can_hold(int depth, int expected)
    {
        using var answer = await PostEventAsync($"deep{depth}", string.Concat(Enumerable.Repeat("[", depth)) + string.Concat(Enumerable.Repeat("]", depth)));

        Assert.Equal(expected, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\udfff\":1}")]
    public async Task An_event_with_half_a_character_is_refused(string value)
    {
        using var answer = await PostEventAsync("half", value);

        Assert.Equal((HttpStatusCode.BadRequest, "body"), (answer.StatusCode, Assert.Single(await CompanyTests.FieldsAsync(answer))));
    }

    [Theory]
    [InlineData("/api/companies", 256 * 1024)]
    [InlineData("/api/events", 16 * 1024 * 1024)]
    public async Task A_body_beyond_the_limit_is_a_413_whether_or_not_its_length_is_told(string path, int limit)
    {
        foreach (var isChunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[limit + 1]) };
            request.Headers.TransferEncodingChunked = isChunked;
            using var answer = await firms.Host.Http.SendAsync(request);

            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
            Assert.Equal(["body"], await CompanyTests.FieldsAsync(answer));
        }
    }

    [Theory]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /healthz HTTP/1.1\r\n\r\n")]
    [InlineData("GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("POST /api/events HTTP/1.1\r\nHost: localhost\r\nX-API-KEY: operator-key-of-the-tests\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("GET /\u00ff HTTP/1.1\r\nHost: localhost\r\nX-API-KEY: \u00ff\r\n\r\n")]
    public async Task What_is_hardly_http_is_a_400_or_505(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(firms.Host.Url).Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream);

        var status = await reader.ReadLineAsync();

        Assert.True(status?.Contains(" 400 ", StringComparison.Ordinal) == true || status?.Contains(" 505 ", StringComparison.Ordinal) == true, status);
    }

    private async Task<HttpResponseMessage> PostEventAsync(string id, string value) => await firms.Host.Http.PostAsync(
        "/api/events", new StringContent($$$"""{"id":"evt_{{{id}}}","type":"task_completed","occurredAt":"2026-11-20T15:05:10Z","companyId":"demo","data":{"x":{{{value}}}}}"""));
}
