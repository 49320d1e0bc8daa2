using System.Text.Json;

namespace Kayse.Sandbox;

/// <summary>Wraps the handlers of <c>/_sandbox</c>: what the caller got wrong becomes a 400 that says what.</summary>
internal static class OwnRoute
{
    public static RequestDelegate Handle(Func<HttpContext, Task> handler) => async context =>
    {
        try
        {
            await handler(context);
        }
        catch (JsonException e)
        {
            await HttpAnswer.RefuseAsync(context, StatusCodes.Status400BadRequest, e.Message);
        }
        catch (WrongRequestException e)
        {
            await HttpAnswer.RefuseAsync(context, StatusCodes.Status400BadRequest, e.Message);
        }
    };

    /// <summary>Reads the body as JSON; an empty body is an error of the caller's.</summary>
    public static async Task<T> BodyAsync<T>(HttpContext context) =>
        await JsonSerializer.DeserializeAsync<T>(context.Request.Body, SandboxJson.Own, context.RequestAborted)
            ?? throw new JsonException("The body must be a JSON object.");

    public static string Value(HttpContext context, string name) =>
        context.Request.RouteValues[name]?.ToString() ?? "";
}
