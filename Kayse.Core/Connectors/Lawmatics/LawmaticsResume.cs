using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// Goes on with what a disconnection has stopped: each case is synchronised again, a bulk sync and a pull go on where they stood, and webhooks are taken up that were stopped
/// or came meanwhile. What is in Lawmatics already is found there.
/// </summary>
public sealed class LawmaticsResume(StoppedWork stopped, LawmaticsSyncStates states, LawmaticsSync sync, LawmaticsBulkSync bulk, LawmaticsWebhook webhook, LawmaticsPulls pulls)
{
    /// <summary>Starts them again; one that broke off may be repeated. Returns how many.</summary>
    public async Task<int> RunAsync(CompanyId company, CancellationToken cancellationToken) =>
        await stopped.ResumeAsync(company, LawmaticsConnections.Crm, LawmaticsDisconnect.Stopped, view => ResumeAsync(company, view.Record, cancellationToken), cancellationToken)
        + await webhook.ResumeQueuedAsync(company, cancellationToken);

    private Task<bool> ResumeAsync(CompanyId company, WorkflowRecord record, CancellationToken cancellationToken) => record.Name switch
    {
        LawmaticsBulkWorkflow.Name => bulk.ResumeAsync(company, record.Id, cancellationToken),
        LawmaticsEventWorkflow.Name => webhook.ResumeAsync(company, record, cancellationToken),
        LawmaticsPullWorkflow.Name => pulls.ResumeAsync(company, record, cancellationToken),
        LawmaticsSyncWorkflow.Name => ResumeSyncAsync(company, record, cancellationToken),
        _ => Task.FromResult(false),
    };

    private async Task<bool> ResumeSyncAsync(CompanyId company, WorkflowRecord record, CancellationToken cancellationToken)
    {
        // One whose place another has taken since has gone on already.
        if (!CaseId.TryParse(record.Subject, null, out var id) || await states.FindAsync(company, id, cancellationToken) is not { Value: var state } || state.Running != record.Id)
        {
            return false;
        }

        await sync.StartAsync(company, id, new LawmaticsSyncOrder(state.IsByHand, state.IsBulk), cancellationToken);
        return true;
    }
}
