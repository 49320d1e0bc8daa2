using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Web.Integrations;

/// <summary>What needs an admin's attention about a firm's connections to CRMs: the connections themselves, and workflows that ended badly of late.</summary>
internal static class IntegrationAttention
{
    private const int MostWorkflows = 10;
    private const int MostRecords = 100;

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

        var records = context.RequestServices.GetRequiredService<WorkflowRecords>();
        var from = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow() - s_lately;
        foreach (var state in new[] { WorkflowStates.Failed, WorkflowStates.CompletedWithProblems })
        {
            var (items, _) = await records.ListAsync(company, state, null, MostRecords, context.RequestAborted);
            // A sync that failed is made good by the next; one that goes on failing is said of the connection.
            entries.AddRange(items.Where(view => view.Record.EndedAt >= from && view.Record.Name != LawRulerSyncWorkflow.Name).Take(MostWorkflows).Select(To));
        }

        return entries;
    }

    private static Attention To(WorkflowView view)
    {
        var step = view.Steps.FirstOrDefault(step => step.State is "refused" or "waiting");
        var message = step is null
            ? $"It ended without doing all. {view.Record.Error} Rerun it when the cause is mended.".Replace("  ", " ", StringComparison.Ordinal)
            : $"The step {step.Name} was not done. {step.Error} Rerun it from this step when the cause is mended.".Replace("  ", " ", StringComparison.Ordinal);
        return new Attention("workflow", view.Record.Id, view.Record.Name, message, view.Record.EndedAt);
    }
}
