using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Kayse.Tests.Web;

public sealed class RouteAccessTests(TwoFirms firms) : IClassFixture<TwoFirms>
{
    [Fact]
    public void The_walk_finds_the_routes_of_the_contract()
    {
        var routes = firms.Routes.Select(route => route.ToString()).ToList();

        Assert.True(routes.Count > 30, $"Only {routes.Count} routes were found.");
        Assert.Contains("POST /api/events", routes);
        Assert.Contains("POST /api/webhooks/lawruler/{company}", routes);
        Assert.Contains("GET /api/companies/{company}/integrations/lawruler/webhook-url", routes);
        Assert.Contains("POST /api/companies/{company}/workflows/{id}/rerun", routes);
        Assert.All(firms.Routes, route => Assert.True(
            route.IsOfACompany || route.IsForOperators || route.IsOpen || route.HasItsOwnToken || route.IsASignInsEnd || route.Template == "/api/events", $"{route} is in no group that a test knows."));
    }

    [Fact]
    public async Task Only_the_open_routes_answer_without_a_key()
    {
        using var stranger = firms.Host.ClientWith(null);
        foreach (var route in firms.Routes.Where(route => !route.IsASignInsEnd))
        {
            Assert.Equal((route, route.IsOpen ? HttpStatusCode.OK : Refused(route)), (route, await StatusAsync(stranger, route)));
        }
    }

    [Fact]
    public async Task No_route_takes_a_wrong_key()
    {
        var right = firms.Key("demo admin");
        var last = right[^1] == 'A' ? 'B' : 'A';
        string[] wrong = ["wrong", right[..^1] + last, right[..^1], right + "x", right.Replace("kk_demo_", "kk_demo2_", StringComparison.Ordinal), "kk_demo_x_y", new string('k', 600), TestHost.OperatorKey[..^1]];
        foreach (var key in wrong)
        {
            using var client = firms.Host.ClientWith(key);
            foreach (var route in firms.Routes.Where(route => route is { IsOpen: false, IsASignInsEnd: false }))
            {
                Assert.Equal((key, route, Refused(route)), (key, route, await StatusAsync(client, route)));
            }
        }
    }

    [Fact]
    public async Task The_end_of_a_sign_in_that_nobody_began_is_a_page_that_says_so()
    {
        using var browser = firms.Host.ClientWith(null);
        using var answer = await browser.GetAsync("/api/oauth/lawmatics/callback?code=abc&state=def");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Begin it again in Kayse", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_of_a_firm_that_has_saved_no_secret_is_kept_and_to_be_sent_again()
    {
        using var stranger = firms.Host.ClientWith(null);
        using var answer = await stranger.PostAsJsonAsync("/api/webhooks/lawmatics/demo", new { event_name = "matter.converted" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var kept = await firms.Host.Http.GetFromJsonAsync<JsonElement>("/api/companies/demo/inbound");
        Assert.Contains(kept.GetProperty("items").EnumerateArray(), one =>
            one.GetProperty("crm").GetString() == "lawmatics" && one.GetProperty("state").GetString() == "unauthorized" && one.GetProperty("reason").GetString() == "No webhook secret is saved.");
    }

    // Its firm has saved no secret: nobody can tell whether it is Lawmatics, which is to come again.
    private static HttpStatusCode Refused(MappedRoute route) => route.Template == "/api/webhooks/lawmatics/{company}" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.Unauthorized;

    [Fact]
    public async Task Two_keys_in_one_request_are_none()
    {
        using var client = firms.Host.ClientWith(null);
        client.DefaultRequestHeaders.Add("X-API-KEY", [TestHost.OperatorKey, TestHost.OperatorKey]);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, new MappedRoute("GET", "/api/companies/{company}/cases")));
    }

    [Fact]
    public async Task A_viewer_may_only_read_and_sees_no_webhook_url()
    {
        using var viewer = firms.ClientWith("demo viewer");
        foreach (var route in firms.Routes.Where(route => route is { IsOpen: false, HasItsOwnToken: false, IsASignInsEnd: false }))
        {
            var status = await StatusAsync(viewer, route);
            if (route.Method != "GET" || route.IsForOperators || route.Template.EndsWith("/webhook-url", StringComparison.Ordinal))
            {
                Assert.Equal((route, HttpStatusCode.Forbidden), (route, status));
            }
            else
            {
                Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{route}: {status}");
            }
        }
    }

    [Theory]
    [InlineData("demo2 admin")]
    [InlineData("demo2 viewer")]
    [InlineData("demo2 platform")]
    [InlineData("demo platform")]
    public async Task No_route_of_a_firm_takes_a_key_of_another_firm_or_of_the_platform(string key)
    {
        using var client = firms.ClientWith(key);
        foreach (var route in firms.Routes.Where(route => route.IsOfACompany || route.IsForOperators))
        {
            Assert.Equal((route, HttpStatusCode.Forbidden), (route, await StatusAsync(client, route)));
        }
    }

    [Fact]
    public async Task A_firms_admin_reaches_its_own_routes_and_none_of_the_operators()
    {
        using var admin = firms.ClientWith("demo admin");
        foreach (var route in firms.Routes.Where(route => route.IsForOperators))
        {
            Assert.Equal((route, HttpStatusCode.Forbidden), (route, await StatusAsync(admin, route)));
        }

        foreach (var route in firms.Routes.Where(route => route is { IsOfACompany: true, IsForOperators: false, Method: "GET" }))
        {
            var status = await StatusAsync(admin, route);
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{route}: {status}");
        }
    }

    [Fact]
    public async Task A_firm_that_is_not_there_is_not_found_by_the_operator_and_forbidden_to_all_others()
    {
        using var admin = firms.ClientWith("demo admin");
        foreach (var company in new[] { "nobody", "DEMO", "demo%20", "..", "demo.0", "%2E%2E", "-companies" })
        {
            Assert.Contains((await admin.GetAsync($"/api/companies/{company}/cases")).StatusCode, new[] { HttpStatusCode.Forbidden, HttpStatusCode.NotFound });
            Assert.Equal(HttpStatusCode.NotFound, (await firms.Host.Http.GetAsync($"/api/companies/{company}/cases")).StatusCode);
        }
    }

    [Theory]
    [InlineData("demo admin", "demo", HttpStatusCode.Forbidden)]
    [InlineData("demo viewer", "demo", HttpStatusCode.Forbidden)]
    [InlineData("demo2 platform", "demo", HttpStatusCode.Forbidden)]
    [InlineData("demo platform", "demo", HttpStatusCode.Accepted)]
    public async Task Events_are_taken_from_the_firms_own_platform_key_alone(string key, string company, HttpStatusCode expected)
    {
        using var client = firms.ClientWith(key);
        using var answer = await client.PostAsJsonAsync("/api/events", Event($"evt_{key.Replace(' ', '_')}", company));

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task One_event_of_another_firm_refuses_the_whole_array()
    {
        using var client = firms.ClientWith("demo platform");
        using var answer = await client.PostAsJsonAsync("/api/events", new[] { Event("evt_own", "demo"), Event("evt_foreign", "demo2") });

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("events[1].companyId", problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_webhook_token_opens_only_its_own_firms_webhook()
    {
        using var stranger = firms.Host.ClientWith(null);
        var content = new FormUrlEncodedContent([new("Lead ID", "1")]);

        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsync($"/api/webhooks/lawruler/demo2?token={TestHost.WebhookToken}", content)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsync($"/api/webhooks/lawruler/nobody?token={TestHost.WebhookToken}", content)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsync($"/api/webhooks/lawruler/demo?token={TestHost.WebhookToken}&token=x", content)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync($"/api/companies/demo/cases?token={TestHost.WebhookToken}")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await stranger.PostAsync($"/api/webhooks/lawruler/demo?token={TestHost.WebhookToken}", content)).StatusCode);
    }

    private static object Event(string id, string companyId) =>
        new { id, type = "task_completed", occurredAt = "2026-11-20T15:05:10Z", companyId, data = new { } };

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, MappedRoute route)
    {
        using var request = route.Request();
        using var answer = await client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode || answer.Content.Headers.ContentType?.MediaType == "application/problem+json", $"{route}: {answer.Content.Headers.ContentType}");
        return answer.StatusCode;
    }
}
