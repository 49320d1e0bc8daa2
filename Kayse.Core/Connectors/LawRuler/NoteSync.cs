using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Puts Law Ruler's notes and messages onto their cases, each once: what is there is skipped by its id, what Kayse wrote itself is left out, and a lead without a case is listed.</summary>
public sealed partial class NoteSync(LawRulerSyncPages pages, Notes notes, OwnWrites own, CaseStore cases, WaitingLeads waiting, TimeProvider clock, ILogger<NoteSync> logger)
{
    /// <summary>Reads the next page of what changed.</summary>
    /// <returns>How the sync stands behind it; or what came in its place.</returns>
    public async Task<LawRulerSyncRead> ReadAsync(LawRulerSession session, LawRulerSyncState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(state);
        var cursor = state.Notes.Begin(clock.GetUtcNow(), session.Settings.Sync);
        var page = await pages.NotesAsync(session, cursor, cancellationToken);
        if (page.Instead is not null)
        {
            return new LawRulerSyncRead(null, false, page.Instead);
        }

        var counts = state.Counts;
        foreach (var item in page.Items)
        {
            counts = await TryKeepAsync(session, item, counts, cancellationToken);
        }

        return new LawRulerSyncRead(state with { Notes = page.IsLast ? cursor.End() : Behind(cursor, page, session.Settings.TimeZone), Counts = counts }, page.IsLast, null);
    }

    /// <summary>Reads the next page of one lead's notes, whose case has come after them.</summary>
    public async Task<LawRulerSyncRead> ReadOfAsync(LawRulerSession session, WaitingLead lead, LawRulerSyncState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(lead);
        ArgumentNullException.ThrowIfNull(state);
        var cursor = new LawRulerSyncCursor { Page = lead.Page, Seen = lead.Seen };
        var page = await pages.NotesOfAsync(session, lead.Lead, cursor, cancellationToken);
        if (page.Instead is not null)
        {
            return new LawRulerSyncRead(null, false, page.Instead);
        }

        var counts = state.Counts;
        foreach (var item in page.Items)
        {
            counts = await TryKeepAsync(session, item, counts, cancellationToken, lead.Lead);
        }

        counts = !page.IsLast && lead.IsEndless ? counts with { Odd = counts.Odd + 1 } : counts;
        await waiting.GoOnAsync(session.Company, WaitingLeads.Unmatched, lead.Lead, lead.Behind(page), cancellationToken);
        return new LawRulerSyncRead(state with { Counts = counts }, page.IsLast, null);
    }

    /// <summary>
    /// Where the page shows that the list goes by the time of the change, the next one asks from the page's last time on, so that a note that changes
    /// meanwhile moves none across the edge of a page. Otherwise it is the next page by number.
    /// </summary>
    private static LawRulerSyncCursor Behind(LawRulerSyncCursor cursor, LawRulerSyncPage page, string timeZone)
    {
        var isByTime = page.Times(timeZone) is { } times && times[0] < times[^1] && times.Zip(times.Skip(1)).All(pair => pair.First <= pair.Second);
        if (!isByTime)
        {
            return cursor.Behind(page.Items.Count);
        }

        var last = LawRulerSyncPage.Changed(page.Items[^1], timeZone)!.Value;
        return string.CompareOrdinal(LawRulerTime.WriteFrom(last, timeZone), LawRulerTime.WriteFrom(cursor.From, timeZone)) > 0 ? cursor.BehindAt(last) : cursor.Behind(page.Items.Count);
    }

    private async Task<LawRulerSyncCounts> TryKeepAsync(LawRulerSession session, JsonElement item, LawRulerSyncCounts counts, CancellationToken cancellationToken, LeadId? of = null)
    {
        if ((JsonText.Text(item, "Text") ?? JsonText.Text(item, "Note")) is not { } text || !TryLead(item, of, out var lead))
        {
            return counts with { Odd = counts.Odd + 1 };
        }

        try
        {
            return await KeepAsync(session, lead, item, text, counts, cancellationToken);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or StorageUnavailableException))
        {
            // One that cannot be kept must not hold up the others.
            Log.Fault(logger, session.Company.ToString(), lead.ToString(), fault.GetType().Name, FaultSite.Of(fault));
            return counts with { Odd = counts.Odd + 1 };
        }
    }

    private static bool TryLead(JsonElement item, LeadId? of, out LeadId lead)
    {
        if (LeadId.TryParse(JsonText.Text(item, "LeadId"), null, out lead))
        {
            return true;
        }

        lead = of ?? default;
        return of is not null;
    }

    private async Task<LawRulerSyncCounts> KeepAsync(LawRulerSession session, LeadId lead, JsonElement item, string text, LawRulerSyncCounts counts, CancellationToken cancellationToken)
    {
        var id = OwnWrites.NoteId(item);
        if (await own.HasNoteAsync(session.Company, id, text, cancellationToken))
        {
            return counts with { Own = counts.Own + 1 };
        }

        if (await cases.FindAsync(session.Company, LawRulerConnections.Crm, lead.ToString(), cancellationToken) is not { } matter)
        {
            if (!await waiting.ContainsAsync(session.Company, WaitingLeads.Excluded, lead, cancellationToken))
            {
                await waiting.AddAsync(session.Company, WaitingLeads.Unmatched, lead, cancellationToken);
            }

            return counts with { Unmatched = counts.Unmatched + 1 };
        }

        var written = JsonText.Text(item, "CreateDate");
        var note = new NoteText(JsonText.Text(item, "Category"), JsonText.Text(item, "Title"), text, LawRulerTime.Read(written, session.Settings.TimeZone));
        return await notes.AddAsync(session.Company, matter.Id, LawRulerConnections.Crm, id ?? Fingerprint(written, text), note, cancellationToken)
            ? counts with { Notes = counts.Notes + 1 }
            : counts with { Known = counts.Known + 1 };
    }

    // A note without an id is known again by what it says.
    private static string Fingerprint(string? written, string text) => $"h-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{written}\n{text}")))[..40]}";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Company}: a note of lead {Lead} could not be kept: {Fault} at {Site}")]
        public static partial void Fault(ILogger logger, string company, string lead, string fault, string site);
    }
}
