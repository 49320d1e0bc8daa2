using Kayse.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kayse.Functions.Http;

/// <summary>Kayse.Web's routes inside the worker: the same pipeline as on one machine, whatever function a request came by.</summary>
/// <param name="services">What the host is composed of.</param>
public sealed class KaysePipeline(IServiceProvider services)
{
    private readonly Lazy<RequestDelegate> _run = new(() => Build(services));

    /// <summary>Answers a request. The response is written when this returns; the result has nothing more to do.</summary>
    public async Task<IResult> RunAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        // The worker has routed the request to the function already, and routing leaves alone what has an endpoint.
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        await _run.Value(context);
        return Results.Empty;
    }

    private static RequestDelegate Build(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        app.UseKayse();
        app.UseRouting();
        app.UseEndpoints(routes => routes.MapKayse());
        return app.Build();
    }
}
