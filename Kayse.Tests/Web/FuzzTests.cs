using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;
using FsCheck.Fluent;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.Lawmatics;

namespace Kayse.Tests.Web;

/// <summary>Every mapped route gets inputs by chance, as many in all as <c>KAYSE_FUZZ</c> says.</summary>
public sealed class FuzzTests(TwoFirms firms) : IClassFixture<TwoFirms>
{
    private static readonly int s_count = int.TryParse(Environment.GetEnvironmentVariable("KAYSE_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 600;

    [Fact]
    public async Task No_input_gives_a_500_and_every_error_says_what_is_wrong()
    {
        var each = Math.Max(1, s_count / firms.Routes.Count);
        foreach (var firm in new[] { "demo", "demo2" })
        {
            // Before a firm has saved one, Lawmatics is told to come again (503).
            await firms.Host.Get<LawmaticsWebhookSecrets>().SetAsync(CompanyId.Parse(firm), "whsec_of_nobody_0001", 0, default);
        }

        using var client = Client();
        foreach (var route in firms.Routes.Where(route => !IsLasting(route) && !route.IsASignInsEnd))
        {
            foreach (var input in FuzzInput.Generator.Sample(each, 12))
            {
                await TryAsync(client, route, input);
            }
        }
    }

    [Fact]
    public async Task No_event_or_webhook_gives_a_500_though_it_is_almost_right()
    {
        using var client = Client();
        var events = new MappedRoute("POST", "/api/events");
        var webhook = new MappedRoute("POST", "/api/webhooks/lawruler/{company}");
        var query = $"?token={TestHost.WebhookToken}";
        foreach (var (json, i) in FuzzInput.Json(3).Sample(s_count / 6, 12).Select((json, i) => (json, i)))
        {
            var envelope = $$$"""{"id":"evt_fuzz{{{i}}}","type":"call_analyzed","occurredAt":"2026-11-20T15:05:10Z","companyId":"demo","case":{"externalSource":"lawruler","externalSourceId":"711551"},"data":{"call":{"call_id":"f{{{i}}}","call_analysis":{{{json}}}},"campaign":{{{json}}},"x":{{{json}}}}}""";
            await TryAsync(client, events, Input(string.Empty, "application/json", envelope));
            var lead = $$"""{"Lead ID":"7{{i}}","Contact ID":"8{{i}}","First Name":{{json}},"Last Name":"B","Email":{{json}},"Case Type":"C","Status":{{json}},"Phone":{{json}},"dob":{{json}},"Created Date":{{json}},"other":{{json}}}""";
            await TryAsync(client, webhook, Input(query, "application/json", lead));
        }
    }

    private static FuzzInput Input(string query, string type, string body) => new("x", query, type, System.Text.Encoding.UTF8.GetBytes(body), "*/*", string.Empty);

    // It would take the firm away from the rest of the walk, and reads no input but the id.
    private static bool IsLasting(MappedRoute route) => route is { Method: "DELETE", Template: "/api/companies/{company}" };

    private static async Task TryAsync(HttpClient client, MappedRoute route, FuzzInput input)
    {
        using var request = Request(client.BaseAddress!, route, input);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var what = $"{route}: {(int)answer.StatusCode} {text[..Math.Min(text.Length, 300)]}\n{input}";
        Assert.True((int)answer.StatusCode < 500, what);
        if ((int)answer.StatusCode < 400 || (int)answer.StatusCode == 422)
        {
            return;
        }

        Assert.True(answer.Content.Headers.ContentType?.MediaType == "application/problem+json", what);
        using var problem = JsonDocument.Parse(text);
        Assert.True(problem.RootElement.GetProperty("status").GetInt32() == (int)answer.StatusCode, what);
        if ((int)answer.StatusCode == 400)
        {
            var errors = problem.RootElement.GetProperty("errors").EnumerateArray().ToList();
            Assert.True(errors.Count > 0 && errors.All(error => error.GetProperty("field").GetString() is not null && error.GetProperty("message").GetString() is { Length: > 0 }), what);
        }
    }

    private static HttpRequestMessage Request(Uri host, MappedRoute route, FuzzInput input)
    {
        var path = route.Path(value: _ => input.Id) + input.Query;
        var request = new HttpRequestMessage(new HttpMethod(route.Method), new Uri(host.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.TryAddWithoutValidation("Accept", input.Accept);
        if (route.Method != "GET")
        {
            request.Content = new ByteArrayContent(input.Oddity == "gzip" ? Gzip(input.Body) : input.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", input.ContentType);
        }

        Twist(request, input.Oddity);
        return request;
    }

    private static void Twist(HttpRequestMessage request, string oddity)
    {
        switch (oddity)
        {
            case "chunked":
                request.Headers.TransferEncodingChunked = request.Content is not null ? true : null;
                break;
            case "gzip":
                request.Content?.Headers.ContentEncoding.Add("gzip");
                break;
            case "expect":
                request.Headers.ExpectContinue = request.Content is not null ? true : null;
                break;
            case "cookie":
                request.Headers.TryAddWithoutValidation("Cookie", new string('c', 8000));
                break;
            case "key-bytes":
                request.Headers.TryAddWithoutValidation("X-API-KEY", "\u00e9\u00ff kk_demo_");
                break;
            case "method-override":
                request.Headers.TryAddWithoutValidation("X-HTTP-Method-Override", "DELETE");
                break;
            case "host":
                request.Headers.Host = "evil.example.com";
                break;
        }
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var to = new MemoryStream();
        using (var gzip = new GZipStream(to, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return to.ToArray();
    }

    private HttpClient Client()
    {
        var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8, Expect100ContinueTimeout = TimeSpan.FromMilliseconds(50), UseProxy = false };
#pragma warning disable RS0030 // One client for each test, on loopback, disposed with it.
        var client = new HttpClient(handler) { BaseAddress = new Uri(firms.Host.Url) };
#pragma warning restore RS0030
        client.DefaultRequestHeaders.Add("X-API-KEY", TestHost.OperatorKey);
        client.DefaultRequestHeaders.CacheControl = new CacheControlHeaderValue { NoCache = true };
        return client;
    }
}
