namespace Kayse.Sandbox.Traffic;

/// <summary>Reads each request whole, names it, and logs it with the status it got.</summary>
internal sealed class RequestLogMiddleware(RequestDelegate next, RequestLog log, SandboxOptions options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/_sandbox", StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        log.Begin();
        try
        {
            await ServeAsync(context);
        }
        finally
        {
            log.End();
        }
    }

    private async Task ServeAsync(HttpContext context)
    {
        var at = options.Clock.GetUtcNow();
        var (body, problem) = await ReadAsync(context);
        var (system, operation) = OperationName.Of(context.Request, body);
        var exchange = new Exchange { System = system, Operation = operation, Body = body };
        context.Features.Set(exchange);
        var entry = Entry(context.Request, exchange, at);
        log.Add(entry);
        try
        {
            await (problem is null
                ? next(context)
                : HttpAnswer.TextAsync(context, StatusCodes.Status400BadRequest, "text/plain", problem));
        }
        finally
        {
            entry.Status = exchange.LoggedStatus ?? context.Response.StatusCode;
        }
    }

    private static async Task<(RequestBody Body, string? Problem)> ReadAsync(HttpContext context)
    {
        try
        {
            return (await RequestBodyReader.ReadAsync(context.Request, context.RequestAborted), null);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or BadHttpRequestException or OperationCanceledException)
        {
            return (RequestBody.Empty, "The request cannot be read: " + e.Message);
        }
    }

    private LoggedRequest Entry(HttpRequest request, Exchange exchange, DateTimeOffset at) => new()
    {
        At = at,
        System = exchange.System,
        Operation = exchange.Operation,
        Method = request.Method,
        Path = request.Path.Value ?? "",
        Query = (request.QueryString.Value ?? "").TrimStart('?'),
        Headers = request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        Body = exchange.Body.ForLog(options.MaxLoggedBody),
    };
}
