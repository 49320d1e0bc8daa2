using Kayse.Core.Companies;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Ends a firm's connection: the token goes and what runs is stopped; links, mappings and settings stay, so that nothing is made twice when the firm connects again.</summary>
public sealed class LawmaticsDisconnect(LawmaticsConnections connections, LawmaticsTokens tokens, LawmaticsOAuth oauth, WorkflowRecords workflows, SyncHealth health, AuditLog audit)
{
    /// <summary>Every workflow of this connector's has a name that begins so.</summary>
    public const string WorkflowPrefix = "Lawmatics";

    /// <summary>What is said of a workflow that was stopped.</summary>
    public const string Stopped = "Stopped, since Lawmatics was disconnected. It goes on when Lawmatics is connected again.";

    /// <summary>Disconnects; one that broke off may be repeated.</summary>
    public async Task<LawmaticsDisconnected> RunAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var (client, token) = (await connections.ClientAsync(company, cancellationToken), await connections.TokenAsync(company, TimeSpan.Zero, cancellationToken));
        // Deleted before it is revoked: what still runs then has no token to be refused with, and nothing new begins.
        await using (await tokens.HoldAsync(company, cancellationToken))
        {
            await connections.DisconnectAsync(company, cancellationToken);
        }

        var revoked = client is not null && token is not null ? await oauth.RevokeAsync(client, token.Text, cancellationToken) : null;
        var stopped = await workflows.TerminateAllAsync(company, name => name.StartsWith(WorkflowPrefix, StringComparison.Ordinal), Stopped, cancellationToken);
        await health.AcceptedAsync(company, LawmaticsConnections.Crm, cancellationToken);
        var message = revoked == true
            ? "The token was revoked and deleted."
            : $"The token was deleted.{(revoked == false ? " Revoking it did not work." : "")} Lawmatics keeps it valid: remove the app there, under Settings > Developers, to end its access for good.";
        await audit.WriteAsync(company, LawmaticsConnections.Crm, "disconnect", "done", null, null, stopped > 0 ? $"{message} {stopped} workflows were stopped." : message, cancellationToken);
        return new LawmaticsDisconnected(revoked, stopped, message);
    }
}

/// <summary>How a connection ended.</summary>
/// <param name="Revoked">True when the token was revoked, false when that did not work, null when the operator has set no address for it.</param>
/// <param name="Stopped">How many workflows were stopped; they go on when the firm is connected again.</param>
/// <param name="Message">What is left to do.</param>
public sealed record LawmaticsDisconnected(bool? Revoked, int Stopped, string Message);
