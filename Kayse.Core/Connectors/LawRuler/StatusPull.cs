using System.Runtime.CompilerServices;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// Reads the statuses of the leads that changed since the last time, every few minutes: what a lost or late webhook did not tell. It asks for the last
/// change first, so that a lead that changes while the pages are read moves to where the next poll finds it. How far it has come is kept after each page.
/// </summary>
public sealed class StatusPull(
    IEntityStore store, CompanyRegister companies, LawRulerConnections connections, LawRulerLeads leads, CaseStore cases, CaseStatuses statuses, StatusReplays replays, SyncHealth health, AuditLog audit, TimeProvider clock)
{
    private const string Action = "status_pull";
    private const string Row = "statuspull~" + LawRulerConnections.Crm;

    private readonly EntityTable<StatusPullCursor> _cursors = new(store, Tables.Integrations, KayseJson.Default.StatusPullCursor);

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
        cursor = cursor.BegunAt is null ? cursor with { BegunAt = now, Page = 1 } : cursor;
        var since = cursor.Until.AddMinutes(-connection.Settings.Statuses.OverlapMinutes);
        var changed = 0;
        for (var pages = 0; pages < connection.Settings.Statuses.PagesAPoll; pages++)
        {
            var (page, count, reply) = await ReadAsync(session, since, cursor.Page, cancellationToken);
            if (page is null)
            {
                await FailAsync(session.Company, cursor, reply, cancellationToken);
                return;
            }

            foreach (var line in page.Where(line => !(line.ChangedAt < since)))
            {
                changed += await TakeAsync(session.Company, line, connection, cancellationToken) ? 1 : 0;
            }

            var isLast = page.Count < LawRulerLeads.PageSize || cursor.Page * LawRulerLeads.PageSize >= count || page.All(line => line.ChangedAt < since);
            var isRecovered = cursor.Fails;
            cursor = isLast ? new StatusPullCursor(cursor.BegunAt!.Value, null, 1, false) : cursor with { Page = cursor.Page + 1, Fails = false };
            await KeepAsync(session.Company, cursor, cancellationToken);
            if (isLast)
            {
                await EndAsync(session.Company, changed, isRecovered, cancellationToken);
                return;
            }
        }
    }

    // A token that ended early is refused once; reading again changes nothing.
    private async Task<(IReadOnlyList<LeadLine>? Page, double? Count, LawRulerReply Reply)> ReadAsync(LawRulerSession session, DateTimeOffset since, int page, CancellationToken cancellationToken)
    {
        var read = await leads.ChangedAsync(session, since, page, cancellationToken);
        return read.Reply.Answer?.Kind == AnswerKind.TokenRefused ? await leads.ChangedAsync(session, since, page, cancellationToken) : read;
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
        AnswerKind.PathUnknown => "Law Ruler has no such page. Check settings.statuses.searchPath.",
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
public sealed record StatusPullCursor(DateTimeOffset Until, DateTimeOffset? BegunAt, int Page, bool Fails);
