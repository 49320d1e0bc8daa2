using System.Net.Http.Headers;
using System.Text.Json;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Asks the Advanced API for a page of what changed.</summary>
public sealed class LawRulerSyncPages(LawRulerClient client)
{
    /// <summary>Leads that were created or changed, the last change first: what changes meanwhile moves to the front, so that pages repeat some and leave out none. Therefore no end is named either.</summary>
    public async Task<LawRulerSyncPage> LeadsAsync(LawRulerSession session, LawRulerSyncCursor cursor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(cursor);
        var sync = session.Settings.Sync;
        var json = Search(sync, sync.SearchByDate ? LawRulerTime.WriteFrom(cursor.From, session.Settings.TimeZone) : null);
        var path = Path(sync.SearchLeadsPath, cursor, sync);
        return Read(await client.CallApiAsync(session, HttpMethod.Post, path, () => JsonContent(json), isUpload: false, cancellationToken), cursor, sync);
    }

    /// <summary>Notes and messages of all leads that changed.</summary>
    public async Task<LawRulerSyncPage> NotesAsync(LawRulerSession session, LawRulerSyncCursor cursor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(cursor);
        var sync = session.Settings.Sync;
        var since = Uri.EscapeDataString(LawRulerTime.WriteFrom(cursor.From, session.Settings.TimeZone));
        var path = Path(sync.ChangedNotesPath, cursor, sync).Replace("{since}", since, StringComparison.Ordinal);
        return Read(await client.CallApiAsync(session, HttpMethod.Get, path, static () => null, isUpload: false, cancellationToken), cursor, sync);
    }

    /// <summary>All notes of one lead.</summary>
    public async Task<LawRulerSyncPage> NotesOfAsync(LawRulerSession session, LeadId lead, LawRulerSyncCursor cursor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(cursor);
        var sync = session.Settings.Sync;
        var path = Path(session.Settings.GetNotesPath, cursor, sync).Replace("{leadId}", lead.ToString(), StringComparison.Ordinal);
        return Read(await client.CallApiAsync(session, HttpMethod.Get, path, static () => null, isUpload: false, cancellationToken), cursor, sync);
    }

    /// <summary>The documents of one lead, of all folders.</summary>
    public async Task<LawRulerSyncPage> DocumentsOfAsync(LawRulerSession session, LeadId lead, LawRulerSyncCursor cursor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(cursor);
        var sync = session.Settings.Sync;
        var path = Path(session.Settings.GetDocumentsPath, cursor, sync).Replace("{leadId}", lead.ToString(), StringComparison.Ordinal);
        return Read(await client.CallApiAsync(session, HttpMethod.Get, path, static () => null, isUpload: false, cancellationToken), cursor, sync);
    }

    private static string Path(string template, LawRulerSyncCursor cursor, LawRulerSyncSettings sync) =>
        template.Replace("{page}", JsonText.Invariant(cursor.Page), StringComparison.Ordinal).Replace("{pageSize}", JsonText.Invariant(sync.PageSize), StringComparison.Ordinal);

    private static LawRulerSyncPage Read(LawRulerReply reply, LawRulerSyncCursor cursor, LawRulerSyncSettings sync)
    {
        if (reply.Answer is not { Kind: AnswerKind.Success, Body: { } body })
        {
            return new LawRulerSyncPage([], false, reply);
        }

        if (LawRulerListing.Items(body) is not { } items)
        {
            return new LawRulerSyncPage([], false, new LawRulerReply(new LawRulerAnswer(AnswerKind.Indeterminate)));
        }

        return new LawRulerSyncPage(items, LawRulerListing.IsLast(body, cursor.Seen, items.Count, sync.PageSize), null);
    }

    private static byte[] Search(LawRulerSyncSettings sync, string? from)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("InboxType", sync.InboxType);
            if (from is not null)
            {
                writer.WriteString("FromDate", from);
            }

            writer.WriteNumber("DefaultSortOrder", sync.SortOrder);
            writer.WriteBoolean("DefaultSortOrderAscending", false);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static ByteArrayContent JsonContent(byte[] json)
    {
        var content = new ByteArrayContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return content;
    }
}

/// <summary>A page of what changed.</summary>
/// <param name="Items">The records.</param>
/// <param name="IsLast">True when there are no more.</param>
/// <param name="Instead">The reply that was no answer to the question; null when there is one.</param>
public sealed record LawRulerSyncPage(IReadOnlyList<JsonElement> Items, bool IsLast, LawRulerReply? Instead)
{
    /// <summary>When each record changed, in order; null where one does not say it.</summary>
    public IReadOnlyList<DateTimeOffset>? Times(string timeZone)
    {
        var times = Items.Select(item => Changed(item, timeZone)).ToList();
        return times.Any(time => time is null) ? null : [.. times.Select(time => time!.Value)];
    }

    /// <summary>When a record was last changed, or null where it does not say it; the time of its creation does not count.</summary>
    public static DateTimeOffset? Updated(JsonElement item, string timeZone) =>
        LawRulerTime.Read(JsonText.Text(item, "UpdateDateTime") ?? JsonText.Text(item, "UpdateDate"), timeZone);

    /// <summary>When a record changed, or null.</summary>
    public static DateTimeOffset? Changed(JsonElement item, string timeZone) =>
        Updated(item, timeZone) ?? LawRulerTime.Read(JsonText.Text(item, "CreateDate"), timeZone);
}
