using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Goes on with what a disconnection has stopped: each workflow runs again from the first step that was open. What is in Law Ruler already is found there.</summary>
public sealed class LawRulerResume(StoppedWork stopped, LawRulerWorkflows workflows, StatusPushes pushes)
{
    /// <summary>Starts them again; one that broke off may be repeated. Returns how many.</summary>
    public Task<int> RunAsync(CompanyId company, CancellationToken cancellationToken) =>
        stopped.ResumeAsync(company, LawRulerConnections.Crm, LawRulerDisconnect.Stopped, view => ResumeAsync(company, view, cancellationToken), cancellationToken);

    private async Task<bool> ResumeAsync(CompanyId company, WorkflowView view, CancellationToken cancellationToken)
    {
        // One that was run again since has gone on already. A sync or a replay is taken up by the next one of its kind.
        if (await workflows.LastRunAsync(company, view.Record.Id, cancellationToken) is not { } last || last.Id != view.Record.Id || LawRulerWorkflows.StepsOf(view.Record) is not [_, ..] steps)
        {
            return false;
        }

        if (view.Record.Name == StatusPushWorkflow.Name)
        {
            return await pushes.RerunAsync(company, view.Record, cancellationToken) is not null;
        }

        var ended = view.Steps.Where(step => step.State is "done" or "skipped").Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        return steps.FirstOrDefault(step => !ended.Contains(step)) is { } open && await workflows.RerunAsync(company, view.Record, open, only: false, cancellationToken) is not null;
    }
}
