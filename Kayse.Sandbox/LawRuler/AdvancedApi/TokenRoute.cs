using System.Security.Cryptography;
using Kayse.Sandbox.State;
using Kayse.Sandbox.Traffic;

namespace Kayse.Sandbox.LawRuler.AdvancedApi;

/// <summary>The identity server's token endpoint, password grant only, with IdentityServer's errors.</summary>
internal sealed class TokenRoute(SandboxState state, SandboxOptions options)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/lawruler/{root}/identity/connect/token", IssueAsync);

    private Task IssueAsync(HttpContext context)
    {
        if (state.Find(OwnRoute.Value(context, "root")) is not { } portal)
        {
            return HttpAnswer.HtmlAsync(context, StatusCodes.Status404NotFound, "<html><body><h1>404</h1></body></html>");
        }

        var form = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Exchange.Of(context).Body.Fields)
        {
            form.TryAdd(name, value);
        }

        return Problem(form, portal.Settings) is { } problem
            ? AnswerAsync(context, StatusCodes.Status400BadRequest, problem)
            : AnswerAsync(context, StatusCodes.Status200OK, Issue(portal, form));
    }

    private static Dictionary<string, object>? Problem(Dictionary<string, string> form, PortalSettings settings)
    {
        if (form.GetValueOrDefault("client_id") != settings.ClientId || form.GetValueOrDefault("client_secret") != settings.ClientSecret)
        {
            return new(StringComparer.Ordinal) { ["error"] = "invalid_client" };
        }

        if (form.GetValueOrDefault("grant_type") != "password")
        {
            return new(StringComparer.Ordinal) { ["error"] = "unsupported_grant_type" };
        }

        return form.GetValueOrDefault("username") != settings.Username || form.GetValueOrDefault("password") != settings.Password
            ? new(StringComparer.Ordinal) { ["error"] = "invalid_grant", ["error_description"] = "invalid_username_or_password" }
            : null;
    }

    private Dictionary<string, object> Issue(Portal portal, Dictionary<string, string> form)
    {
        var now = options.Clock.GetUtcNow();
        var token = RandomNumberGenerator.GetHexString(48, lowercase: true);
        var lifetime = portal.Options.TokenLifetimeSeconds;
        state.Change(() =>
        {
            foreach (var ended in portal.Tokens.Where(t => t.Value <= now).Select(t => t.Key).ToList())
            {
                portal.Tokens.Remove(ended);
            }

            return portal.Tokens[token] = now.AddSeconds(lifetime);
        });
        return new(StringComparer.Ordinal)
        {
            ["access_token"] = token,
            ["expires_in"] = lifetime,
            ["token_type"] = "Bearer",
            ["scope"] = form.GetValueOrDefault("scope", "read write"),
            ["refresh_token"] = RandomNumberGenerator.GetHexString(48, lowercase: true),
        };
    }

    private static Task AnswerAsync(HttpContext context, int status, Dictionary<string, object> answer)
    {
        context.Response.Headers.CacheControl = "no-store";
        return HttpAnswer.JsonAsync(context, status, answer, SandboxJson.LawRuler);
    }
}
