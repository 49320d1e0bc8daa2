using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Sync;

/// <summary>A firm's audit log, newest first.</summary>
public sealed class AuditLog(IEntityStore store, TimeProvider clock)
{
    private readonly EntityTable<AuditEntry> _entries = new(store, Tables.Audit, KayseJson.Default.AuditEntry);

    /// <summary>Writes a line.</summary>
    public Task WriteAsync(CompanyId company, string crm, string action, string outcome, string? resource, string? subject, string? detail, CancellationToken cancellationToken)
    {
        var id = Ids.New("aud", clock);
        var entry = new AuditEntry(id, clock.GetUtcNow(), crm, action, outcome, resource, subject, detail);
        return _entries.InsertAsync(Partitions.Spread(company, id), Ids.NewestFirst(id), entry, cancellationToken);
    }

    /// <summary>A page, newest first; the cursor is the last line's id.</summary>
    public async Task<(IReadOnlyList<AuditEntry> Items, string? Next)> ListAsync(CompanyId company, string? after, int limit, CancellationToken cancellationToken)
    {
        var range = new RowRange(After: after is null ? null : Ids.NewestFirst(after));
        var (rows, next) = await _entries.MergeAsync(Partitions.All(company), range, limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next is null ? null : Ids.NewestFirst(next));
    }
}
