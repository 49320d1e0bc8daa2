using System.Runtime.CompilerServices;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// Reads the stages of the matters that changed since the last time, every few minutes: Lawmatics sends no event for a stage. It asks for the last change first, so
/// that a matter that changes while the pages are read moves to where the next poll finds it. How far it has come is kept after each page; where the firm's budget is
/// spent, the next poll goes on there.
/// </summary>
public sealed class LawmaticsStagePoll(
    IEntityStore store, CompanyRegister companies, LawmaticsConnections connections, LawmaticsClient client, LawmaticsStageNames names, LawmaticsStageChanges stages, SyncHealth health, AuditLog audit, TimeProvider clock)
{
    /// <summary>Records of a page (docs.lawmatics.com: fixed).</summary>
    public const int PageSize = 25;

    private const string Action = "stage_poll";
    private const int PagesAPoll = 100;

    // A host's timer may come a moment before its time.
    private static readonly TimeSpan s_early = TimeSpan.FromSeconds(30);

    private readonly EntityTable<StagePollCursor> _cursors = new(store, Tables.Integrations, KayseJson.Default.StagePollCursor);

    /// <summary>The poll, for connected firms that are not paused and receive data.</summary>
    public FirmWork Work => new("lawmatics-stages", FirmTimers.Polls, FirmsAsync, (company, cancellationToken) => RunAsync(company, isForced: false, cancellationToken));

    /// <summary>Polls for one firm, unless it has done so a moment ago.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="isForced">True to poll whenever the last one was.</param>
    /// <param name="cancellationToken">The host stops: the next poll goes on where this one stood.</param>
    public async Task RunAsync(CompanyId company, bool isForced, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company, cancellationToken);
        if (!IsPolled(connection))
        {
            return;
        }

        var now = clock.GetUtcNow();
        var row = $"stagepoll~{LawmaticsLinks.FirmOf(connection)}";
        var cursor = (await _cursors.GetAsync(Partitions.Of(company), row, cancellationToken))?.Value ?? new StagePollCursor(connection.ConnectedAt ?? now);
        if (!isForced && cursor.BegunAt is null && cursor.PolledAt + TimeSpan.FromMinutes(connection.Settings.Polling.Minutes) - s_early > now)
        {
            return;
        }

        cursor = cursor with { PolledAt = now, BegunAt = cursor.BegunAt ?? now, Page = cursor.BegunAt is null ? 1 : cursor.Page };
        await ReadAsync(new Poll(company, connection, row), cursor, cancellationToken);
    }

    private static bool IsPolled(LawmaticsConnection connection) => connection is { CanWork: true, Toggles.ReceiveData: true, Settings.Polling.Enabled: true };

    private async IAsyncEnumerable<CompanyId> FirmsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var company in companies.AllAsync(cancellationToken))
        {
            if (IsPolled(await connections.GetAsync(company, cancellationToken)))
            {
                yield return company;
            }
        }
    }

    private async Task ReadAsync(Poll poll, StagePollCursor cursor, CancellationToken cancellationToken)
    {
        await names.LoadAsync(poll.Company, cancellationToken);
        var changed = await stages.ApplyMappedAsync(poll.Company, poll.Connection, cancellationToken);
        var since = cursor.Until.AddMinutes(-poll.Connection.Settings.Polling.OverlapMinutes);
        for (var pages = 0; pages < PagesAPoll; pages++)
        {
            var readAt = clock.GetUtcNow();
            // A poll of one page, as most are, must not starve behind bulk work.
            var reply = await ReadAsync(poll, cursor, since, pages == 0 ? LawmaticsPriority.Live : LawmaticsPriority.Bulk, cancellationToken);
            if (reply.Answer?.Kind == LawmaticsKind.Refused && cursor.IsFiltered)
            {
                // It is not certain that matters can be filtered by their last change; sorted by it they can be.
                cursor = cursor with { IsFiltered = false, Page = 1 };
                continue;
            }

            if (!reply.IsSuccess)
            {
                await FailAsync(poll, cursor, reply, cancellationToken);
                return;
            }

            var (count, isKnown) = await TakeAsync(poll, reply.Answer!, since, readAt, cancellationToken);
            changed += count;
            var isLast = isKnown && IsLast(reply.Answer!, cursor, since);
            var isRecovered = cursor.Fails;
            cursor = isKnown ? cursor.Behind(isLast) : cursor;
            await KeepAsync(poll, cursor, cancellationToken);
            if (isLast)
            {
                await EndAsync(poll.Company, changed, isRecovered, cancellationToken);
            }

            if (isLast || !isKnown)
            {
                return;
            }
        }
    }

    private Task<LawmaticsReply> ReadAsync(Poll poll, StagePollCursor cursor, DateTimeOffset since, LawmaticsPriority priority, CancellationToken cancellationToken) => client.GetAsync(
        new LawmaticsSession(poll.Company, poll.Connection.Settings, priority),
        LawmaticsPath.Of(
            "/v1/prospects", ("fields", LawmaticsStageChanges.Fields),
            ("filter_by", cursor.IsFiltered ? "updated_at" : null), ("filter_on", cursor.IsFiltered ? LawmaticsTime.Write(since) : null), ("filter_with", cursor.IsFiltered ? ">=" : null),
            ("sort_by", "updated_at"), ("sort_order", "desc"), ("page", JsonText.Invariant(cursor.Page))),
        cancellationToken);

    /// <summary>Takes a page's looks; false when one could not be judged, so that the page is to be read again.</summary>
    private async Task<(int Changed, bool IsKnown)> TakeAsync(Poll poll, LawmaticsAnswer page, DateTimeOffset since, DateTimeOffset readAt, CancellationToken cancellationToken)
    {
        var changed = 0;
        foreach (var matter in page.Records.Where(matter => !(UpdatedAt(matter) < since)))
        {
            var look = await stages.ObserveAsync(poll.Company, poll.Connection, matter, readAt, cancellationToken);
            if (look.Kind == LawmaticsLookKind.NamesMissing)
            {
                return (changed, false);
            }

            changed += look.Kind == LawmaticsLookKind.Changed ? 1 : 0;
        }

        return (changed, true);
    }

    private static bool IsLast(LawmaticsAnswer page, StagePollCursor cursor, DateTimeOffset since) =>
        page.Records.Count == 0
        || (page.TotalPages is { } pages ? cursor.Page >= pages : page.Records.Count < PageSize)
        || page.Records.All(matter => UpdatedAt(matter) < since);

    private static DateTimeOffset? UpdatedAt(LawmaticsRecord matter) => LawmaticsTime.Read(matter.Text("updated_at"));

    private async Task EndAsync(CompanyId company, int changed, bool isRecovered, CancellationToken cancellationToken)
    {
        await health.SyncedAsync(company, LawmaticsConnections.Crm, changed, cancellationToken);
        await health.PulledAsync(company, LawmaticsConnections.Crm, cancellationToken);
        if (isRecovered)
        {
            await audit.WriteAsync(company, LawmaticsConnections.Crm, Action, "done", null, null, $"Lawmatics' stages can be read again; changed: {changed}.", cancellationToken);
        }
    }

    private async Task FailAsync(Poll poll, StagePollCursor cursor, LawmaticsReply reply, CancellationToken cancellationToken)
    {
        // No budget is no failure: the next poll goes on at this page. A token that is refused is told of by the connection.
        var fails = reply.Answer is { Kind: not (LawmaticsKind.RateLimited or LawmaticsKind.TokenRefused or LawmaticsKind.ReconnectNeeded or LawmaticsKind.NotConnected) };
        await KeepAsync(poll, cursor with { Fails = cursor.Fails || fails }, cancellationToken);
        if (!fails)
        {
            return;
        }

        var reason = $"Lawmatics' stages could not be read; they are asked for again every few minutes. {LawmaticsReasons.Of(reply)}";
        await health.FailedAsync(poll.Company, LawmaticsConnections.Crm, reason, cancellationToken);
        if (!cursor.Fails)
        {
            // Said once, not at every poll of an outage.
            await audit.WriteAsync(poll.Company, LawmaticsConnections.Crm, Action, "retry", null, null, $"{reason} {LawmaticsReasons.Said(reply.Answer!)}".TrimEnd(), cancellationToken);
        }
    }

    private Task KeepAsync(Poll poll, StagePollCursor cursor, CancellationToken cancellationToken) =>
        _cursors.UpdateAsync(Partitions.Of(poll.Company), poll.Row, _ => cursor, cancellationToken);

    private sealed record Poll(CompanyId Company, LawmaticsConnection Connection, string Row);
}

/// <summary>How far the polls of a firm have come.</summary>
/// <param name="Until">What changed before this time is known.</param>
public sealed record StagePollCursor(DateTimeOffset Until)
{
    /// <summary>When the last poll was; null before the first.</summary>
    public DateTimeOffset? PolledAt { get; init; }

    /// <summary>When the way through the pages that is under way was begun; null when none is.</summary>
    public DateTimeOffset? BegunAt { get; init; }

    /// <summary>The next page, from 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>False where Lawmatics does not let matters be filtered by their last change: then they are read, the last changed first, until one is old.</summary>
    public bool IsFiltered { get; init; } = true;

    /// <summary>True while Lawmatics does not answer.</summary>
    public bool Fails { get; init; }

    /// <summary>Behind a page.</summary>
    public StagePollCursor Behind(bool isLast) =>
        isLast ? this with { Until = BegunAt ?? Until, BegunAt = null, Page = 1, Fails = false } : this with { Page = Page + 1, Fails = false };
}
