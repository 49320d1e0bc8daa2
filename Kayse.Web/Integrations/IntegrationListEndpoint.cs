using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Events;
using Kayse.Core.Webhooks;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>All of a firm's integrations at a glance.</summary>
public static class IntegrationListEndpoint
{
    /// <summary>Maps the route.</summary>
    public static void MapIntegrations(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet("/integrations", ListAsync).WithSummary("The firm's integrations, and what needs an admin's attention.").Produces<IntegrationsPage>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, LawRulerConnections lawRuler, LawmaticsConnections lawmatics, PendingWork pending, Subscriptions subscriptions)
    {
        var (page, problem) = Paging.Read(context.Request);
        if (page is null)
        {
            return problem!;
        }

        var webhooks = await subscriptions.AllAsync(context.RouteCompany().Id, context.RequestAborted);
        var attention = await IntegrationAttention.OfAsync(context);
        IReadOnlyList<object> items = page.After is null ? [await LawRulerView.OfAsync(context, lawRuler, pending), await LawmaticsView.OfAsync(context, lawmatics, pending)] : [];
        return Results.Ok(new IntegrationsPage(items, null, [.. attention, .. webhooks.Select(Attention.To).OfType<Attention>()]));
    }
}
