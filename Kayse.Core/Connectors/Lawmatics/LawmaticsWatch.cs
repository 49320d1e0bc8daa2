using Kayse.Core.Companies;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What is wrong with firms' connections to Lawmatics.</summary>
public sealed class LawmaticsWatch(LawmaticsConnections connections, TimeProvider clock)
{
    /// <summary>How the connections are watched for failures.</summary>
    public WatchedCrm Watch => new(LawmaticsConnections.Crm, FailuresAsync, view => view.Record.Name == LawmaticsSyncWorkflow.Name);

    private async Task<IReadOnlyList<IntegrationFailure>?> FailuresAsync(CompanyId company, SyncState state, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company, cancellationToken);
        if (!connection.IsActive)
        {
            return null;
        }

        var failures = new List<IntegrationFailure>();
        if (connection.ReconnectNeededSince is { } refused)
        {
            failures.Add(Failure("credentials", refused, LawmaticsReasons.ReconnectNeeded));
        }

        if (connection.Toggles.ReceiveData && connection.Settings.Polling.Enabled && state.FailingSince is { } failing && clock.GetUtcNow() - failing >= IntegrationHealth.Patience)
        {
            failures.Add(Failure("sync", failing, $"The sync with Lawmatics has not worked for three hours. {state.LastError}".TrimEnd()));
        }

        return failures;
    }

    private static IntegrationFailure Failure(string reason, DateTimeOffset since, string message) => new(LawmaticsConnections.Crm, "Lawmatics", reason, reason, since, message);
}
