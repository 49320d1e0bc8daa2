using Kayse.Core.Cases;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Fetches the notes of leads that had no case when their notes came, and have one now.</summary>
public sealed class WaitingNotes(WaitingLeads waiting, CaseStore cases, NoteSync notes)
{
    private const int LeadsATurn = 100;

    /// <summary>Looks through some of the leads, and reads a page of the first that has a case.</summary>
    public async Task<LawRulerSyncRead> ReadAsync(LawRulerSession session, LawRulerSyncState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(state);
        var (leads, next) = await waiting.ListAsync(session.Company, WaitingLeads.Unmatched, state.WaitingAfter, LeadsATurn, cancellationToken);
        string? before = state.WaitingAfter;
        foreach (var lead in leads)
        {
            if (await cases.FindAsync(session.Company, LawRulerConnections.Crm, lead.Lead.ToString(), cancellationToken) is not null)
            {
                // It is met again until its notes are read and it is off the list.
                var read = await notes.ReadOfAsync(session, lead, state with { WaitingAfter = before }, cancellationToken);
                return read with { IsLast = false };
            }

            before = lead.Lead.ToString();
        }

        return new LawRulerSyncRead(state with { WaitingAfter = next }, next is null, null);
    }
}
