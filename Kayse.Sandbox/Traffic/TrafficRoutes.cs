namespace Kayse.Sandbox.Traffic;

/// <summary>What reached the stand-ins: <c>/_sandbox/requests</c>.</summary>
internal static class TrafficRoutes
{
    public static void Map(IEndpointRouteBuilder routes, RequestLog log)
    {
        routes.MapGet("/_sandbox/requests", OwnRoute.Handle(context =>
        {
            var query = context.Request.Query;
            return HttpAnswer.OwnAsync(context, new { requests = log.List(query["system"], query["operation"]) });
        }));
        routes.MapGet("/_sandbox/requests/in-flight", OwnRoute.Handle(context => HttpAnswer.OwnAsync(context, new { inFlight = log.InFlight })));
        routes.MapDelete("/_sandbox/requests", OwnRoute.Handle(context =>
        {
            log.Clear();
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }));
    }
}
