using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// The messages and documents of a lead that are on their way to Law Ruler. One that was given up or refused stays due: it is sent again after the lead's next successful call,
/// and when somebody has the case synchronised.
/// </summary>
public sealed class LawRulerDue(IEntityStore store, WorkflowRecords records, LawRulerWorkflows workflows, TimeProvider clock)
{
    private const int MostAtOnce = 100;

    private static readonly TimeSpan s_starting = TimeSpan.FromMinutes(10);

    private readonly EntityTable<DueDelivery> _due = new(store, Tables.Links, static () => KayseJson.Default.DueDelivery);

    /// <summary>Starts a delivery; one that was started before is left alone.</summary>
    public async Task StartAsync(CompanyId company, LeadId lead, string workflow, string eventId, LawRulerSettings settings, CancellationToken cancellationToken)
    {
        if (await records.FindAsync(company, workflow, cancellationToken) is { Record.EndedAt: not null })
        {
            return;
        }

        await _due.InsertAsync(Partition(company, lead), workflow, new DueDelivery(eventId, clock.GetUtcNow()), cancellationToken);
        await workflows.StartTaskAsync(company, workflow, eventId, settings, cancellationToken);
    }

    /// <summary>Notes that a delivery, or a rerun of it, is settled.</summary>
    public async Task SettleAsync(CompanyId company, LeadId lead, string workflow, CancellationToken cancellationToken)
    {
        var (partition, row) = (Partition(company, lead), LawRulerWorkflows.First(workflow));
        while (await _due.GetAsync(partition, row, cancellationToken) is { } found && !await _due.DeleteAsync(partition, found, cancellationToken))
        {
            // Another writer was between.
        }
    }

    /// <summary>Sends what is due again, but for what is at it already; returns how many.</summary>
    public async Task<int> PushAsync(CompanyId company, LeadId lead, CancellationToken cancellationToken)
    {
        var pushed = 0;
        var (rows, _) = await _due.QueryAsync(Partition(company, lead), new RowRange(), MostAtOnce, cancellationToken);
        foreach (var row in rows)
        {
            var last = await workflows.LastRunAsync(company, row.Row, cancellationToken);
            if (last is null && clock.GetUtcNow() - row.Value.Since < s_starting)
            {
                // It is being started at this moment.
                continue;
            }

            if (last is null or { State: WorkflowStates.Completed } || (last.State == WorkflowStates.Terminated && last.Error != LawRulerDisconnect.Stopped))
            {
                // Its record is not kept any more, a crash came before it was settled, or an admin ended it.
                await SettleAsync(company, lead, row.Row, cancellationToken);
            }
            else if (last.EndedAt is not null && await workflows.RerunAsync(company, last, LawRulerTaskWorkflow.StepOf(row.Row), only: true, cancellationToken) is not null)
            {
                pushed++;
            }
        }

        return pushed;
    }

    private static string Partition(CompanyId company, LeadId lead) => Partitions.Of(company, $"due-{lead}");
}

/// <summary>A message or document that is not known to be in Law Ruler.</summary>
/// <param name="Event">The event that brought it.</param>
/// <param name="Since">Since when.</param>
public sealed record DueDelivery(string Event, DateTimeOffset Since);
