using Kayse.Core.Cases;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Fetches the notes of leads that had no case when their notes came, and have one now. A lead that cannot be read holds up none behind it.</summary>
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
            if (waiting.IsOld(lead))
            {
                await waiting.GoOnAsync(session.Company, WaitingLeads.Unmatched, lead.Lead, null, cancellationToken);
            }
            else if (!waiting.IsPutOff(lead) && await cases.FindAsync(session.Company, LawRulerConnections.Crm, lead.Lead.ToString(), cancellationToken) is not null)
            {
                // It is met again until its notes are read and it is off the list.
                var standing = state with { WaitingAfter = before };
                var read = await notes.ReadOfAsync(session, lead, standing, cancellationToken);
                return read.Instead is null ? read with { IsLast = false } : await FailedAsync(session, lead, standing, read.Instead, cancellationToken);
            }

            before = lead.Lead.ToString();
        }

        return new LawRulerSyncRead(state with { WaitingAfter = next }, next is null, null);
    }

    private async Task<LawRulerSyncRead> FailedAsync(LawRulerSession session, WaitingLead lead, LawRulerSyncState state, LawRulerReply instead, CancellationToken cancellationToken)
    {
        if (instead.Answer?.Kind == AnswerKind.LeadUnknown)
        {
            await waiting.GoOnAsync(session.Company, WaitingLeads.Unmatched, lead.Lead, null, cancellationToken);
            return new LawRulerSyncRead(state, false, null);
        }

        return LawRulerSyncOutcomes.MayBeOfOne(instead) && waiting.IsPutOff(await waiting.FailedAsync(session.Company, WaitingLeads.Unmatched, lead, null, cancellationToken))
            ? new LawRulerSyncRead(state with { Counts = state.Counts with { Odd = state.Counts.Odd + 1 } }, false, null)
            : new LawRulerSyncRead(null, false, instead);
    }
}
