using Kayse.Core.Connectors.LawRuler;
using Kayse.Web.Access;
using Kayse.Web.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>Fetching what changed in Law Ruler: at once, and which leads have notes and no case.</summary>
public static class LawRulerSyncEndpoints
{
    private const string Base = "/integrations/lawruler";

    /// <summary>Maps the routes.</summary>
    public static void MapLawRulerSync(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapPost($"{Base}/sync", SyncAsync).WithSummary("Fetches what changed in Law Ruler now, besides each hour; 409 while a sync runs.").Produces<StartedWorkflow>(202);
        company.MapGet($"{Base}/unmatched", ListUnmatchedAsync).WithSummary("Leads that have notes and no case; when the case comes, the next sync fetches its notes.").Produces<Page<UnmatchedLeadView>>();
    }

    private static async Task<IResult> SyncAsync(HttpContext context, LawRulerSync sync)
    {
        var company = context.RouteCompany().Id;
        // Not the caller's token: a start that has begun is finished.
        var start = await sync.StartAsync(company, CancellationToken.None);
        return start is { Id: { } id, IsNew: true } ? Results.Accepted($"/api/companies/{company}/workflows/{id}", new StartedWorkflow(id))
            : Problems.Conflict("sync", start.Refusal ?? $"A sync runs: {start.Id}.");
    }

    private static Task<IResult> ListUnmatchedAsync(HttpContext context, WaitingLeads waiting) => Paging.AnswerAsync<UnmatchedLeadView>(context, async page =>
    {
        var (items, next) = await waiting.ListAsync(context.RouteCompany().Id, WaitingLeads.Unmatched, page.After, page.Limit, context.RequestAborted);
        return ([.. items.Select(item => new UnmatchedLeadView(item.Lead.ToString(), item.Since))], next);
    });
}

/// <summary>A lead that has notes and no case.</summary>
/// <param name="LeadId">The Lead ID.</param>
/// <param name="Since">When the first of its notes came.</param>
public sealed record UnmatchedLeadView(string LeadId, DateTimeOffset Since);
