using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Kayse.Tests.Web;

public sealed class DescriptionTests(TwoFirms firms) : IClassFixture<TwoFirms>
{
    [Fact]
    public async Task Health_names_each_dependency_and_its_state()
    {
        using var stranger = firms.Host.ClientWith(null);
        using var answer = await stranger.GetAsync("/healthz");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var health = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("ok", health.GetProperty("status").GetString());
        Assert.Equal(
            ["blobs", "entities", "queue", "secrets", "workflows"],
            health.GetProperty("dependencies").EnumerateObject().Where(one => one.Value.GetString() == "ok").Select(one => one.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_description_lists_every_route()
    {
        var paths = (await firms.Host.GetJsonAsync("/openapi/v1.json")).GetProperty("paths");

        foreach (var route in firms.Routes.Where(route => !route.Template.StartsWith("/openapi/", StringComparison.Ordinal)))
        {
            Assert.True(
                paths.TryGetProperty(route.Template, out var path) && path.EnumerateObject().Any(one => one.Name.Equals(route.Method, StringComparison.OrdinalIgnoreCase)),
                $"{route} is not described.");
        }
    }

    [Theory]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/nothing/here", 404)]
    [InlineData("GET", "/api/companies/demo/nothing", 404)]
    [InlineData("GET", "/openapi/v2.json", 404)]
    [InlineData("GET", "/openapi/v1.json?documentName=v2", 200)]
    [InlineData("PUT", "/api/events", 405)]
    [InlineData("GET", "/api/webhooks/lawruler/demo", 405)]
    [InlineData("BREW", "/healthz", 405)]
    public async Task An_unknown_route_or_method_is_a_problem_whatever_the_caller_accepts(string method, string path, int expected)
    {
        foreach (var accept in new[] { "*/*", "text/html", "application/json", "image/png" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.Add("Accept", accept);
            using var answer = await firms.Host.Http.SendAsync(request);

            Assert.Equal(expected, (int)answer.StatusCode);
            if (expected >= 400)
            {
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
                Assert.Equal(expected, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetInt32());
            }
        }
    }
}
