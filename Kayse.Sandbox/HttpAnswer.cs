using System.Text.Json;

namespace Kayse.Sandbox;

/// <summary>Writes answers. The token is not the request's: an answer to a caller that has gone is dropped by the server anyway.</summary>
internal static class HttpAnswer
{
    public static Task TextAsync(HttpContext context, int status, string contentType, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    public static Task HtmlAsync(HttpContext context, int status, string html) =>
        TextAsync(context, status, "text/html; charset=utf-8", html);

    public static Task JsonAsync<T>(HttpContext context, int status, T value, JsonSerializerOptions json) =>
        TextAsync(context, status, "application/json; charset=utf-8", JsonSerializer.Serialize(value, json));

    /// <summary>A file whose bytes were not kept: what comes is as long as it was, and blank.</summary>
    public static async Task BlankAsync(HttpContext context, long size)
    {
        var response = context.Response;
        response.ContentType = "application/octet-stream";
        response.ContentLength = size;
        var blank = new byte[64 * 1024];
        for (long sent = 0; sent < size;)
        {
            var part = (int)Math.Min(blank.Length, size - sent);
            await response.Body.WriteAsync(blank.AsMemory(0, part), context.RequestAborted);
            sent += part;
        }
    }

    /// <summary>An answer of <c>/_sandbox</c>.</summary>
    public static Task OwnAsync<T>(HttpContext context, T value, int status = StatusCodes.Status200OK) =>
        JsonAsync(context, status, value, SandboxJson.Own);

    /// <summary>A refusal by <c>/_sandbox</c>: what was wrong, in one sentence.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string error) =>
        OwnAsync(context, new { error }, status);
}
