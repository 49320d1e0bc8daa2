using System.Globalization;
using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.Lawmatics;
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
    private const int MaxFilter = 200;

    /// <summary>Maps the routes.</summary>
    public static void MapLogs(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet("/audit", GetAuditAsync)
            .WithSummary("The audit log, newest first; ?crm=, ?action=, ?outcome=, ?resource=, ?subject=, ?from= and ?before= (times) narrow it, ?format=csv gives all of that as a file.").Produces<Page<AuditEntry>>();
        company.MapGet("/inbound", ListInboundAsync)
            .WithSummary("Raw inbound requests with their outcome, newest first; ?crm=, ?state= and ?eventType= narrow it.").Produces<Page<InboundRequest>>();
        company.MapGet("/inbound/{id}", GetInboundAsync).WithSummary("One raw inbound request.").Produces<InboundRequest>();
        company.MapPost("/inbound/{id}/reprocess", ReprocessAsync).WithSummary("Takes a kept request up again, e.g. after the required fields were mended.").Produces<WebhookReceipt>().Produces<LawmaticsReceipt>(202);
    }

    private static async Task<IResult> GetAuditAsync(HttpContext context, AuditLog audit)
    {
        var company = context.RouteCompany().Id;
        var errors = new List<FieldError>();
        var filter = new AuditFilter(
            Text(context, "crm", errors), Text(context, "action", errors), Text(context, "outcome", errors), Text(context, "resource", errors), Text(context, "subject", errors),
            Time(context, "from", errors), Time(context, "before", errors));
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        return context.Request.Query["format"] is ["csv"]
            ? Results.Stream(body => WriteCsvAsync(company, audit, filter, body, context.RequestAborted), "text/csv; charset=utf-8", $"audit-{company}.csv")
            : await Paging.AnswerAsync(context, page => ListAsync(company, audit, filter, page.After, page.Limit, context.RequestAborted));
    }

    private static Task<(IReadOnlyList<AuditEntry> Items, string? Next)> ListAsync(
        CompanyId company, AuditLog audit, AuditFilter filter, string? after, int limit, CancellationToken cancellationToken) =>
        filter.IsAll ? audit.ListAsync(company, after, limit, cancellationToken) : audit.ListAsync(company, filter, after, limit, cancellationToken);

    private static async Task WriteCsvAsync(CompanyId company, AuditLog audit, AuditFilter filter, Stream body, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(body, leaveOpen: true);
        await writer.WriteLineAsync("at,crm,action,outcome,resource,subject,detail,payload");
        string? after = null;
        do
        {
            (var items, after) = await ListAsync(company, audit, filter, after, 500, cancellationToken);
            foreach (var item in items)
            {
                string?[] cells = [item.At.ToString("O"), item.Crm, item.Action, item.Outcome, item.Resource, item.Subject, item.Detail, item.Payload];
                await writer.WriteLineAsync(string.Join(',', cells.Select(Csv.Cell)));
            }
        }
        while (after is not null);
    }

    private static async Task<IResult> ListInboundAsync(HttpContext context, InboundLog inbound)
    {
        var errors = new List<FieldError>();
        var filter = new InboundFilter(Text(context, "crm", errors), Text(context, "state", errors), Text(context, "eventType", errors));
        var company = context.RouteCompany().Id;
        return errors.Count > 0 ? Problems.Invalid(errors)
            : await Paging.AnswerAsync(context, page => filter == new InboundFilter(null, null, null)
                ? inbound.ListAsync(company, page.After, page.Limit, context.RequestAborted)
                : inbound.ListAsync(company, filter, page.After, page.Limit, context.RequestAborted));
    }

    private static async Task<IResult> GetInboundAsync(HttpContext context, string id, InboundLog inbound) =>
        await inbound.FindAsync(context.RouteCompany().Id, id, context.RequestAborted) is { } found ? Results.Ok(found) : Problems.NotFound("There is no such request.");

    private static async Task<IResult> ReprocessAsync(HttpContext context, string id, LawRulerWebhook webhook, LawmaticsWebhook lawmatics)
    {
        var company = context.RouteCompany().Id;
        if (Ids.IsValid(id) && await webhook.ReprocessAsync(company, id, context.RequestAborted) is { } answer)
        {
            return LawRulerWebhookEndpoint.Answer(answer);
        }

        // Not the caller's token: a start that has begun is finished.
        return Ids.IsValid(id) && await lawmatics.ReprocessAsync(company, id, CancellationToken.None) is { } receipt
            ? Results.Json(receipt, statusCode: StatusCodes.Status202Accepted)
            : Problems.WithErrors(StatusCodes.Status404NotFound, "Not found.", [new FieldError("id", "There is no such request that can be processed; one with a wrong token or signature never is.")]);
    }

    private static string? Text(HttpContext context, string name, List<FieldError> errors)
    {
        if (context.Request.Query[name] is not [{ Length: > 0 } text])
        {
            if (context.Request.Query[name].Count > 1)
            {
                errors.Add(new FieldError(name, "Expected one value."));
            }

            return null;
        }

        if (text.Length > MaxFilter)
        {
            errors.Add(new FieldError(name, $"Expected a text of at most {MaxFilter} characters."));
        }

        return text;
    }

    private static DateTimeOffset? Time(HttpContext context, string name, List<FieldError> errors)
    {
        if (Text(context, name, errors) is not { } text)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.UtcDateTime.Year is > 1970 and < 2200)
        {
            return time.ToUniversalTime();
        }

        errors.Add(new FieldError(name, "Expected a time or a day, e.g. 2026-11-20T15:00:00Z or 2026-11-20."));
        return null;
    }
}
