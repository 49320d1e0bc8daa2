using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Sync;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Web.Integrations;

/// <summary>What needs an admin's attention about a firm's connections to CRMs: the connections themselves, and workflows that ended badly of late.</summary>
internal static class IntegrationAttention
{
    private const int MostWorkflows = 10;

    private static readonly TimeSpan s_lately = TimeSpan.FromDays(7);

    /// <summary>The entries for the route's firm.</summary>
    public static async Task<IReadOnlyList<Attention>> OfAsync(HttpContext context)
    {
        var company = context.RouteCompany().Id;
        var failures = await context.RequestServices.GetRequiredService<IntegrationHealth>().FailuresAsync(company, context.RequestAborted);
        var entries = failures.Select(failure => new Attention("integration", failure.Crm, failure.Name, failure.Message, failure.Since)).ToList();
        if ((await context.RequestServices.GetRequiredService<LawmaticsConnections>().GetAsync(company, context.RequestAborted)).OtherAccount is { } other)
        {
            entries.Add(new Attention("integration", LawmaticsConnections.Crm, "Lawmatics", $"Somebody signed in to the account of another Lawmatics firm ({other.FirmId}). Say whether it shall be used: new or old.", null));
        }

        var from = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow() - s_lately;
        var failed = await context.RequestServices.GetRequiredService<FailedWorkflows>().ListAsync(company, from, MostWorkflows, context.RequestAborted);
        entries.AddRange(failed.Select(view => new Attention("workflow", view.Record.Id, view.Record.Name, FailedWorkflows.Message(view), view.Record.EndedAt)));
        return entries;
    }
}
