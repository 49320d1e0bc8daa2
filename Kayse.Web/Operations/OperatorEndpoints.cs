using Kayse.Core.Storage;
using Kayse.Core.Workflows;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Operations;

/// <summary>What the operator of an installation needs: the messages that were given up, and whether everything is alive.</summary>
public static class OperatorEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapOperator(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.MapGet("/api/operator/dead-letters", (HttpContext context, IQueue queue) => Paging.AnswerAsync(context, page => DeadLettersAsync(queue, page, context.RequestAborted)))
            .OperatorOnly().WithSummary("Messages that failed ten times, oldest first.").Produces<Page<DeadLetter>>();
        routes.MapPost("/api/operator/dead-letters/{id}/requeue", async (HttpContext context, string id, IQueue queue) =>
            await queue.RequeueAsync(id, context.RequestAborted) ? Results.Accepted() : Problems.NotFound("There is no such dead letter."))
            .OperatorOnly().WithSummary("Puts a dead letter back into its queue.");
        routes.MapGet("/healthz", HealthAsync).WithSummary("Whether the host and what it depends on are alive.").Produces<Health>();
    }

    private static async Task<(IReadOnlyList<DeadLetter> Items, string? Next)> DeadLettersAsync(IQueue queue, Paging page, CancellationToken cancellationToken)
    {
        var items = await queue.DeadLettersAsync(page.After, page.Limit, cancellationToken);
        return (items, items.Count == page.Limit ? items[^1].Id : null);
    }

    private static async Task<IResult> HealthAsync(HttpContext context, WriteProbe writes, ISecretStore secrets, IQueue queue, IWorkflowEngine engine)
    {
        var none = CancellationToken.None;
        (string Name, Func<Task> Probe)[] probes =
        [
            ("entities", writes.EntitiesAsync),
            ("secrets", () => secrets.GetAsync("healthz--kayse--probe", null, none)),
            ("blobs", writes.BlobsAsync),
            ("queue", () => queue.DeadLettersAsync(null, 1, none)),
            ("workflows", () => engine.GetAsync("healthz.probe.none", none)),
        ];
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, probe) in probes)
        {
            states[name] = await IsAliveAsync(probe) ? "ok" : "failed";
        }

        var isFine = states.Values.All(state => state == "ok");
        return Results.Json(new Health(isFine ? "ok" : "failed", states), statusCode: isFine ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<bool> IsAliveAsync(Func<Task> probe)
    {
        try
        {
            await probe();
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, the dependency does not work.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}

/// <summary>Whether the host is alive.</summary>
/// <param name="Status"><c>ok</c> or <c>failed</c>.</param>
/// <param name="Dependencies">Each dependency's state.</param>
public sealed record Health(string Status, IReadOnlyDictionary<string, string> Dependencies);
