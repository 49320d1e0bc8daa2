using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Standalone;
using Kayse.Tests;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace Kayse.Functions.Tests.Http;

public sealed class HttpFunctionTests(HttpFunctionTests.Host azure) : IClassFixture<HttpFunctionTests.Host>
{
    private static readonly string[] s_named = ["Events", "Health", "LawRulerWebhook", "LawmaticsOAuthCallback", "LawmaticsWebhook", "Management"];

    private AzureHost Azure => azure.Value;

    private static IEnumerable<(string Name, HttpTriggerAttribute Trigger)> Triggers =>
        AzureHost.Functions.Where(function => function.Trigger is HttpTriggerAttribute).Select(function => (function.Name, (HttpTriggerAttribute)function.Trigger));

    [Fact]
    public async Task Both_hosts_serve_the_same_routes()
    {
        using var folder = new TempFolder();
        await using var one = await StandaloneHost.StartAsync(new StandaloneOptions { Data = folder.In("data"), Port = 0, WithSandbox = false, WithDemo = false, OperatorKey = AzureHost.OperatorKey });

        // The pipeline is built with the first request.
        await Azure.SendAsync("Health", "GET", "/healthz");

        var here = Routes(Azure.Services);
        Assert.True(here.Count > 40, $"Only {here.Count} routes were found.");
        Assert.Equal(Routes(one.Services), here);
    }

    [Fact]
    public void The_functions_are_the_named_ones_and_leave_the_decision_who_may_do_what_to_the_routes()
    {
        Assert.Equal(s_named, Triggers.Select(function => function.Name).Order(StringComparer.Ordinal));
        Assert.All(Triggers, function => Assert.Equal(AuthorizationLevel.Anonymous, function.Trigger.AuthLevel));
    }

    [Fact]
    public async Task Each_function_of_its_own_has_its_route_in_the_product()
    {
        await Azure.SendAsync("Health", "GET", "/healthz");
        var routes = Routes(Azure.Services);

        foreach (var (name, trigger) in Triggers.Where(function => function.Name != "Management"))
        {
            Assert.True(routes.Contains($"{trigger.Methods!.Single().ToUpperInvariant()} /{trigger.Route}"), $"{name} is at no route of the product.");
        }
    }

    [Fact]
    public async Task Everything_else_goes_to_the_management_function_and_nothing_to_what_the_host_keeps_for_itself()
    {
        await Azure.SendAsync("Health", "GET", "/healthz");
        var management = Triggers.Single(function => function.Name == "Management").Trigger;

        Assert.Equal("{*path}", management.Route);
        foreach (var route in Routes(Azure.Services))
        {
            Assert.Contains(route.Split(' ')[0], management.Methods!.Select(method => method.ToUpperInvariant()));
            Assert.False(route.Contains(" /admin", StringComparison.Ordinal) || route.Contains(" /runtime", StringComparison.Ordinal), $"{route} is the host's own.");
        }
    }

    [Fact]
    public async Task An_event_is_taken_and_stored()
    {
        await Azure.OpenFirmAsync("events");

        var (status, _, body) = await Azure.SendAsync("Events", "POST", "/api/events", """{"id":"evt_1","type":"task_completed","occurredAt":"2026-11-20T15:05:10Z","companyId":"events","data":{}}""");

        Assert.Equal((202, """{"ids":["evt_1"]}"""), (status, body));
        Assert.NotNull(await Azure.Get<EventStore>().FindAsync(CompanyId.Parse("events"), "evt_1", CancellationToken.None));
    }

    [Fact]
    public async Task A_webhook_that_proves_nothing_is_refused_and_kept()
    {
        await Azure.OpenFirmAsync("hooks");

        Assert.Equal(401, (await Azure.SendAsync("LawRulerWebhook", "POST", "/api/webhooks/lawruler/hooks?token=wrong", "Lead ID=1", null, "application/x-www-form-urlencoded")).Status);
        // Without a secret nobody can tell: Lawmatics is to come again.
        Assert.Equal(503, (await Azure.SendAsync("LawmaticsWebhook", "POST", "/api/webhooks/lawmatics/hooks", "{}", null)).Status);
        Assert.Equal(2, (await Azure.Get<Core.Sync.InboundLog>().ListAsync(CompanyId.Parse("hooks"), null, 10, CancellationToken.None)).Items.Count);
    }

    [Fact]
    public async Task The_management_function_serves_the_api()
    {
        var (created, _, _) = await Azure.SendAsync("Management", "POST", "/api/companies", """{"id":"managed","name":"Managed","timeZone":"America/New_York"}""");
        var (read, _, body) = await Azure.SendAsync("Management", "GET", "/api/companies/managed");

        Assert.Equal((201, 200), (created, read));
        Assert.Equal("Managed", JsonDocument.Parse(body).RootElement.GetProperty("name").GetString());
    }

    [Fact]
    public async Task The_description_has_the_products_routes_alone()
    {
        var (status, _, body) = await Azure.SendAsync("Management", "GET", "/openapi/v1.json", key: null);

        Assert.True(status == 200, string.Join('\n', Azure.Log.Lines));
        var paths = JsonDocument.Parse(body).RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        Assert.Contains("/api/companies/{company}/webhooks", paths);
        Assert.DoesNotContain("/{path}", paths);
    }

    [Fact]
    public async Task The_end_of_a_sign_in_that_nobody_began_says_so() =>
        Assert.Equal(400, (await Azure.SendAsync("LawmaticsOAuthCallback", "GET", "/api/oauth/lawmatics/callback?code=a", key: null)).Status);

    [Theory]
    [InlineData("Events", "POST", "/api/events", "{", 400)]
    [InlineData("Management", "GET", "/nothing/here", "", 404)]
    [InlineData("Management", "GET", "/", "", 404)]
    [InlineData("Management", "PUT", "/api/events", "", 405)]
    [InlineData("Management", "GET", "/api/companies/nobody", "", 404)]
    [InlineData("Management", "POST", "/api/companies", "not json", 400)]
    public async Task What_is_wrong_is_a_problem_and_never_a_bare_status(string function, string method, string path, string body, int expected)
    {
        var (status, type, answer) = await Azure.SendAsync(function, method, path, body);

        Assert.Equal((expected, "application/problem+json"), (status, type));
        Assert.Equal(expected, JsonDocument.Parse(answer).RootElement.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_fault_within_is_a_problem_too_and_does_not_leave_the_function()
    {
        var store = new Mock<IEntityStore>();
        store.Setup(any => any.GetAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<string>(), It.IsAny<CancellationToken>())).ThrowsAsync(new InvalidOperationException("Jane Roe"));
        await using var broken = new AzureHost(services => services.AddSingleton(store.Object));

        var (status, type, body) = await broken.SendAsync("Management", "GET", "/api/companies/demo/cases");

        Assert.Equal((500, "application/problem+json"), (status, type));
        Assert.DoesNotContain("Jane", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_tells_each_dependencys_state()
    {
        var (status, _, body) = await Azure.SendAsync("Health", "GET", "/healthz", key: null);

        Assert.Equal(200, status);
        Assert.Equal(["blobs", "entities", "queue", "secrets", "workflows"], JsonDocument.Parse(body).RootElement.GetProperty("dependencies").EnumerateObject().Select(one => one.Name).Order(StringComparer.Ordinal));
    }

    private static SortedSet<string> Routes(IServiceProvider services) =>
    [
        .. services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}")),
    ];

    public sealed class Host : IAsyncLifetime
    {
        public AzureHost Value { get; } = new();

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync() => await Value.DisposeAsync();
    }
}
