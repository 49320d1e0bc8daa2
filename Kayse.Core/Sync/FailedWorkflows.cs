using Kayse.Core.Cases;
using Kayse.Core.Cases.Import;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Workflows;

namespace Kayse.Core.Sync;

/// <summary>What ended badly of late and has not been made good: of a workflow that was rerun only the newest run counts.</summary>
public sealed class FailedWorkflows(WorkflowRecords records, LawRulerWorkflows workflows, LawmaticsSyncStates syncs)
{
    private const int MostRecords = 100;

    /// <summary>The workflows that ended badly after a time, those that were begun last first.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="after">The time.</param>
    /// <param name="most">How many of each state.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<WorkflowView>> ListAsync(CompanyId company, DateTimeOffset after, int most, CancellationToken cancellationToken)
    {
        var failed = new List<WorkflowView>();
        foreach (var state in new[] { WorkflowStates.Failed, WorkflowStates.CompletedWithProblems })
        {
            var (items, _) = await records.ListAsync(company, state, null, MostRecords, cancellationToken);
            var found = 0;
            // A sync that failed is made good by the next, and one that goes on failing is said of the connection; of a bulk sync each matter says it by itself.
            foreach (var view in items.Where(view => view.Record.EndedAt >= after && view.Record.Name is not (LawRulerSyncWorkflow.Name or LawmaticsBulkWorkflow.Name)))
            {
                if (found < most && await IsLastAsync(company, view.Record, cancellationToken))
                {
                    failed.Add(view);
                    found++;
                }
            }
        }

        return failed;
    }

    /// <summary>What happened and what to do.</summary>
    public static string Message(WorkflowView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.Record.Name != LawmaticsSyncWorkflow.Name && LawRulerWorkflows.StepsOf(view.Record).Count == 0)
        {
            return view.Record.Name == ImportWorkflow.Name ? "The import ended without all rows. Read its report, mend the rows that it names, and import them again." : $"It ended without doing all. {view.Record.Error}".TrimEnd();
        }

        var step = view.Steps.FirstOrDefault(step => step.State is "refused" or "waiting");
        return (step is null
            ? $"It ended without doing all. {view.Record.Error} Rerun it when the cause is mended."
            : $"The step {step.Name} was not done. {step.Error} Rerun it from this step when the cause is mended.").Replace("  ", " ", StringComparison.Ordinal);
    }

    private async Task<bool> IsLastAsync(CompanyId company, WorkflowRecord record, CancellationToken cancellationToken)
    {
        if (record.Name == LawmaticsSyncWorkflow.Name && CaseId.TryParse(record.Subject, null, out var id))
        {
            return (await syncs.FindAsync(company, id, cancellationToken))?.Value is { } state && (state.Running ?? state.Last) == record.Id;
        }

        return (await workflows.LastRunAsync(company, record.Id, cancellationToken))?.Id == record.Id;
    }
}
