using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Goes on with what a disconnection has stopped: each case is synchronised again, and a bulk sync goes on where it stood. What is in Lawmatics already is found there.</summary>
public sealed class LawmaticsResume(StoppedWork stopped, LawmaticsSyncStates states, LawmaticsSync sync, LawmaticsBulkSync bulk)
{
    /// <summary>Starts them again; one that broke off may be repeated. Returns how many.</summary>
    public Task<int> RunAsync(CompanyId company, CancellationToken cancellationToken) =>
        stopped.ResumeAsync(company, LawmaticsConnections.Crm, LawmaticsDisconnect.Stopped, view => ResumeAsync(company, view.Record, cancellationToken), cancellationToken);

    private async Task<bool> ResumeAsync(CompanyId company, WorkflowRecord record, CancellationToken cancellationToken)
    {
        if (record.Name == LawmaticsBulkWorkflow.Name)
        {
            return await bulk.ResumeAsync(company, record.Id, cancellationToken);
        }

        // One whose place another has taken since has gone on already.
        if (record.Name != LawmaticsSyncWorkflow.Name || !CaseId.TryParse(record.Subject, null, out var id)
            || await states.FindAsync(company, id, cancellationToken) is not { Value: var state } || state.Running != record.Id)
        {
            return false;
        }

        await sync.StartAsync(company, id, new LawmaticsSyncOrder(state.IsByHand, state.IsBulk), cancellationToken);
        return true;
    }
}
