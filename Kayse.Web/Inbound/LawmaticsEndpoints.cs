using Kayse.Core.Companies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Inbound;

/// <summary>
/// The addresses that Lawmatics calls. No firm can be connected to it yet, so that nothing that comes here can prove where it comes from: it is kept
/// and answered as any other request without proof.
/// </summary>
public static class LawmaticsEndpoints
{
    /// <summary>The CRM's name.</summary>
    public const string Crm = "lawmatics";

    /// <summary>Maps <c>POST /api/webhooks/lawmatics/{company}</c> and <c>GET /api/oauth/lawmatics/callback</c>.</summary>
    public static void MapLawmatics(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/webhooks/lawmatics/{company}", ReceiveAsync).WithSummary("A Lawmatics webhook.");
        routes.MapGet("/api/oauth/lawmatics/callback", EndSignIn).WithSummary("The end of a sign-in to Lawmatics; answers with a plain page.");
    }

    private static async Task<IResult> ReceiveAsync(HttpContext context, CompanyRegister companies)
    {
        if (CompanyId.TryParse((string?)context.Request.RouteValues["company"], null, out var company) && await companies.FindAsync(company, context.RequestAborted) is not null)
        {
            await UnauthorizedRequests.KeepAsync(context, company, Crm, "Lawmatics is not connected.");
        }

        return Results.Problem(
            statusCode: StatusCodes.Status401Unauthorized, title: "The webhook does not prove where it comes from.", detail: "Lawmatics is not connected, so that no webhook of its is expected.");
    }

    private static IResult EndSignIn() => Results.Text(
        "This sign-in to Lawmatics was not begun in Kayse, or has ended. Begin it again in Kayse, at the connection to Lawmatics.", "text/plain", statusCode: StatusCodes.Status400BadRequest);
}
