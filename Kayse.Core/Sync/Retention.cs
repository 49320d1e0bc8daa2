using Kayse.Core.Cases.Import;
using Kayse.Core.Companies;
using Kayse.Core.Connectors;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Webhooks;
using Kayse.Core.Workflows;
using Microsoft.Extensions.Logging;

namespace Kayse.Core.Sync;

/// <summary>
/// Deletes what has been kept long enough, a few rows at a time. An event goes before the record that it was handled: as long as an event could come
/// again, the record that stops it from taking effect twice is there.
/// </summary>
public sealed partial class Retention(
    IEntityStore store, IBlobStore blobs, IQueue queue, IWorkflowEngine engine, CompanyRegister companies, EventStore events, PendingWork pending, DeliveryLog deliveries, ImportStore imports, LawmaticsEventClaims claims, LawmaticsPulls pulls, RetentionPeriods periods, TimeProvider clock, ILogger<Retention> logger)
{
    private const int Step = 100;

    // A delivery may be tried for a day after its event came, and is purged some hours after it is due.
    private const double DeliveryMarginDays = 2;

    private readonly EntityTable<InboundRequest> _inbound = new(store, Tables.Inbound, static () => KayseJson.Default.InboundRequest);
    private readonly EntityTable<DailyCount> _counts = new(store, Tables.Inbound, static () => KayseJson.Default.DailyCount);
    private readonly EntityTable<AuditEntry> _audit = new(store, Tables.Audit, static () => KayseJson.Default.AuditEntry);
    private readonly EntityTable<StoredEvent> _events = new(store, Tables.Events, static () => KayseJson.Default.StoredEvent);
    private readonly EntityTable<CrmEffect> _effects = new(store, Tables.Effects, static () => KayseJson.Default.CrmEffect);
    private readonly EntityTable<WorkflowIndexEntry> _index = new(store, Tables.Workflows, static () => KayseJson.Default.WorkflowIndexEntry);
    private readonly EntityTable<WorkflowRecord> _records = new(store, Tables.Workflows, static () => KayseJson.Default.WorkflowRecord);

    /// <summary>Purges every firm.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var company in companies.AllAsync(cancellationToken))
        {
            var purged = await RunAsync(company, cancellationToken);
            if (purged > 0)
            {
                Log.Purged(logger, company.ToString(), purged);
            }
        }

        await PurgeHistoriesAsync(cancellationToken);
    }

    /// <summary>What many hosts' timer has done for each firm, in place of <see cref="RunAsync(CancellationToken)"/>.</summary>
    public FirmWork PurgeWork => new("purge", FirmTimers.Purge, companies.AllAsync, RunAsync);

    /// <summary>Purges what is kept for all firms together: the histories of workflows, and dead letters that nobody requeued.</summary>
    public async Task PurgeHistoriesAsync(CancellationToken cancellationToken)
    {
        await engine.PurgeAsync(Before(periods.EventDays), cancellationToken);
        await queue.PurgeAsync(null, Before(periods.InboundDays), cancellationToken);
    }

    /// <summary>Purges one firm; returns how many rows went.</summary>
    public async Task<int> RunAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var purged = 0;
        foreach (var partition in Partitions.All(company))
        {
            purged += await PurgeInboundAsync(partition, cancellationToken);
            purged += await PurgeAsync(_audit, partition, OlderThan("aud", periods.AuditDays), _ => Task.FromResult(true), cancellationToken);
            purged += await PurgeAsync(_events, partition, new RowRange(), item => PurgeEventAsync(company, item, cancellationToken), cancellationToken);
        }

        foreach (var partition in Partitions.All(company))
        {
            purged += await PurgeRecordsAsync(company, partition, cancellationToken);
        }

        purged += await imports.PurgeAsync(company, Before(periods.ImportDays), cancellationToken);
        purged += await deliveries.PurgeAsync(company, Before(periods.DeliveryDays), cancellationToken);
        purged += await claims.PurgeAsync(company, cancellationToken);
        purged += await pulls.PurgeAsync(company, Before(periods.EventDays), cancellationToken);
        return purged + await PurgeCountsAsync(company, cancellationToken);
    }

    private DateTimeOffset Before(double days) => clock.GetUtcNow().AddDays(-days);

    /// <summary>The rows of a newest-first table that are older than so many days.</summary>
    private RowRange OlderThan(string prefix, double days) => new(After: Ids.NewestFirst($"{prefix}_{Guid.CreateVersion7(Before(days)):N}"));

    private Task<int> PurgeInboundAsync(string partition, CancellationToken cancellationToken)
    {
        var (all, unauthorized) = (Before(periods.InboundDays), Before(periods.UnauthorizedDays));
        var range = OlderThan("inb", Math.Min(periods.InboundDays, periods.UnauthorizedDays));
        return PurgeAsync(_inbound, partition, range, async request =>
        {
            if (request.ReceivedAt > all && (request.State != "unauthorized" || request.ReceivedAt > unauthorized))
            {
                return false;
            }

            foreach (var blob in request.Files.Select(file => file.Blob).Append(request.Blob).Append(request.RawBlob).OfType<string>())
            {
                await blobs.DeleteAsync(blob, cancellationToken);
            }

            return true;
        }, cancellationToken);
    }

    private async Task<bool> PurgeEventAsync(CompanyId company, StoredEvent item, CancellationToken cancellationToken)
    {
        // As long as a delivery is in the log it can be looked at and replayed.
        var lastUse = item.ReplayedAt ?? item.ReceivedAt;
        var isKept = lastUse > Before(periods.EventDays) || (IsDelivered(item) && lastUse > Before(Math.Max(periods.EventDays, periods.DeliveryDays) + DeliveryMarginDays));
        if (isKept || await IsStillWorkedOnAsync(company, item, cancellationToken))
        {
            return false;
        }

        if (item.Blob is not null)
        {
            await blobs.DeleteAsync(item.Blob, cancellationToken);
        }

        return true;
    }

    private static bool IsDelivered(StoredEvent item) => item.Subscriptions is not null || item.ReplayedAt is not null;

    private async Task<bool> IsStillWorkedOnAsync(CompanyId company, StoredEvent item, CancellationToken cancellationToken)
    {
        if (IsDelivered(item) && await pending.ContainsAsync(company, WebhookFanOut.PendingKind, item.Id.ToString(), cancellationToken))
        {
            return true;
        }

        if (item.Connectors.Count == 0)
        {
            return false;
        }

        if (await pending.ContainsAsync(company, EventIntake.PendingKind, item.Id.ToString(), cancellationToken))
        {
            return true;
        }

        if (await events.LoadAsync(item, cancellationToken) is not { } loaded)
        {
            return false;
        }

        return LawRulerWorkflows.IdOf(loaded) is { } id && (await LastEndAsync(company, id, cancellationToken) is not { } end || end > Before(periods.EventDays));
    }

    /// <summary>When a workflow and its reruns were last worked on; null while one of them runs, the earliest time when there is none.</summary>
    private async Task<DateTimeOffset?> LastEndAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        var last = DateTimeOffset.MinValue;
        var next = id;
        for (var n = 1; await _records.GetAsync(Partitions.Spread(company, next), WorkflowRecords.RecordRow(next), cancellationToken) is { Value: var record }; n++)
        {
            if (record.EndedAt is not { } end)
            {
                return null;
            }

            last = end > last ? end : last;
            next = $"{id}.r{n}";
        }

        return last;
    }

    /// <summary>Removes the records of workflows whose event is gone, with their steps, index entries and effects.</summary>
    private async Task<int> PurgeRecordsAsync(CompanyId company, string partition, CancellationToken cancellationToken)
    {
        var purged = 0;
        var old = new List<WorkflowRecord>();
        await foreach (var row in _index.AllAsync(partition, WorkflowRecords.StartedBefore(Before(periods.EventDays)), cancellationToken))
        {
            if (await _records.GetAsync(partition, WorkflowRecords.RecordRow(row.Value.Id), cancellationToken) is { Value: { EndedAt: { } ended } record }
                && ended < Before(periods.EventDays) && await events.FindAsync(company, record.Subject, cancellationToken) is null)
            {
                old.Add(record);
            }
        }

        foreach (var record in old)
        {
            await blobs.DeleteAsync(LawRulerUploads.Blob(company, record.Id), cancellationToken);
            purged += await DeleteAllAsync(Tables.Effects, Partitions.Of(company, record.Id), new RowRange(), cancellationToken);
            purged += await PurgeSharedAsync(company, record, cancellationToken);
            foreach (var prefix in WorkflowRecords.IndexRows(record))
            {
                purged += await DeleteAllAsync(Tables.Workflows, partition, new RowRange(prefix), cancellationToken);
            }

            purged += await DeleteAllAsync(Tables.Workflows, partition, new RowRange(WorkflowRecords.RecordRow(record.Id)), cancellationToken);
        }

        return purged;
    }

    // Whichever of those that share them comes last takes them along: as long as one was announced of late, another is there.
    private async Task<int> PurgeSharedAsync(CompanyId company, WorkflowRecord record, CancellationToken cancellationToken)
    {
        if (record.Effects is not { } shared)
        {
            return 0;
        }

        return await PurgeAsync(_effects, Partitions.Of(company, shared), new RowRange(), effect => Task.FromResult(effect.AnnouncedAt < Before(periods.EventDays)), cancellationToken);
    }

    private async Task<int> PurgeCountsAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var purged = 0;
        var partition = Partitions.Of(company, InboundLog.UnauthorizedPart);
        var keepFrom = Before(periods.UnauthorizedDays).ToString("yyyyMMdd");
        await foreach (var row in _counts.AllAsync(partition, new RowRange(), cancellationToken))
        {
            purged += string.CompareOrdinal(row.Row, keepFrom) < 0 && await _counts.DeleteAsync(partition, row, cancellationToken) ? 1 : 0;
        }

        return purged;
    }

    private static async Task<int> PurgeAsync<T>(EntityTable<T> table, string partition, RowRange range, Func<T, Task<bool>> isDue, CancellationToken cancellationToken)
        where T : class
    {
        var purged = 0;
        await foreach (var row in table.AllAsync(partition, range, cancellationToken))
        {
            purged += await isDue(row.Value) && await table.DeleteAsync(partition, row, cancellationToken) ? 1 : 0;
        }

        return purged;
    }

    private async Task<int> DeleteAllAsync(string table, string partition, RowRange range, CancellationToken cancellationToken)
    {
        var deleted = 0;
        while (await store.QueryAsync(table, partition, range, Step, cancellationToken) is { Rows.Count: > 0 } page)
        {
            var batch = page.Rows.Select(row => EntityOperation.Delete(row.Row, row.ETag)).ToList();
            if (!(await store.CommitAsync(table, partition, batch, cancellationToken)).Written)
            {
                break;
            }

            deleted += batch.Count;
        }

        return deleted;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Company}: purged {Count} rows that were kept long enough")]
        public static partial void Purged(ILogger logger, string company, int count);
    }
}
