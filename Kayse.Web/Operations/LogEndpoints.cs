using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Web.Access;
using Kayse.Web.Inbound;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Operations;

/// <summary>A firm's audit log and its raw inbound requests.</summary>
public static class LogEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapLogs(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet("/audit", GetAuditAsync).WithSummary("The audit log, newest first; ?format=csv for a spreadsheet.").Produces<Page<AuditEntry>>();
        company.MapGet("/inbound", (HttpContext context, InboundLog inbound) =>
            Paging.AnswerAsync(context, page => inbound.ListAsync(context.RouteCompany().Id, page.After, page.Limit, context.RequestAborted)))
            .WithSummary("Raw inbound requests with their outcome, newest first.").Produces<Page<InboundRequest>>();
        company.MapGet("/inbound/{id}", GetInboundAsync).WithSummary("One raw inbound request.").Produces<InboundRequest>();
        company.MapPost("/inbound/{id}/reprocess", ReprocessAsync).WithSummary("Takes a kept request up again, e.g. after the required fields were mended.").Produces<WebhookReceipt>();
    }

    private static async Task<IResult> GetAuditAsync(HttpContext context, AuditLog audit)
    {
        var company = context.RouteCompany().Id;
        if (context.Request.Query["format"] is ["csv"])
        {
            return Results.Stream(body => WriteCsvAsync(company, audit, body, context.RequestAborted), "text/csv; charset=utf-8", $"audit-{company}.csv");
        }

        return await Paging.AnswerAsync(context, page => audit.ListAsync(company, page.After, page.Limit, context.RequestAborted));
    }

    private static async Task WriteCsvAsync(CompanyId company, AuditLog audit, Stream body, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(body, leaveOpen: true);
        await writer.WriteLineAsync("at,crm,action,outcome,resource,subject,detail");
        string? after = null;
        do
        {
            (var items, after) = await audit.ListAsync(company, after, 500, cancellationToken);
            foreach (var item in items)
            {
                string?[] cells = [item.At.ToString("O"), item.Crm, item.Action, item.Outcome, item.Resource, item.Subject, item.Detail];
                await writer.WriteLineAsync(string.Join(',', cells.Select(Csv.Cell)));
            }
        }
        while (after is not null);
    }

    private static async Task<IResult> GetInboundAsync(HttpContext context, string id, InboundLog inbound) =>
        await inbound.FindAsync(context.RouteCompany().Id, id, context.RequestAborted) is { } found ? Results.Ok(found) : Problems.NotFound("There is no such request.");

    private static async Task<IResult> ReprocessAsync(HttpContext context, string id, LawRulerWebhook webhook) =>
        Ids.IsValid(id) && await webhook.ReprocessAsync(context.RouteCompany().Id, id, context.RequestAborted) is { } answer
            ? LawRulerWebhookEndpoint.Answer(answer)
            : Problems.WithErrors(StatusCodes.Status404NotFound, "Not found.", [new FieldError("id", "There is no such request that can be processed; one with a wrong token never is.")]);
}
