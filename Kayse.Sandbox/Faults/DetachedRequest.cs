using Kayse.Sandbox.Traffic;

namespace Kayse.Sandbox.Faults;

/// <summary>A copy of a request that can be served apart from its connection: before the answer fails, or after the caller has gone.</summary>
internal sealed class DetachedRequest(HttpContext context)
{
    public byte[] Body { get; private set; } = [];

    public HttpContext Served { get; } = context;

    public static DetachedRequest From(HttpContext original, IServiceProvider services)
    {
        var copy = new DefaultHttpContext { RequestServices = services };
        copy.Request.Method = original.Request.Method;
        copy.Request.Scheme = original.Request.Scheme;
        copy.Request.Host = original.Request.Host;
        copy.Request.Path = original.Request.Path;
        copy.Request.QueryString = original.Request.QueryString;
        foreach (var (name, value) in original.Request.Headers)
        {
            copy.Request.Headers[name] = value;
        }

        copy.Features.Set(Exchange.Of(original));
        return new DetachedRequest(copy);
    }

    public async Task ServeAsync(RequestDelegate next)
    {
        using var answer = new MemoryStream();
        Served.Response.Body = answer;
        await next(Served);
        Body = answer.ToArray();
    }

    /// <summary>Gives the answer to the caller who is still there.</summary>
    public Task CopyToAsync(HttpResponse response, CancellationToken ct)
    {
        response.StatusCode = Served.Response.StatusCode;
        foreach (var (name, value) in Served.Response.Headers)
        {
            response.Headers[name] = value;
        }

        response.ContentLength = Body.Length;
        return response.Body.WriteAsync(Body, ct).AsTask();
    }
}
