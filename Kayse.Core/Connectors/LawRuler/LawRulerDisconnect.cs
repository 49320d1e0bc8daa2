using Kayse.Core.Companies;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Ends a firm's connection: the credentials go and what runs is stopped; records, mappings and settings stay.</summary>
public sealed class LawRulerDisconnect(LawRulerConnections connections, WorkflowRecords workflows, SyncHealth health, AuditLog audit, TimeProvider clock)
{
    /// <summary>What is said of a workflow that was stopped.</summary>
    public const string Stopped = "Stopped, since Law Ruler was disconnected. It goes on when Law Ruler is connected again.";

    /// <summary>Disconnects; one that broke off may be repeated. Returns how many workflows were stopped; they go on when the firm is connected again.</summary>
    public async Task<int> RunAsync(CompanyId company, CancellationToken cancellationToken)
    {
        // The credentials first: what still runs then fails to send, and nothing new begins.
        await connections.DisconnectAsync(company, clock.GetUtcNow(), cancellationToken);
        var stopped = await workflows.TerminateAllAsync(company, IsOurs, Stopped, cancellationToken);
        await health.AcceptedAsync(company, LawRulerConnections.Crm, cancellationToken);
        await audit.WriteAsync(company, LawRulerConnections.Crm, "disconnect", "done", null, null, stopped > 0 ? $"{stopped} workflows were stopped." : null, cancellationToken);
        return stopped;
    }

    private static bool IsOurs(string workflow) => workflow == PostCallWorkflow.Name || workflow.StartsWith("LawRuler", StringComparison.Ordinal) || workflow.StartsWith("Status", StringComparison.Ordinal);
}
