using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Sandbox.State;
using Kayse.Sandbox.Traffic;

namespace Kayse.Sandbox.Lawmatics.OAuth;

/// <summary>Codes for tokens, <c>/lawmatics/oauth/token</c>, with Doorkeeper's errors; and taking tokens back, where that is switched on.</summary>
internal sealed class TokenRoutes(SandboxState state, SandboxOptions options)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/lawmatics/oauth/token", IssueAsync);
        routes.MapPost("/lawmatics/oauth/revoke", RevokeAsync);
    }

    /// <summary>A new token of a firm, as the token endpoint answers it.</summary>
    public static JsonObject Issue(LawmaticsFirm firm, DateTimeOffset now)
    {
        var token = RandomNumberGenerator.GetHexString(64, lowercase: true);
        firm.Tokens[token] = firm.Options.RefreshTokens ? now.AddSeconds(firm.Options.TokenLifetimeSeconds) : null;
        var answer = new JsonObject { ["token_type"] = "bearer", ["access_token"] = token, ["created_at"] = now.ToUnixTimeSeconds() };
        if (firm.Options.RefreshTokens)
        {
            var refresh = RandomNumberGenerator.GetHexString(64, lowercase: true);
            firm.RefreshTokens.Add(refresh);
            answer["expires_in"] = firm.Options.TokenLifetimeSeconds;
            answer["refresh_token"] = refresh;
        }

        return answer;
    }

    private Task IssueAsync(HttpContext context)
    {
        var form = Read(Exchange.Of(context).Body);
        if (Client(form) is not { } client)
        {
            return ErrorAsync(context, StatusCodes.Status401Unauthorized, "invalid_client", "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.");
        }

        var (now, type) = (options.Clock.GetUtcNow(), form.GetValueOrDefault("grant_type"));
        if (type != "authorization_code" && (type != "refresh_token" || !client.Options.RefreshTokens))
        {
            return ErrorAsync(context, StatusCodes.Status400BadRequest, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server.");
        }

        var answer = state.Change(() => type == "refresh_token" ? Refresh(client, form, now) : Exchanged(client, form, now));
        return answer is null
            ? ErrorAsync(context, StatusCodes.Status400BadRequest, "invalid_grant", "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.")
            : AnswerAsync(context, StatusCodes.Status200OK, answer);
    }

    private Task RevokeAsync(HttpContext context)
    {
        var form = Read(Exchange.Of(context).Body);
        if (Client(form) is not { Options.RevokeEndpoint: true } client)
        {
            return HttpAnswer.HtmlAsync(context, StatusCodes.Status404NotFound, "<html><body><h1>404</h1></body></html>");
        }

        var token = form.GetValueOrDefault("token", "");
        state.Change(() => client.Tokens.Remove(token) | client.RefreshTokens.Remove(token));
        return AnswerAsync(context, StatusCodes.Status200OK, []);
    }

    private LawmaticsFirm? Client(Dictionary<string, string> form) =>
        state.FindFirm(form.GetValueOrDefault("client_id", "")) is { } firm && form.GetValueOrDefault("client_secret") == firm.Settings.ClientSecret ? firm : null;

    /// <summary>A code is used up by whoever presents it.</summary>
    private JsonObject? Exchanged(LawmaticsFirm client, Dictionary<string, string> form, DateTimeOffset now)
    {
        var isGood = client.Codes.Remove(form.GetValueOrDefault("code", ""), out var code)
            && now < code.Ends && form.GetValueOrDefault("redirect_uri") == code.RedirectUri;
        return isGood && state.FindFirm(code!.Firm) is { } firm ? Issue(firm, now) : null;
    }

    private static JsonObject? Refresh(LawmaticsFirm client, Dictionary<string, string> form, DateTimeOffset now)
    {
        var token = form.GetValueOrDefault("refresh_token", "");
        var isGood = client.Options.RotateRefreshTokens ? client.RefreshTokens.Remove(token) : client.RefreshTokens.Contains(token);
        return isGood ? Issue(client, now) : null;
    }

    /// <summary>JSON and forms are both taken.</summary>
    private static Dictionary<string, string> Read(RequestBody body)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in body.Fields)
        {
            form.TryAdd(name, value);
        }

        if (form.Count == 0 && Parse(body.Text) is { } json)
        {
            foreach (var (name, value) in json)
            {
                form[name] = value?.ToString() ?? "";
            }
        }

        return form;
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task ErrorAsync(HttpContext context, int status, string error, string description) =>
        AnswerAsync(context, status, new JsonObject { ["error"] = error, ["error_description"] = description });

    private static Task AnswerAsync(HttpContext context, int status, JsonObject answer)
    {
        context.Response.Headers.CacheControl = "no-store";
        return HttpAnswer.JsonAsync(context, status, answer, SandboxJson.Lawmatics);
    }
}
