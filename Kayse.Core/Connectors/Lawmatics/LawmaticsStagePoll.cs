using System.Runtime.CompilerServices;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// Reads the stages of the matters that changed since the last time, every few minutes: Lawmatics sends no event for a stage. It asks for the last change first, so
/// that a matter that changes while the pages are read moves to where the next poll finds it. How far it has come is kept after each page; where the firm's budget is
/// spent, the next poll looks at what has changed since and goes on there.
/// </summary>
public sealed class LawmaticsStagePoll(
    IEntityStore store, CompanyRegister companies, LawmaticsConnections connections, LawmaticsClient client, LawmaticsStageNames names, LawmaticsStageChanges stages, SyncHealth health, AuditLog audit, TimeProvider clock)
{
    /// <summary>Records of a page (docs.lawmatics.com: fixed).</summary>
    public const int PageSize = 25;

    private const string Action = "stage_poll";
    private const int PagesAPoll = 100;

    // A poll of a few pages, as most are, must not starve behind bulk work.
    private const int LivePages = 4;

    // A host's timer may come a moment before its time.
    private static readonly TimeSpan s_early = TimeSpan.FromSeconds(30);

    private readonly EntityTable<StagePollCursor> _cursors = new(store, Tables.Integrations, static () => KayseJson.Default.StagePollCursor);

    /// <summary>The poll, for connected firms that are not paused and receive data.</summary>
    public FirmWork Work => new("lawmatics-stages", FirmTimers.Polls, FirmsAsync, RunAsync);

    /// <summary>Polls for one firm, unless it has done so a moment ago or wants no polls; what the status map names by now is applied in any case.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="cancellationToken">The host stops: the next poll goes on where this one stood.</param>
    public async Task RunAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company, cancellationToken);
        if (!TakesStages(connection))
        {
            return;
        }

        if (!connection.Settings.Polling.Enabled)
        {
            await stages.ApplyMappedAsync(company, connection, cancellationToken);
            return;
        }

        var now = clock.GetUtcNow();
        var row = $"stagepoll~{LawmaticsLinks.FirmOf(connection)}";
        var cursor = (await _cursors.GetAsync(Partitions.Of(company), row, cancellationToken))?.Value ?? new StagePollCursor(connection.ConnectedAt ?? now);
        if (cursor.BegunAt is null && cursor.PolledAt + TimeSpan.FromMinutes(connection.Settings.Polling.Minutes) - s_early > now)
        {
            return;
        }

        cursor = cursor with { PolledAt = now, BegunAt = cursor.BegunAt ?? now, Page = cursor.BegunAt is null ? 1 : cursor.Page };
        await ReadAsync(new Turn(company, connection, row, cursor), cancellationToken);
    }

    private static bool TakesStages(LawmaticsConnection connection) => connection is { CanWork: true, Toggles.ReceiveData: true };

    private async IAsyncEnumerable<CompanyId> FirmsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var company in companies.AllAsync(cancellationToken))
        {
            if (TakesStages(await connections.GetAsync(company, cancellationToken)))
            {
                yield return company;
            }
        }
    }

    private async Task ReadAsync(Turn turn, CancellationToken cancellationToken)
    {
        await names.LoadAsync(turn.Company, cancellationToken);
        (turn.Changed, turn.IsWaiting) = await stages.ApplyMappedAsync(turn.Company, turn.Connection, cancellationToken);
        if (turn.Cursor.Page > 1 && !await ReadHeadAsync(turn, cancellationToken))
        {
            return;
        }

        while (turn.Pages < PagesAPoll)
        {
            var since = turn.Since(turn.Cursor.Until);
            if (await TakeAsync(turn, turn.Cursor.Page, since, cancellationToken) is not { } page)
            {
                return;
            }

            var wasFailing = turn.Cursor.Fails;
            var isLast = IsLast(page, turn.Cursor.Page, since);
            turn.Cursor = turn.Cursor.Behind(isLast) with { Fails = isLast ? turn.IsWaiting : wasFailing };
            await KeepAsync(turn, cancellationToken);
            if (isLast)
            {
                await EndAsync(turn, wasFailing, cancellationToken);
                return;
            }
        }
    }

    /// <summary>Reads what has changed since the last turn, before a way through the pages that takes many turns goes on; false when it could not be read.</summary>
    private async Task<bool> ReadHeadAsync(Turn turn, CancellationToken cancellationToken)
    {
        var since = turn.Since(turn.Cursor.HeadAt ?? turn.Cursor.BegunAt ?? turn.Cursor.Until);
        for (var number = 1; number < turn.Cursor.Page && turn.Pages < LivePages; number++)
        {
            if (await TakeAsync(turn, number, since, cancellationToken) is not { } page)
            {
                return false;
            }

            if (IsLast(page, number, since) || page.Records.Any(matter => UpdatedAt(matter) < since))
            {
                break;
            }
        }

        turn.Cursor = turn.Cursor with { HeadAt = turn.Cursor.PolledAt };
        return true;
    }

    /// <summary>Reads a page and takes its looks; null where it could not be read, which is told then.</summary>
    private async Task<LawmaticsAnswer?> TakeAsync(Turn turn, int number, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var readAt = clock.GetUtcNow();
        var reply = await ReadAsync(turn, number, since, cancellationToken);
        if (reply.Answer?.Kind == LawmaticsKind.Refused && turn.Cursor.IsFiltered)
        {
            // It is not certain that matters can be filtered by their last change; sorted by it they can be.
            turn.Cursor = turn.Cursor with { IsFiltered = false, Page = 1 };
            reply = await ReadAsync(turn, 1, since, cancellationToken);
        }

        if (!reply.IsSuccess)
        {
            await FailAsync(turn, reply, cancellationToken);
            return null;
        }

        foreach (var matter in reply.Answer!.Records.Where(matter => !(UpdatedAt(matter) < since)))
        {
            var look = await stages.ObserveAsync(turn.Company, turn.Connection, matter, readAt, cancellationToken);
            turn.Changed += look.Kind == LawmaticsLookKind.Changed ? 1 : 0;
            turn.IsWaiting |= look.Kind == LawmaticsLookKind.NamesMissing;
        }

        return reply.Answer;
    }

    private Task<LawmaticsReply> ReadAsync(Turn turn, int number, DateTimeOffset since, CancellationToken cancellationToken) => client.GetAsync(
        turn.Connection.Session(turn.Company, turn.Pages++ < LivePages ? LawmaticsPriority.Live : LawmaticsPriority.Bulk),
        LawmaticsPath.Of(
            "/v1/prospects", ("fields", LawmaticsStageChanges.Fields),
            ("filter_by", turn.Cursor.IsFiltered ? "updated_at" : null), ("filter_on", turn.Cursor.IsFiltered ? LawmaticsTime.Write(since) : null), ("filter_with", turn.Cursor.IsFiltered ? ">=" : null),
            ("sort_by", "updated_at"), ("sort_order", "desc"), ("page", JsonText.Invariant(number))),
        cancellationToken);

    private static bool IsLast(LawmaticsAnswer page, int number, DateTimeOffset since) =>
        page.Records.Count == 0
        || (page.TotalPages is { } pages ? number >= pages : page.Records.Count < PageSize)
        || page.Records.All(matter => UpdatedAt(matter) < since);

    private static DateTimeOffset? UpdatedAt(LawmaticsRecord matter) => LawmaticsTime.Read(matter.Text("updated_at"));

    private async Task EndAsync(Turn turn, bool wasFailing, CancellationToken cancellationToken)
    {
        if (turn.IsWaiting)
        {
            var fault = await names.FaultAsync(turn.Company, cancellationToken);
            await TellAsync(turn, $"The names of Lawmatics' stages cannot be loaded: matters in stages that are not known wait, and all others are judged. {fault}".TrimEnd(), null, wasFailing, cancellationToken);
            return;
        }

        await health.SyncedAsync(turn.Company, LawmaticsConnections.Crm, turn.Changed, cancellationToken);
        await health.PulledAsync(turn.Company, LawmaticsConnections.Crm, cancellationToken);
        if (wasFailing)
        {
            await audit.WriteAsync(turn.Company, LawmaticsConnections.Crm, Action, "done", null, null, $"Lawmatics' stages can be read again; changed: {turn.Changed}.", cancellationToken);
        }
    }

    private async Task FailAsync(Turn turn, LawmaticsReply reply, CancellationToken cancellationToken)
    {
        // No budget is no failure: the next poll goes on at this page. A token that is refused is told of by the connection.
        var fails = reply.Answer is { Kind: not (LawmaticsKind.RateLimited or LawmaticsKind.TokenRefused or LawmaticsKind.ReconnectNeeded or LawmaticsKind.NotConnected) };
        var wasFailing = turn.Cursor.Fails;
        turn.Cursor = turn.Cursor with { Fails = wasFailing || fails };
        await KeepAsync(turn, cancellationToken);
        if (fails)
        {
            await TellAsync(
                turn, $"Lawmatics' stages could not be read; they are asked for again every few minutes. {LawmaticsReasons.Of(reply)}", LawmaticsReasons.Said(reply.Answer!), wasFailing, cancellationToken);
        }
    }

    private async Task TellAsync(Turn turn, string reason, string? said, bool wasFailing, CancellationToken cancellationToken)
    {
        await health.FailedAsync(turn.Company, LawmaticsConnections.Crm, reason, cancellationToken);
        if (!wasFailing)
        {
            // Said once, not at every poll of an outage.
            await audit.WriteAsync(turn.Company, LawmaticsConnections.Crm, Action, "retry", null, null, $"{reason} {said}".TrimEnd(), cancellationToken);
        }
    }

    private Task KeepAsync(Turn turn, CancellationToken cancellationToken) =>
        _cursors.UpdateAsync(Partitions.Of(turn.Company), turn.Row, _ => turn.Cursor, cancellationToken);

    private sealed class Turn(CompanyId company, LawmaticsConnection connection, string row, StagePollCursor cursor)
    {
        public CompanyId Company => company;

        public LawmaticsConnection Connection => connection;

        public string Row => row;

        public StagePollCursor Cursor { get; set; } = cursor;

        public int Pages { get; set; }

        public int Changed { get; set; }

        public bool IsWaiting { get; set; }

        public DateTimeOffset Since(DateTimeOffset known) => known.AddMinutes(-connection.Settings.Polling.OverlapMinutes);
    }
}

/// <summary>How far the polls of a firm have come.</summary>
/// <param name="Until">What changed before this time is known.</param>
public sealed record StagePollCursor(DateTimeOffset Until)
{
    /// <summary>When the last poll was; null before the first.</summary>
    public DateTimeOffset? PolledAt { get; init; }

    /// <summary>When the way through the pages that is under way was begun; null when none is.</summary>
    public DateTimeOffset? BegunAt { get; init; }

    /// <summary>When a turn last began with what had changed since the one before, in a way that takes many turns; null before the second.</summary>
    public DateTimeOffset? HeadAt { get; init; }

    /// <summary>The next page, from 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>False where Lawmatics does not let matters be filtered by their last change: then they are read, the last changed first, until one is old.</summary>
    public bool IsFiltered { get; init; } = true;

    /// <summary>True while Lawmatics does not answer, or does not name its stages.</summary>
    public bool Fails { get; init; }

    /// <summary>Behind a page.</summary>
    public StagePollCursor Behind(bool isLast) => isLast ? this with { Until = BegunAt ?? Until, BegunAt = null, HeadAt = null, Page = 1 } : this with { Page = Page + 1 };
}
