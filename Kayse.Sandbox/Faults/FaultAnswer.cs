using System.Net.Sockets;
using System.Text;
using Kayse.Sandbox.Lawmatics.Api;
using Kayse.Sandbox.Traffic;
using Microsoft.AspNetCore.Connections.Features;

namespace Kayse.Sandbox.Faults;

/// <summary>The answers that are none.</summary>
internal static class FaultAnswer
{
    private const string ErrorPage =
        "<!DOCTYPE html><html><head><title>Runtime Error</title></head><body><h1>Server Error in '/' Application.</h1>"
        + "<h2><i>Runtime Error</i></h2><p>An application error occurred on the server.</p></body></html>";

    private const string Refusal = "{\"Count\":0,\"Data\":null,\"IsSuccess\":false,\"ErrorMessage\":\"An unexpected problem occurred.\"}";

    private const string BrokenJson = "{\"data\":{\"id\":\"1\",\"type\":";

    private const string LoginPage =
        "<html><head><title>Object moved</title></head><body><h2>Object moved to <a href=\"/login.aspx\">here</a>.</h2></body></html>";

    /// <param name="context">The caller's connection.</param>
    /// <param name="fault">What to do to it.</param>
    /// <param name="genuine">The answer that would have been, where the write was made.</param>
    public static Task WriteAsync(HttpContext context, Fault fault, DetachedRequest? genuine)
    {
        if (fault.RetryAfter is { } retryAfter)
        {
            context.Response.Headers.RetryAfter = retryAfter.ToString();
        }

        switch (fault.Kind)
        {
            case "slow":
                return SlowAsync(context, fault, genuine);
            case "reset":
                Cut(context);
                return Task.CompletedTask;
            case "html200":
                return HttpAnswer.HtmlAsync(context, StatusCodes.Status200OK, ErrorPage);
            case "empty200":
                context.Response.ContentLength = 0;
                return Task.CompletedTask;
            case "refused200":
                return HttpAnswer.TextAsync(context, StatusCodes.Status200OK, "application/json; charset=utf-8", Refusal);
            case "truncated":
                return TruncatedAsync(context, genuine);
            case "login-redirect":
                context.Response.Headers.Location = "/login.aspx?ReturnUrl=%2f";
                return HttpAnswer.HtmlAsync(context, StatusCodes.Status302Found, LoginPage);
            case "invalid-json":
                return HttpAnswer.TextAsync(context, StatusCodes.Status200OK, "application/json; charset=utf-8", BrokenJson);
            case "404-path":
                return LawmaticsAnswer.UnknownPathAsync(context);
            case "404" or "422":
                return LawmaticsAnswer.FaultAsync(context, int.Parse(fault.Kind), fault.Detail);
            default:
                return StatusAsync(context, int.Parse(fault.Kind));
        }
    }

    /// <summary>Cuts the connection with a reset, as a firewall or a crashed server does.</summary>
    public static void Cut(HttpContext context)
    {
        if (context.Features.Get<IConnectionSocketFeature>() is { } connection)
        {
            connection.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        if (context.Features.Get<Exchange>() is { } exchange)
        {
            exchange.LoggedStatus = 0;
        }

        context.Abort();
    }

    private static Task SlowAsync(HttpContext context, Fault fault, DetachedRequest? genuine)
    {
        if (genuine is not null)
        {
            return genuine.CopyToAsync(context.Response, context.RequestAborted);
        }

        if (fault.WhenApplied == FaultApplied.No)
        {
            return StatusAsync(context, StatusCodes.Status503ServiceUnavailable);
        }

        // A late write must come after the caller has given up, so a caller more patient than the delay is let down here.
        Cut(context);
        return Task.CompletedTask;
    }

    private static async Task TruncatedAsync(HttpContext context, DetachedRequest? genuine)
    {
        var whole = genuine is { Body.Length: > 1 } ? genuine.Body : Encoding.UTF8.GetBytes("{\"Count\":1,\"Data\":[{\"LeadId\":");
        context.Response.StatusCode = genuine?.Served.Response.StatusCode ?? StatusCodes.Status200OK;
        context.Response.ContentType = genuine?.Served.Response.ContentType ?? "application/json";
        context.Response.ContentLength = whole.Length + 64;
        await context.Response.Body.WriteAsync(whole.AsMemory(0, whole.Length / 2), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    }

    private static Task StatusAsync(HttpContext context, int status) =>
        HttpAnswer.HtmlAsync(context, status, status == StatusCodes.Status401Unauthorized ? "" : $"<html><body><h1>{status}</h1></body></html>");
}
