using Kayse.Functions.Orchestrations;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Kayse.Functions.Http;

/// <summary>
/// The ways in by HTTP. What strangers' systems call has a function of its own, so that each has its own name and figures; all of them and the
/// rest go through the same routes. They are anonymous to the platform: Kayse.Web decides who may do what.
/// </summary>
public sealed class HttpFunctions(KaysePipeline kayse, DurableConnection durable)
{
    /// <summary>Law Ruler's webhook.</summary>
    [Function("LawRulerWebhook")]
    public Task<IResult> LawRulerWebhookAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/lawruler/{company}")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        RunAsync(request, client);

    /// <summary>Lawmatics' webhook.</summary>
    [Function("LawmaticsWebhook")]
    public Task<IResult> LawmaticsWebhookAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/lawmatics/{company}")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        RunAsync(request, client);

    /// <summary>The platform's events.</summary>
    [Function("Events")]
    public Task<IResult> EventsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/events")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        RunAsync(request, client);

    /// <summary>The end of a sign-in to Lawmatics.</summary>
    [Function("LawmaticsOAuthCallback")]
    public Task<IResult> LawmaticsOAuthCallbackAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/oauth/lawmatics/callback")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        RunAsync(request, client);

    /// <summary>Whether the host and what it depends on are alive.</summary>
    [Function("Health")]
    public Task<IResult> HealthAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "healthz")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        RunAsync(request, client);

    /// <summary>Everything else: the management API.</summary>
    [Function("Management")]
    public Task<IResult> ManagementAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        RunAsync(request, client);

    private Task<IResult> RunAsync(HttpRequest request, DurableTaskClient client)
    {
        ArgumentNullException.ThrowIfNull(request);
        durable.Use(client);
        return kayse.RunAsync(request.HttpContext);
    }
}
