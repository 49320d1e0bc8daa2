using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Sync;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Web.Integrations;

/// <summary>What needs an admin's attention about a firm's connection to Law Ruler: the connection itself, and workflows that ended badly of late.</summary>
internal static class IntegrationAttention
{
    private const int MostWorkflows = 10;

    private static readonly TimeSpan s_lately = TimeSpan.FromDays(7);

    /// <summary>The entries for the route's firm.</summary>
    public static async Task<IReadOnlyList<Attention>> OfAsync(HttpContext context)
    {
        var company = context.RouteCompany().Id;
        var failures = await context.RequestServices.GetRequiredService<IntegrationHealth>().FailuresAsync(company, context.RequestAborted);
        var entries = failures.Select(failure => new Attention("integration", LawRulerConnections.Crm, "Law Ruler", failure.Message, failure.Since)).ToList();
        var from = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow() - s_lately;
        var failed = await context.RequestServices.GetRequiredService<FailedWorkflows>().ListAsync(company, from, MostWorkflows, context.RequestAborted);
        entries.AddRange(failed.Select(view => new Attention("workflow", view.Record.Id, view.Record.Name, FailedWorkflows.Message(view), view.Record.EndedAt)));
        return entries;
    }
}
