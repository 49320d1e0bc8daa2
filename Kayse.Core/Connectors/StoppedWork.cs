using Kayse.Core.Companies;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors;

/// <summary>What the end of a connection has stopped, when the firm is connected again.</summary>
public sealed class StoppedWork(WorkflowRecords records, AuditLog audit)
{
    private const int Page = 100;

    /// <summary>Goes on with it; one that broke off may be repeated.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="crm">The CRM.</param>
    /// <param name="reason">What the records of what was stopped say.</param>
    /// <param name="resumeAsync">Starts one again; false when it has gone on already, or is taken up by another.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many go on.</returns>
    public async Task<int> ResumeAsync(CompanyId company, string crm, string reason, Func<WorkflowView, Task<bool>> resumeAsync, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resumeAsync);
        var resumed = 0;
        string? after = null;
        do
        {
            var (items, next) = await records.ListAsync(company, WorkflowStates.Terminated, after, Page, cancellationToken);
            foreach (var view in items.Where(view => view.Record.Error == reason))
            {
                resumed += await resumeAsync(view) ? 1 : 0;
            }

            after = next;
        }
        while (after is not null);

        if (resumed > 0)
        {
            await audit.WriteAsync(company, crm, "connect", "done", null, null, $"{resumed} workflows that the disconnection had stopped go on.", cancellationToken);
        }

        return resumed;
    }
}
