using System.Runtime.CompilerServices;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Mapping;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// Reads the statuses of the leads that changed since the last time, every few minutes: what a lost or late webhook did not tell. It asks for the last
/// change first, so that a lead that changes while the pages are read moves to where the next poll finds it. How far it has come is kept after each page.
/// </summary>
public sealed class StatusPull(
    IEntityStore store, CompanyRegister companies, LawRulerConnections connections, LawRulerSyncPages pages, CaseStore cases, CaseStatuses statuses, StatusReplays replays, SyncHealth health, AuditLog audit, TimeProvider clock)
{
    private const string Action = "status_pull";
    private const string Row = "statuspull~" + LawRulerConnections.Crm;

    private readonly EntityTable<StatusPullCursor> _cursors = new(store, Tables.Integrations, static () => KayseJson.Default.StatusPullCursor);

    /// <summary>The poll, for connected firms that are not paused and synchronise statuses.</summary>
    public FirmWork Work => new("lawruler-statuses", FirmTimers.Polls, FirmsAsync, RunAsync);

    /// <summary>Polls for one firm.</summary>
    public async Task RunAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company, cancellationToken);
        if (!IsSynced(connection) || await connections.CredentialsAsync(company, cancellationToken) is not { } credentials)
        {
            return;
        }

        await replays.TakeUpLeftAsync(company, connection, cancellationToken);
        if (connection.Toggles.ReceiveData)
        {
            await PullAsync(connection, new LawRulerSession(company, credentials, connection.Settings), cancellationToken);
        }
    }

    private static bool IsSynced(LawRulerConnection connection) => connection is { IsActive: true, Toggles.SyncCaseStatuses: true };

    private async IAsyncEnumerable<CompanyId> FirmsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var company in companies.AllAsync(cancellationToken))
        {
            if (IsSynced(await connections.GetAsync(company, cancellationToken)))
            {
                yield return company;
            }
        }
    }

    private async Task PullAsync(LawRulerConnection connection, LawRulerSession session, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var cursor = (await _cursors.GetAsync(Partitions.Of(session.Company), Row, cancellationToken))?.Value ?? new StatusPullCursor(connection.ConnectedAt ?? now, null, 1, false);
        cursor = cursor.BegunAt is null ? cursor with { BegunAt = now, Page = 1, Seen = 0 } : cursor;
        var since = cursor.Until.AddMinutes(-connection.Settings.Sync.OverlapMinutes);
        var changed = 0;
        for (var read = 0; read < connection.Settings.Statuses.PagesAPoll; read++)
        {
            var asked = clock.GetUtcNow();
            var page = await ReadAsync(session, new LawRulerSyncCursor { From = since, Page = cursor.Page, Seen = cursor.Seen }, cancellationToken);
            if (page.Instead is not null)
            {
                await FailAsync(session.Company, cursor, page.Instead, cancellationToken);
                return;
            }

            // The clock's doubled hour may make a time look an hour earlier than it is.
            var lines = page.Items.Select(item => Line(item, asked, session.Settings.TimeZone)).Where(line => !(line.ChangedAt < since.AddHours(-1))).ToList();
            foreach (var line in lines)
            {
                changed += await TakeAsync(session.Company, line, connection, cancellationToken) ? 1 : 0;
            }

            var isLast = page.IsLast || lines.Count == 0;
            var isRecovered = cursor.Fails;
            cursor = isLast ? new StatusPullCursor(cursor.BegunAt!.Value, null, 1, false) : cursor with { Page = cursor.Page + 1, Seen = cursor.Seen + page.Items.Count, Fails = false };
            await KeepAsync(session.Company, cursor, cancellationToken);
            if (isLast)
            {
                await EndAsync(session.Company, changed, isRecovered, cancellationToken);
                return;
            }
        }
    }

    // A token that ended early is refused once; reading again changes nothing.
    private async Task<LawRulerSyncPage> ReadAsync(LawRulerSession session, LawRulerSyncCursor cursor, CancellationToken cancellationToken)
    {
        var page = await pages.LeadsAsync(session, cursor, cancellationToken);
        return page.Instead?.Answer?.Kind == AnswerKind.TokenRefused ? await pages.LeadsAsync(session, cursor, cancellationToken) : page;
    }

    private static LeadLine Line(JsonElement item, DateTimeOffset asked, string timeZone)
    {
        var changed = LawRulerSyncPage.Updated(item, timeZone);
        var status = JsonText.Text(item, "Status");
        var isLead = LeadId.TryParse(JsonText.Text(item, "LeadId"), null, out var lead);
        return new LeadLine(
            isLead ? lead : null, changed, string.IsNullOrWhiteSpace(status) ? null : new CrmStatus(StatusMapping.Plain(status), JsonText.Text(item, "StatusId"), changed < asked ? changed.Value : asked, asked));
    }

    private async Task<bool> TakeAsync(CompanyId company, LeadLine line, LawRulerConnection connection, CancellationToken cancellationToken)
    {
        // A lead that is no case yet comes by its webhook or the hourly sync.
        if (line is not { Lead: { } lead, Status: { } seen } || await cases.FindAsync(company, LawRulerConnections.Crm, lead.ToString(), cancellationToken) is not { } known)
        {
            return false;
        }

        var (before, after) = await statuses.ObserveAsync(company, known.Id, seen, connection, cancellationToken);
        if (before is null || !CaseStatuses.IsNews(before, after))
        {
            return false;
        }

        await audit.WriteAsync(company, LawRulerConnections.Crm, Action, "done", lead.ToString(), known.Id.ToString(), "The case's status was changed in Law Ruler.", cancellationToken);
        return true;
    }

    private async Task EndAsync(CompanyId company, int changed, bool isRecovered, CancellationToken cancellationToken)
    {
        await health.PulledAsync(company, LawRulerConnections.Crm, cancellationToken);
        if (isRecovered)
        {
            await audit.WriteAsync(company, LawRulerConnections.Crm, Action, "done", null, null, $"Law Ruler's statuses can be read again; changed: {changed}.", cancellationToken);
        }
    }

    private async Task FailAsync(CompanyId company, StatusPullCursor cursor, LawRulerReply reply, CancellationToken cancellationToken)
    {
        // No budget is no failure: the next poll goes on at this page.
        var fails = reply.Answer is not (null or { Kind: AnswerKind.RateLimited });
        await KeepAsync(company, cursor with { Fails = cursor.Fails || fails }, cancellationToken);
        if (fails)
        {
            await health.PullFailedAsync(company, LawRulerConnections.Crm, Why(reply.Answer!.Kind), cancellationToken);
        }

        if (fails && !cursor.Fails)
        {
            // Said once, not at every poll of an outage.
            await audit.WriteAsync(company, LawRulerConnections.Crm, Action, "retry", null, null, Why(reply.Answer!.Kind), cancellationToken);
        }
    }

    private static string Why(AnswerKind kind) => kind switch
    {
        AnswerKind.LoginRefused or AnswerKind.LoginUnclear => "Law Ruler refused the Username, Password or Client Secret. Connect again.",
        AnswerKind.ApiDisabled => "Law Ruler's Advanced API is not switched on for this firm. Ask Law Ruler's support to enable it.",
        AnswerKind.PathUnknown => "Law Ruler has no such page. Check settings.sync.searchLeadsPath.",
        _ => "Law Ruler's statuses could not be read; they are asked for again every few minutes.",
    };

    private Task KeepAsync(CompanyId company, StatusPullCursor cursor, CancellationToken cancellationToken) =>
        _cursors.UpdateAsync(Partitions.Of(company), Row, _ => cursor, cancellationToken);
}

/// <summary>How far the polls of a firm have come.</summary>
/// <param name="Until">What changed before this time is known.</param>
/// <param name="BegunAt">When the way through the pages that is under way was begun; null when none is.</param>
/// <param name="Page">The next page, from 1.</param>
/// <param name="Fails">True while Law Ruler does not answer.</param>
/// <param name="Seen">How many leads the pages before it had.</param>
public sealed record StatusPullCursor(DateTimeOffset Until, DateTimeOffset? BegunAt, int Page, bool Fails, int Seen = 0);

/// <summary>A lead of a search.</summary>
/// <param name="Lead">Its id, or null where the item has none.</param>
/// <param name="ChangedAt">When anything of it changed last, or null where Law Ruler does not tell.</param>
/// <param name="Status">Its status, or null where the item has none.</param>
internal sealed record LeadLine(LeadId? Lead, DateTimeOffset? ChangedAt, CrmStatus? Status);
