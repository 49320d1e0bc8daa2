using Kayse.Core.Companies;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Ends a firm's connection: the credentials go and what runs is stopped; records, mappings and settings stay.</summary>
public sealed class LawRulerDisconnect(LawRulerConnections connections, WorkflowRecords workflows, SyncHealth health, AuditLog audit, TimeProvider clock)
{
    /// <summary>What is said of a workflow that was stopped.</summary>
    public const string Stopped = "Stopped, since Law Ruler was disconnected. It goes on when Law Ruler is connected again.";

    private const int Page = 100;

    /// <summary>Disconnects; one that broke off may be repeated. Returns how many workflows were stopped; they go on when the firm is connected again.</summary>
    public async Task<int> RunAsync(CompanyId company, CancellationToken cancellationToken)
    {
        // The credentials first: what still runs then fails to send, and nothing new begins.
        await connections.DisconnectAsync(company, clock.GetUtcNow(), cancellationToken);
        var stopped = 0;
        string? after = null;
        do
        {
            var (items, next) = await workflows.ListAsync(company, WorkflowStates.Running, after, Page, cancellationToken);
            foreach (var view in items.Where(view => IsOurs(view.Record.Name)))
            {
                stopped += await workflows.TerminateAsync(company, view.Record.Id, cancellationToken, Stopped) ? 1 : 0;
            }

            after = next;
        }
        while (after is not null);

        await health.AcceptedAsync(company, LawRulerConnections.Crm, cancellationToken);
        await audit.WriteAsync(company, LawRulerConnections.Crm, "disconnect", "done", null, null, stopped > 0 ? $"{stopped} workflows were stopped." : null, cancellationToken);
        return stopped;
    }

    private static bool IsOurs(string workflow) => workflow == PostCallWorkflow.Name || workflow.StartsWith("LawRuler", StringComparison.Ordinal) || workflow.StartsWith("Status", StringComparison.Ordinal);
}
