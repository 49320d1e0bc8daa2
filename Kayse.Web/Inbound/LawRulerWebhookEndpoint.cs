using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Inbound;

/// <summary>Where Law Ruler posts its leads.</summary>
public static class LawRulerWebhookEndpoint
{
    private const long MaxRequestBytes = 200L * 1024 * 1024;

    /// <summary>Maps <c>POST /api/webhooks/lawruler/{company}</c>.</summary>
    public static void MapLawRulerWebhook(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/webhooks/lawruler/{company}", PostAsync).WithSummary("A Law Ruler webhook: multipart, form, JSON or query; the token stands in the URL.").Produces<WebhookReceipt>();

    private static async Task<IResult> PostAsync(
        HttpContext context, CompanyRegister companies, WebhookCredentials credentials, InboundBody body, LawRulerWebhook webhook, TimeProvider clock)
    {
        var cancellationToken = context.RequestAborted;
        if (!CompanyId.TryParse((string?)context.Request.RouteValues["company"], null, out var company) || await companies.FindAsync(company, cancellationToken) is null)
        {
            return Unauthorized();
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxRequestBytes;
        }

        var token = context.Request.Query["token"] is [{ Length: > 0 and <= 512 } given] ? given : string.Empty;
        if (!await credentials.VerifyAsync(company, token, name => context.Request.Headers[name] is [{ } value] ? value : null, cancellationToken))
        {
            await UnauthorizedRequests.KeepAsync(context, company, LawRulerConnections.Crm, "The token in the URL, or the header, was wrong.");
            return Unauthorized();
        }

        var form = await body.ReadAsync(context.Request, company, Ids.New("inb", clock), cancellationToken);
        var answer = await webhook.ReceiveAsync(company, form, cancellationToken);
        return Answer(answer);
    }

    /// <summary>A webhook's outcome as HTTP says it.</summary>
    internal static IResult Answer(WebhookAnswer answer) => answer.Result switch
    {
        "rejected" => Problems.WithErrors(StatusCodes.Status400BadRequest, "The webhook was refused; nothing was changed.", answer.Errors),
        "queued" => Results.Json(new WebhookReceipt(answer.CaseId, answer.Result, answer.Warnings), statusCode: StatusCodes.Status202Accepted),
        _ => Results.Ok(new WebhookReceipt(answer.CaseId, answer.Result, answer.Warnings)),
    };

    private static IResult Unauthorized() => Results.Problem(
        statusCode: StatusCodes.Status401Unauthorized, title: "The webhook's URL or header is not right.", detail: "Copy the webhook URL again from Kayse into Law Ruler's API URL.");
}

/// <summary>The answer to a webhook.</summary>
/// <param name="CaseId">The case, or null.</param>
/// <param name="Result"><c>created</c>, <c>updated</c>, <c>unchanged</c>, <c>test</c> or <c>queued</c>.</param>
/// <param name="Warnings">What was odd.</param>
public sealed record WebhookReceipt(string? CaseId, string Result, IReadOnlyList<string> Warnings);
