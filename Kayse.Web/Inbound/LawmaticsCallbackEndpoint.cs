using Kayse.Core.Connectors.Lawmatics;
using Kayse.Web.Access;
using Kayse.Web.Integrations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Inbound;

/// <summary>Where Lawmatics sends a person's browser back to. The page says how the sign-in ended and holds nothing else: the code is exchanged here, and the token stays here.</summary>
public static class LawmaticsCallbackEndpoint
{
    private const string Again = "Begin it again in Kayse, at the connection to Lawmatics.";
    private const int MaxCode = 500;

    /// <summary>Maps <c>GET /api/oauth/lawmatics/callback</c>.</summary>
    public static void MapLawmaticsCallback(this IEndpointRouteBuilder routes) =>
        routes.MapGet(LawmaticsAddresses.CallbackPath, EndAsync).WithSummary("The end of a sign-in to Lawmatics; answers with a plain page.");

    private static async Task<IResult> EndAsync(HttpContext context, LawmaticsConnect connect, Callers callers)
    {
        // The address holds a code: it goes to no cache and to no other site.
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        var query = context.Request.Query;
        var (state, code) = (One(query, "state"), query.ContainsKey("error") ? null : One(query, "code"));
        var end = await connect.FinishAsync(state, code?.Length <= MaxCode ? code : null, (company, caller) => callers.MayEndAsync(context, company, caller), context.RequestAborted);
        var (status, text) = Page(end);
        return Results.Text(text, "text/plain", statusCode: status);
    }

    private static string? One(IQueryCollection query, string name) => query[name] is [{ Length: > 0 } value] ? value : null;

    private static (int Status, string Text) Page(SignInEnd end) => end switch
    {
        SignInEnd.Connected => (StatusCodes.Status200OK, "Kayse is connected to Lawmatics. You may close this page."),
        SignInEnd.OtherFirm => (StatusCodes.Status409Conflict, "You signed in to the account of another Lawmatics firm than before. Nothing has been changed: go back to Kayse and say there, at the connection to Lawmatics, which account is right."),
        SignInEnd.NotTheCaller => (StatusCodes.Status403Forbidden, $"This sign-in was begun by somebody else. {Again}"),
        SignInEnd.Declined => (StatusCodes.Status400BadRequest, $"Lawmatics gave no access: it was declined there. {Again}"),
        SignInEnd.ClientRefused => (StatusCodes.Status400BadRequest, $"Lawmatics refused the client id or the client secret. Copy both again from Settings > Developers there. {Again}"),
        SignInEnd.CodeRefused => (StatusCodes.Status400BadRequest, $"Lawmatics refused the sign-in's code: it took too long, or the redirect URI is not exactly the one in the app's settings there. {Again}"),
        SignInEnd.TokenRefused => (StatusCodes.Status502BadGateway, $"Lawmatics gave a token that it does not take itself. Ask its support whether the firm's plan includes API access. {Again}"),
        SignInEnd.Unavailable => (StatusCodes.Status502BadGateway, $"Lawmatics did not answer as expected. Wait a minute. {Again}"),
        _ => (StatusCodes.Status400BadRequest, $"This sign-in to Lawmatics was not begun in Kayse, or has ended. {Again}"),
    };
}
