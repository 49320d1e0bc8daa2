using System.Net;
using System.Security.Cryptography;
using Kayse.Sandbox.State;
using Kayse.Sandbox.Traffic;
using Kayse.Sandbox.Webhooks;
using Microsoft.AspNetCore.WebUtilities;

namespace Kayse.Sandbox.Lawmatics.OAuth;

/// <summary>The page where an admin allows an application, or does not: <c>/lawmatics/oauth/authorize</c>.</summary>
internal sealed class AuthorizeRoutes(SandboxState state, SandboxOptions options)
{
    private const string Path = "/lawmatics/oauth/authorize";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ShowAsync);
        routes.MapPost(Path, DecideAsync);
    }

    private Task ShowAsync(HttpContext context)
    {
        var request = Request(name => context.Request.Query[name].FirstOrDefault());
        if (Firm(request) is not { } firm)
        {
            return RefuseAsync(context);
        }

        return request.ResponseType != "code"
            ? ErrorAsync(context, request, "unsupported_response_type", "The authorization server does not support this response type.")
            : firm.Options.AuthorizePage switch
            {
                AuthorizePage.Grant => GrantAsync(context, firm, request),
                AuthorizePage.Deny => DenyAsync(context, request),
                _ => HttpAnswer.HtmlAsync(context, StatusCodes.Status200OK, Page(firm, request)),
            };
    }

    private Task DecideAsync(HttpContext context)
    {
        var fields = Exchange.Of(context).Body.Fields;
        string? Field(string name) => fields.FirstOrDefault(f => f.Key == name).Value;
        var request = Request(Field);
        if (Firm(request) is not { } firm)
        {
            return RefuseAsync(context);
        }

        return Field("decision") == "allow" ? GrantAsync(context, firm, request) : DenyAsync(context, request);
    }

    private static AuthorizeRequest Request(Func<string, string?> read) =>
        new(read("client_id") ?? "", read("redirect_uri") ?? "", read("response_type") ?? "code", read("state"));

    /// <summary>The firm whose client may send its admin there; nobody is redirected to an address that was not registered.</summary>
    private LawmaticsFirm? Firm(AuthorizeRequest request)
    {
        var firm = state.FindFirm(request.ClientId);
        var mayUse = firm is not null && (firm.Options.RedirectUris.Count == 0
            ? LoopbackHandler.Allows(request.RedirectUri)
            : firm.Options.RedirectUris.Contains(request.RedirectUri, StringComparer.Ordinal));
        return mayUse ? firm : null;
    }

    private Task GrantAsync(HttpContext context, LawmaticsFirm firm, AuthorizeRequest request)
    {
        var code = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var ends = options.Clock.GetUtcNow().AddSeconds(firm.Options.CodeLifetimeSeconds);
        state.Change(() => firm.Codes[code] = new AuthorizationCode(request.RedirectUri, firm.Options.SignedInTo ?? firm.ClientId, ends));
        return BackAsync(context, request, new(StringComparer.Ordinal) { ["code"] = code });
    }

    private static Task DenyAsync(HttpContext context, AuthorizeRequest request) =>
        ErrorAsync(context, request, "access_denied", "The resource owner or authorization server denied the request.");

    private static Task ErrorAsync(HttpContext context, AuthorizeRequest request, string error, string description) =>
        BackAsync(context, request, new(StringComparer.Ordinal) { ["error"] = error, ["error_description"] = description });

    private static Task BackAsync(HttpContext context, AuthorizeRequest request, Dictionary<string, string?> query)
    {
        if (request.State is not null)
        {
            query["state"] = request.State;
        }

        context.Response.Redirect(QueryHelpers.AddQueryString(request.RedirectUri, query));
        return Task.CompletedTask;
    }

    private static Task RefuseAsync(HttpContext context) => HttpAnswer.HtmlAsync(
        context, StatusCodes.Status401Unauthorized, "<html><body><h1>An error has occurred</h1><p>The client or its redirect URI is not known.</p></body></html>");

    private static string Page(LawmaticsFirm firm, AuthorizeRequest request)
    {
        var inputs = new (string Name, string? Value)[]
        {
            ("client_id", request.ClientId), ("redirect_uri", request.RedirectUri), ("response_type", "code"), ("state", request.State),
        };
        var hidden = string.Concat(inputs.Where(i => i.Value is not null)
            .Select(i => $"<input type=\"hidden\" name=\"{i.Name}\" value=\"{WebUtility.HtmlEncode(i.Value)}\">"));
        return $"<!DOCTYPE html><html><head><title>Lawmatics (sandbox)</title></head><body><h1>Authorize {WebUtility.HtmlEncode(firm.ClientId)}?</h1>"
            + $"<p>It will be able to use all that {WebUtility.HtmlEncode(firm.Settings.FirmName)} keeps.</p><form method=\"post\" action=\"{Path}\">{hidden}"
            + "<button name=\"decision\" value=\"allow\">Authorize</button> <button name=\"decision\" value=\"deny\">Deny</button></form></body></html>";
    }

    private sealed record AuthorizeRequest(string ClientId, string RedirectUri, string ResponseType, string? State);
}
