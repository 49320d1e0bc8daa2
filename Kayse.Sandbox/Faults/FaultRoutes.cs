namespace Kayse.Sandbox.Faults;

/// <summary>Faults on demand: <c>/_sandbox/faults</c>.</summary>
internal static class FaultRoutes
{
    public static void Map(IEndpointRouteBuilder routes, FaultBook faults)
    {
        routes.MapGet("/_sandbox/faults", OwnRoute.Handle(context =>
            HttpAnswer.OwnAsync(context, new { faults = faults.List() })));
        routes.MapPost("/_sandbox/faults", OwnRoute.Handle(async context =>
        {
            var fault = await OwnRoute.BodyAsync<Fault>(context);
            await HttpAnswer.OwnAsync(context, faults.Add(fault), StatusCodes.Status201Created);
        }));
        routes.MapDelete("/_sandbox/faults", OwnRoute.Handle(context =>
        {
            faults.Clear();
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }));
    }
}
