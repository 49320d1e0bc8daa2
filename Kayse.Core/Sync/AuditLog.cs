using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Sync;

/// <summary>A firm's audit log, newest first.</summary>
public sealed class AuditLog(IEntityStore store, TimeProvider clock)
{
    private const int MaxPayload = 8 * 1024;
    private const int MostSeen = 5000;

    private readonly EntityTable<AuditEntry> _entries = new(store, Tables.Audit, static () => KayseJson.Default.AuditEntry);

    /// <summary>Writes a line.</summary>
    public Task WriteAsync(CompanyId company, string crm, string action, string outcome, string? resource, string? subject, string? detail, CancellationToken cancellationToken) =>
        WriteAsync(company, crm, action, outcome, resource, subject, detail, null, cancellationToken);

    /// <summary>Writes a line about a webhook, with what it carried as far as a line can hold it.</summary>
    public Task WriteAsync(
        CompanyId company, string crm, string action, string outcome, string? resource, string? subject, string? detail, string? payload, CancellationToken cancellationToken)
    {
        var id = Ids.New("aud", clock);
        var entry = new AuditEntry(id, clock.GetUtcNow(), crm, action, outcome, resource, subject, detail, payload?.Length > MaxPayload ? null : payload);
        return _entries.InsertAsync(Partitions.Spread(company, id), Ids.NewestFirst(id), entry, cancellationToken);
    }

    /// <summary>A page, newest first; the cursor is the last line's id.</summary>
    public async Task<(IReadOnlyList<AuditEntry> Items, string? Next)> ListAsync(CompanyId company, string? after, int limit, CancellationToken cancellationToken)
    {
        var range = new RowRange(After: after is null ? null : Ids.NewestFirst(after));
        var (rows, next) = await _entries.MergeAsync(Partitions.All(company), range, limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next is null ? null : Ids.NewestFirst(next));
    }

    /// <summary>A page of the lines that are asked for, newest first. It may have fewer than its limit although more follow: only the cursor tells the end.</summary>
    public async Task<(IReadOnlyList<AuditEntry> Items, string? Next)> ListAsync(CompanyId company, AuditFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        // The ids carry their time, so that what is newer than asked for is not read.
        var newest = filter.Before is { } before ? $"aud_{Guid.CreateVersion7(before.AddSeconds(1)):N}" : null;
        var start = after ?? newest;
        var range = new RowRange(After: start is null ? null : Ids.NewestFirst(start));
        var (rows, next) = await _entries.ChooseAsync([.. Partitions.All(company)], range, limit, MostSeen, filter.Choose, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next is null ? null : Ids.NewestFirst(next));
    }
}
