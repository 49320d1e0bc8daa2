using Kayse.Core.Cases.Import;
using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>What ended badly of late and has not been made good: of a workflow that was rerun only the newest run counts.</summary>
public sealed class FailedWorkflows(WorkflowRecords records, LawRulerWorkflows workflows)
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
            // A sync that failed is made good by the next; one that goes on failing is said of the connection.
            foreach (var view in items.Where(view => view.Record.EndedAt >= after && view.Record.Name != LawRulerSyncWorkflow.Name))
            {
                if (found < most && (await workflows.LastRunAsync(company, view.Record.Id, cancellationToken))?.Id == view.Record.Id)
                {
                    failed.Add(view);
                    found++;
                }
            }
        }

        return failed;
    }

    /// <summary>True for a workflow that sends something to Law Ruler and can be run again.</summary>
    public static bool IsChain(WorkflowView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return LawRulerWorkflows.StepsOf(view.Record).Count > 0;
    }

    /// <summary>What happened and what to do.</summary>
    public static string Message(WorkflowView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (!IsChain(view))
        {
            return view.Record.Name == ImportWorkflow.Name ? "The import ended without all rows. Read its report, mend the rows that it names, and import them again." : $"It ended without doing all. {view.Record.Error}".TrimEnd();
        }

        var step = view.Steps.FirstOrDefault(step => step.State is "refused" or "waiting");
        return (step is null
            ? $"It ended without doing all. {view.Record.Error} Rerun it when the cause is mended."
            : $"The step {step.Name} was not done. {step.Error} Rerun it from this step when the cause is mended.").Replace("  ", " ", StringComparison.Ordinal);
    }
}
