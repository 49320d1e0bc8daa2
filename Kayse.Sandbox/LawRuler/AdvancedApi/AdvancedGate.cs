using System.Globalization;
using Kayse.Sandbox.State;
using Kayse.Sandbox.Traffic;

namespace Kayse.Sandbox.LawRuler.AdvancedApi;

/// <summary>The API management in front of the Advanced API: which portal, how many calls, whose token.</summary>
internal sealed class AdvancedGate(SandboxState state, SandboxOptions options)
{
    private static readonly string[] Lookups = ["ApiCaseTypes/", "ApiStatuses/", "ApiFields/"];

    public void Map(IEndpointRouteBuilder routes, string method, string path, Func<AdvancedCall, Task> handler) =>
        routes.MapMethods("/lawruler/{root}/" + path, [method], context => PassAsync(context, path, handler));

    private Task PassAsync(HttpContext context, string path, Func<AdvancedCall, Task> handler)
    {
        var now = options.Clock.GetUtcNow();
        if (state.Find(OwnRoute.Value(context, "root")) is not { } portal || !Exists(portal.Options, path))
        {
            return StatusAsync(context, StatusCodes.Status404NotFound, "Resource not found");
        }

        if (portal.Limiter.Refuse(portal.Options.RateLimitPerMinute, now) is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return StatusAsync(context, StatusCodes.Status429TooManyRequests, "Rate limit is exceeded.");
        }

        if (!portal.Options.AdvancedApi)
        {
            return StatusAsync(context, StatusCodes.Status403Forbidden, "The Advanced API is not enabled for this account.");
        }

        return HasToken(context, portal, now)
            ? handler(new AdvancedCall(context, portal, Exchange.Of(context).Body, now))
            : RefuseTokenAsync(context);
    }

    private static bool Exists(PortalOptions options, string path)
    {
        var notThere = (!options.NotesApi && path.StartsWith("ApiNotes/", StringComparison.Ordinal))
            || (!options.DocumentsApi && path.StartsWith("ApiDocuments/", StringComparison.Ordinal))
            || (!options.LookupsApi && Array.Exists(Lookups, lookup => path.StartsWith(lookup, StringComparison.Ordinal)));
        return !notThere;
    }

    private bool HasToken(HttpContext context, Portal portal, DateTimeOffset now)
    {
        const string Scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && !portal.Options.RejectTokens
            && state.Read(() => portal.Tokens.TryGetValue(header[Scheme.Length..].Trim(), out var end) && now < end);
    }

    private static Task RefuseTokenAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private static Task StatusAsync(HttpContext context, int statusCode, string message) =>
        HttpAnswer.JsonAsync(context, statusCode, new { statusCode, message }, SandboxJson.LawRuler);
}
