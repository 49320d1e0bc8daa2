using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Microsoft.Extensions.Logging;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Lays the leads of a page over their cases, by the webhook's own code: a post that never came is made good.</summary>
public sealed partial class LeadSync(LawRulerSyncPages pages, LeadUpsert upsert, CaseStore cases, WaitingLeads waiting, AuditLog audit, TimeProvider clock, ILogger<LeadSync> logger)
{
    /// <summary>Reads the next page.</summary>
    /// <returns>How the sync stands behind it; or what came in its place.</returns>
    public async Task<LawRulerSyncRead> ReadAsync(LawRulerSession session, LawRulerSyncState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(state);
        var readAt = clock.GetUtcNow();
        var cursor = state.Leads.Begin(readAt, session.Settings.Sync);
        var page = await pages.LeadsAsync(session, cursor, cancellationToken);
        if (page.Instead is not null)
        {
            return new LawRulerSyncRead(null, false, page.Instead);
        }

        var counts = state.Counts;
        foreach (var item in page.Items)
        {
            counts = await TryApplyAsync(session, item, cursor.From, readAt, counts, cancellationToken);
        }

        var isLast = page.IsLast || IsBehind(page, cursor.From, session.Settings.TimeZone);
        return new LawRulerSyncRead(state with { Leads = isLast ? cursor.End() : cursor.Behind(page.Items.Count), Counts = counts }, isLast, null);
    }

    // With the last change first, what comes behind a lead that did not change did not either.
    private static bool IsBehind(LawRulerSyncPage page, DateTimeOffset from, string timeZone) =>
        page.Times(timeZone) is { } times && times[^1] < Earliest(from) && times.Zip(times.Skip(1)).All(pair => pair.First >= pair.Second);

    // The clock's doubled hour may make a time look an hour later or earlier than it is.
    private static DateTimeOffset Earliest(DateTimeOffset from) => from.AddHours(-1);

    private async Task<LawRulerSyncCounts> TryApplyAsync(LawRulerSession session, JsonElement item, DateTimeOffset from, DateTimeOffset readAt, LawRulerSyncCounts counts, CancellationToken cancellationToken)
    {
        if (!LeadId.TryParse(JsonText.Text(item, "LeadId"), null, out var lead))
        {
            return counts with { Odd = counts.Odd + 1 };
        }

        if (LawRulerSyncPage.Changed(item, session.Settings.TimeZone) < Earliest(from))
        {
            return counts with { Unchanged = counts.Unchanged + 1 };
        }

        try
        {
            return await ApplyAsync(session, lead, item, readAt, counts, cancellationToken);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or StorageUnavailableException))
        {
            // One that cannot be kept must not hold up the others.
            Log.Fault(logger, session.Company.ToString(), lead.ToString(), fault.GetType().Name, FaultSite.Of(fault));
            return counts with { Odd = counts.Odd + 1 };
        }
    }

    private async Task<LawRulerSyncCounts> ApplyAsync(LawRulerSession session, LeadId lead, JsonElement item, DateTimeOffset readAt, LawRulerSyncCounts counts, CancellationToken cancellationToken)
    {
        var known = await cases.FindAsync(session.Company, LawRulerConnections.Crm, lead.ToString(), cancellationToken);
        var chosen = session.Settings.Sync.CaseTypes;
        if (known is null && chosen.Count > 0 && !chosen.Contains(JsonText.Text(item, "CaseType")?.Trim(), StringComparer.OrdinalIgnoreCase))
        {
            await MoveAsync(session, lead, WaitingLeads.Unmatched, WaitingLeads.Excluded, isAlways: true, cancellationToken);
            return counts with { OtherTypes = counts.OtherTypes + 1 };
        }

        // What Kayse has written since the page was asked for is newer than what the page says.
        var isStale = known is { StatusOrigin: CaseStatuses.Kayse } && known.StatusAt >= readAt;
        var post = LeadPost.Read(LeadItem.Fields(item, withStatus: !isStale), session.Settings.Webhook);
        var write = LeadWrite.OfSync(readAt) with { StatusSetAt = LawRulerSyncPage.Updated(item, session.Settings.TimeZone) };
        var (matter, result, _) = await upsert.ApplyAsync(session.Company, lead, post, session.Settings, write, cancellationToken);
        if (known is null || chosen.Count > 0)
        {
            // The notes that it had while it was left out come after it.
            await MoveAsync(session, lead, WaitingLeads.Excluded, WaitingLeads.Unmatched, isAlways: false, cancellationToken);
        }

        if (session.Settings.Sync.ReceiveDocuments)
        {
            await waiting.AddAsync(session.Company, WaitingLeads.Documents, lead, cancellationToken);
        }

        if (result == "unchanged")
        {
            return counts with { Unchanged = counts.Unchanged + 1 };
        }

        await audit.WriteAsync(session.Company, LawRulerConnections.Crm, "sync_lead", "done", lead.ToString(), matter.Id.ToString(), result, cancellationToken);
        return result == "created" ? counts with { Created = counts.Created + 1 } : counts with { Updated = counts.Updated + 1 };
    }

    private async Task MoveAsync(LawRulerSession session, LeadId lead, string from, string to, bool isAlways, CancellationToken cancellationToken)
    {
        if (isAlways || await waiting.ContainsAsync(session.Company, from, lead, cancellationToken))
        {
            await waiting.AddAsync(session.Company, to, lead, cancellationToken);
            await waiting.GoOnAsync(session.Company, from, lead, null, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Company}: lead {Lead} could not be kept: {Fault} at {Site}")]
        public static partial void Fault(ILogger logger, string company, string lead, string fault, string site);
    }
}

/// <summary>What reading a page came to.</summary>
/// <param name="After">How the sync stands behind it; null when it was not read.</param>
/// <param name="IsLast">True when the list is at its end.</param>
/// <param name="Instead">The reply that was no answer to the question.</param>
public sealed record LawRulerSyncRead(LawRulerSyncState? After, bool IsLast, LawRulerReply? Instead);
