using System.Globalization;
using Kayse.Sandbox.LawRuler.Webhooks;
using Kayse.Sandbox.State;
using Kayse.Sandbox.Traffic;

namespace Kayse.Sandbox.LawRuler.KeyApi;

/// <summary>The classic pages of a portal: <c>/lawruler/{root}/….aspx</c>.</summary>
internal sealed class KeyApiRoutes(SandboxState state, WebhookSender sender, SandboxOptions options)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/lawruler/{root}/{page:regex(\\.aspx$)}", ["GET", "POST"], HandleAsync);

    private Task HandleAsync(HttpContext context)
    {
        var page = OwnRoute.Value(context, "page");
        if (state.Find(OwnRoute.Value(context, "root")) is not { } portal
            || !portal.Options.KeyApiPages.Contains(page, StringComparer.OrdinalIgnoreCase))
        {
            return HttpAnswer.HtmlAsync(context, StatusCodes.Status404NotFound, "<html><body><h1>404 - File or directory not found.</h1></body></html>");
        }

        if (portal.Limiter.Refuse(portal.Options.RateLimitPerMinute, options.Clock.GetUtcNow()) is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return HttpAnswer.TextAsync(context, StatusCodes.Status429TooManyRequests, "text/plain", "Too many requests");
        }

        var request = new KeyApiRequest(context.Request.QueryString.Value ?? "", Exchange.Of(context).Body);
        if (portal.Options.RequestValidation && Dangerous(request) is { } errorPage)
        {
            return HttpAnswer.HtmlAsync(context, StatusCodes.Status500InternalServerError, errorPage);
        }

        return Serve(context, portal, request);
    }

    private Task Serve(HttpContext context, Portal portal, KeyApiRequest request)
    {
        if (request["Key"] != portal.Settings.Key)
        {
            return portal.Options.InvalidKey switch
            {
                InvalidKey.Unauthorized => HttpAnswer.HtmlAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized"),
                InvalidKey.Forbidden => HttpAnswer.HtmlAsync(context, StatusCodes.Status403Forbidden, "Forbidden"),
                _ => AnswerAsync(context, request, KeyApiResult.Failed("Error: Invalid Key.")),
            };
        }

        if (request["Operation"].Equals("GetStatus", StringComparison.OrdinalIgnoreCase))
        {
            return AnswerAsync(context, request, state.Read(() => new LeadWriter(portal, request, options.Clock.GetUtcNow()).Read()));
        }

        return AnswerAsync(context, request, state.Change(() => Write(portal, request)));
    }

    private KeyApiResult Write(Portal portal, KeyApiRequest request)
    {
        var writer = new LeadWriter(portal, request, options.Clock.GetUtcNow());
        var result = writer.Write();
        if (writer.StatusChanged is { } lead && portal.Settings.Webhook is { } webhook && webhook.Selects(lead))
        {
            sender.Send(portal, WebhookPost.ForLead(webhook, "status", lead));
        }

        return result;
    }

    private static string? Dangerous(KeyApiRequest request)
    {
        if (request.Query.FirstOrDefault(p => RequestValidation.IsDangerous(p.Value)) is { Key: { } inQuery })
        {
            return RequestValidation.Page("QueryString", inQuery);
        }

        return request.Form.FirstOrDefault(p => RequestValidation.IsDangerous(p.Value)) is { Key: { } inForm }
            ? RequestValidation.Page("Form", inForm)
            : null;
    }

    private static Task AnswerAsync(HttpContext context, KeyApiRequest request, KeyApiResult result)
    {
        if (request.IsTrue("ReturnJSON"))
        {
            return HttpAnswer.TextAsync(context, StatusCodes.Status200OK, "application/json; charset=utf-8", result.Json());
        }

        return request.IsTrue("ReturnXML")
            ? HttpAnswer.TextAsync(context, StatusCodes.Status200OK, "text/xml; charset=utf-8", result.Xml())
            : HttpAnswer.HtmlAsync(context, StatusCodes.Status200OK, result.Text());
    }
}
