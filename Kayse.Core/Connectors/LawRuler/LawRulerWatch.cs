using Kayse.Core.Companies;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>What is wrong with firms' connections to Law Ruler.</summary>
public sealed class LawRulerWatch(LawRulerConnections connections, LawRulerSyncStates syncs, TimeProvider clock)
{
    private static readonly TimeSpan s_longSync = TimeSpan.FromHours(1);

    /// <summary>How the connections are watched for failures.</summary>
    public WatchedCrm Watch => new(LawRulerConnections.Crm, FailuresAsync, view => LawRulerWorkflows.StepsOf(view.Record).Count > 0);

    private async Task<IReadOnlyList<IntegrationFailure>?> FailuresAsync(CompanyId company, SyncState state, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company, cancellationToken);
        if (!connection.IsActive)
        {
            return null;
        }

        var failures = state.Refused.OrderBy(pair => pair.Value).Select(pair => Failure("credentials", $"credentials.{pair.Key}", pair.Value, Refusal(pair.Key))).ToList();
        // Time in which none was due does not count, nor does time in which Kayse itself was away: the first sync after it is to show.
        if (connection.Receives && Latest(state.LastSync ?? connection.ConnectedAt, connection.ReceivesSince) is { } since && clock.GetUtcNow() - since >= IntegrationHealth.Patience
            && (state.FailingSince is not null || await GoesOnAsync(company, cancellationToken)))
        {
            failures.Add(Failure("sync", "sync", since, $"The sync with Law Ruler has not worked for three hours. {state.LastError ?? "None has come to its end."}"));
        }

        if (connection.Toggles is { ReceiveData: true, SyncCaseStatuses: true } && state.PullFailingSince is { } blind && clock.GetUtcNow() - blind >= IntegrationHealth.Patience)
        {
            failures.Add(Failure("statuses", "statuses", blind, $"Law Ruler's statuses could not be read for three hours. {state.LastPullError}".TrimEnd()));
        }

        return failures;
    }

    private static IntegrationFailure Failure(string reason, string key, DateTimeOffset since, string message) => new(LawRulerConnections.Crm, "Law Ruler", reason, key, since, message);

    private static string Refusal(string credential) => credential == SyncHealth.Key
        ? "Law Ruler refuses the firm's Key; nothing is sent. Connect again with the right one; what waits goes on by itself, and what was refused can be rerun."
        : "Law Ruler refuses the firm's Username, Password or Client Secret; nothing is fetched. Connect again with the right ones; what waits goes on by itself, and what was refused can be rerun.";

    // A sync that goes on and on has not worked either.
    private async Task<bool> GoesOnAsync(CompanyId company, CancellationToken cancellationToken) =>
        (await syncs.FindAsync(company, cancellationToken))?.Value is { Running: not null, BegunAt: { } begun } && clock.GetUtcNow() - begun >= s_longSync;

    private static DateTimeOffset? Latest(DateTimeOffset? one, DateTimeOffset? other) => other is null || one > other ? one : other;
}
