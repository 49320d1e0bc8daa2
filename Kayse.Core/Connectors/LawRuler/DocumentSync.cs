using System.Globalization;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// Fetches the documents of leads that are new or changed onto their cases, each once by its id. Law Ruler's own guide says that documents go one way, so it is
/// done only where a firm has switched it on. What Kayse uploaded stays out.
/// </summary>
public sealed class DocumentSync(LawRulerClient client, LawRulerSyncPages pages, WaitingLeads waiting, OwnWrites own, CaseStore cases, CaseDocuments documents)
{
    // Few a turn: what a turn has fetched is counted before the next, and the rate limit stays open for others.
    private const int FetchedATurn = 3;

    /// <summary>Looks through a page of the documents of the next lead.</summary>
    /// <returns>How the sync stands behind it; or what came in its place.</returns>
    public async Task<LawRulerSyncRead> ReadAsync(LawRulerSession session, LawRulerSyncState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(state);
        if (await waiting.NextAsync(session.Company, WaitingLeads.Documents, cancellationToken) is not { } lead)
        {
            return new LawRulerSyncRead(state, true, null);
        }

        var matter = waiting.IsOld(lead) ? null : await cases.FindAsync(session.Company, LawRulerConnections.Crm, lead.Lead.ToString(), cancellationToken);
        var page = matter is null ? null : await pages.DocumentsOfAsync(session, lead.Lead, new LawRulerSyncCursor { Page = lead.Page, Seen = lead.Seen }, cancellationToken);
        if (matter is null || page!.Instead?.Answer?.Kind == AnswerKind.LeadUnknown)
        {
            await waiting.GoOnAsync(session.Company, WaitingLeads.Documents, lead.Lead, null, cancellationToken);
            return new LawRulerSyncRead(state, false, null);
        }

        return page.Instead is not null ? await FailedAsync(session, state, lead, null, page.Instead, cancellationToken) : await FetchAsync(session, state, lead, matter.Id, page, cancellationToken);
    }

    private async Task<LawRulerSyncRead> FailedAsync(LawRulerSession session, LawRulerSyncState state, WaitingLead lead, string? document, LawRulerReply instead, CancellationToken cancellationToken) =>
        LawRulerSyncOutcomes.MayBeOfOne(instead) && waiting.IsPutOff(await waiting.FailedAsync(session.Company, WaitingLeads.Documents, lead, document, cancellationToken))
            ? new LawRulerSyncRead(state with { Counts = state.Counts with { Odd = state.Counts.Odd + 1 } }, false, null)
            : new LawRulerSyncRead(null, false, instead);

    private async Task<LawRulerSyncRead> FetchAsync(LawRulerSession session, LawRulerSyncState state, WaitingLead lead, CaseId caseId, LawRulerSyncPage page, CancellationToken cancellationToken)
    {
        var counts = state.Counts;
        var fetched = 0;
        foreach (var item in page.Items)
        {
            if (OwnWrites.DocumentId(item) is not { } id || await IsOwnAsync(session, id, item, cancellationToken) || await documents.ContainsAsync(session.Company, caseId, LawRulerConnections.Crm, id, cancellationToken))
            {
                continue;
            }

            if (fetched == FetchedATurn)
            {
                return new LawRulerSyncRead(state with { Counts = counts }, false, null);
            }

            if (await FetchAsync(session, caseId, id, item, IsGivenUp(lead, id), cancellationToken) is { } instead)
            {
                return fetched > 0 ? new LawRulerSyncRead(state with { Counts = counts }, false, null) : await FailedAsync(session, state, lead, id, instead, cancellationToken);
            }

            fetched++;
            counts = counts with { Documents = counts.Documents + 1 };
        }

        counts = !page.IsLast && lead.IsEndless ? counts with { Odd = counts.Odd + 1 } : counts;
        await waiting.GoOnAsync(session.Company, WaitingLeads.Documents, lead.Lead, lead.Behind(page), cancellationToken);
        return new LawRulerSyncRead(state with { Counts = counts }, false, null);
    }

    // The try after the last that counts: it is made, and whatever comes of it is the end.
    private static bool IsGivenUp(WaitingLead lead, string document) => lead.At == document && lead.Tries >= WaitingLead.MostTries;

    /// <summary>Fetches one document; what can never be fetched is on the case with the reason. Returns the reply when it is to be tried again.</summary>
    private async Task<LawRulerReply?> FetchAsync(LawRulerSession session, CaseId caseId, string externalId, JsonElement item, bool isLastTry, CancellationToken cancellationToken)
    {
        var id = CaseDocuments.Id(LawRulerConnections.Crm, externalId);
        var path = session.Settings.Sync.DownloadPath.Replace("{documentId}", Uri.EscapeDataString(externalId), StringComparison.Ordinal);
        var name = JsonText.Text(item, "Name") is { } given && !string.IsNullOrWhiteSpace(given) ? given.Trim() : $"document-{externalId}";
        var mayBePage = name.EndsWith(".html", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".htm", StringComparison.OrdinalIgnoreCase);
        var (most, isTooLarge) = (session.Settings.Sync.MaxDocumentMegabytes * 1024L * 1024, false);
        var reply = await client.DownloadAsync(session, path, mayBePage, KeepAsync, cancellationToken);
        var problem = Problem(session.Settings.Sync, item, reply, isTooLarge, isLastTry);
        if (problem is null && reply.Answer?.Kind != AnswerKind.Success)
        {
            return reply;
        }

        var document = new CaseDocument
        {
            Id = id,
            ExternalSource = LawRulerConnections.Crm,
            ExternalSourceId = externalId,
            Name = name,
            Folder = JsonText.Text(item, "Folder"),
            Problem = problem,
        };
        await documents.AddAsync(session.Company, caseId, document, cancellationToken);
        return null;

        async Task KeepAsync(Stream content, string? contentType, CancellationToken token)
        {
            await using var bounded = new BoundedStream(content, most);
            try
            {
                await documents.KeepAsync(session.Company, caseId, id, contentType, bounded, token);
            }
            catch (StreamTooLongException)
            {
                isTooLarge = true;
            }
        }
    }

    private static string? Problem(LawRulerSyncSettings sync, JsonElement item, LawRulerReply reply, bool isTooLarge, bool isLastTry) =>
        JsonText.Number(item, "Size") is 0 ? "The document is empty."
        : isTooLarge ? $"The document is larger than {sync.MaxDocumentMegabytes} MB (setting sync.maxDocumentMegabytes)."
        : reply.Answer?.Kind is AnswerKind.PathUnknown or AnswerKind.Refused ? "Law Ruler refused to give the document."
        : isLastTry && reply.Answer?.Kind != AnswerKind.Success && LawRulerSyncOutcomes.MayBeOfOne(reply) ? "Law Ruler did not give the document in several tries over hours."
        : null;

    // By the id that was recorded, or by the metadata that it bears; a recording of a portal that keeps neither is known by its folder and its name.
    private async Task<bool> IsOwnAsync(LawRulerSession session, string id, JsonElement item, CancellationToken cancellationToken) =>
        (JsonText.Property(item, "Metadata") is { } metadata && (JsonText.Text(metadata, "CallId") ?? JsonText.Text(metadata, "DocumentId")) is not null)
        || (string.Equals(JsonText.Text(item, "Folder")?.Trim('/'), session.Settings.RecordingFolder.Trim('/'), StringComparison.OrdinalIgnoreCase)
            && JsonText.Text(item, "Name")?.StartsWith("Kayse ", true, CultureInfo.InvariantCulture) == true)
        || await own.HasDocumentAsync(session.Company, id, cancellationToken);
}
