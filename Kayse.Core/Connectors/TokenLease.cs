using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors;

/// <summary>Who may refresh a connection's token now: one process at a time, for a short while.</summary>
public sealed class TokenLease(IEntityStore store, TimeProvider clock)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(45);

    private readonly EntityTable<LeaseRow> _leases = new(store, Tables.Limits, static () => KayseJson.Default.LeaseRow);

    /// <summary>Takes the lease; null when another process holds it.</summary>
    public async Task<string?> TakeAsync(CompanyId company, string crm, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var mine = new LeaseRow(Ids.New("lease", clock), now + Duration);
        var row = await _leases.GetAsync(Partitions.Of(company), Row(crm), cancellationToken);
        var taken = row is null ? await _leases.InsertAsync(Partitions.Of(company), Row(crm), mine, cancellationToken)
            : row.Value.Until <= now && await _leases.ReplaceAsync(Partitions.Of(company), row, mine, cancellationToken);
        return taken ? mine.Holder : null;
    }

    /// <summary>Gives the lease back.</summary>
    public async Task ReleaseAsync(CompanyId company, string crm, string holder, CancellationToken cancellationToken)
    {
        if (await _leases.GetAsync(Partitions.Of(company), Row(crm), cancellationToken) is { } row && row.Value.Holder == holder)
        {
            await _leases.ReplaceAsync(Partitions.Of(company), row, row.Value with { Until = DateTimeOffset.MinValue }, cancellationToken);
        }
    }

    /// <summary>Gives back a lease that a process left which is gone: only for a host that knows, when it starts, that no other is at it.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="crm">The CRM.</param>
    /// <param name="startedAt">When the host started: what was taken since is its own.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task ReleaseLeftAsync(CompanyId company, string crm, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        if (await _leases.GetAsync(Partitions.Of(company), Row(crm), cancellationToken) is { } row && row.Value.Until < startedAt + Duration)
        {
            await _leases.ReplaceAsync(Partitions.Of(company), row, row.Value with { Until = DateTimeOffset.MinValue }, cancellationToken);
        }
    }

    private static string Row(string crm) => $"{crm}~token";
}

/// <summary>A lease as it is stored.</summary>
/// <param name="Holder">Who has it.</param>
/// <param name="Until">When it ends by itself.</param>
public sealed record LeaseRow(string Holder, DateTimeOffset Until);
