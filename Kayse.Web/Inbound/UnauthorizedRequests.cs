using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Web.Inbound;

/// <summary>Keeps the beginning of a CRM's request that did not prove where it came from, so that an admin can see what went wrong; it is never processed.</summary>
internal static class UnauthorizedRequests
{
    /// <summary>Keeps one, as far as the firm's daily count allows.</summary>
    public static async Task KeepAsync(HttpContext context, CompanyId company, string crm, string reason)
    {
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        var (raw, cut) = await InboundBody.ReadStartAsync(context.Request, context.RequestAborted);
        var request = new InboundRequest
        {
            Id = Ids.New("inb", clock),
            Crm = crm,
            ReceivedAt = clock.GetUtcNow(),
            State = "unauthorized",
            Reason = reason,
            ContentType = context.Request.ContentType,
            Raw = raw,
            Cut = cut,
        };
        await context.RequestServices.GetRequiredService<InboundLog>().StoreUnauthorizedAsync(company, request, context.RequestAborted);
    }
}
