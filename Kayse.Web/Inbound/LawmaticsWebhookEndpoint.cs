using Kayse.Core.Companies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Inbound;

/// <summary>
/// The address that Lawmatics' webhooks come to. No firm can be connected to it yet, so that nothing that comes here can prove where it comes from: it is kept
/// and answered as any other request without proof.
/// </summary>
public static class LawmaticsWebhookEndpoint
{
    /// <summary>The CRM's name.</summary>
    public const string Crm = "lawmatics";

    /// <summary>Maps <c>POST /api/webhooks/lawmatics/{company}</c>.</summary>
    public static void MapLawmaticsWebhook(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/webhooks/lawmatics/{company}", ReceiveAsync).WithSummary("A Lawmatics webhook.");
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
}
