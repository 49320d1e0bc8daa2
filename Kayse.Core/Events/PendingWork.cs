using System.Runtime.CompilerServices;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Events;

/// <summary>One thing that was accepted and is not finished.</summary>
/// <param name="Kind">What it is: <c>event</c>, <c>deliveries</c> or <c>inbound</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="Since">When it was accepted.</param>
/// <param name="NotBefore">The sweep leaves it alone until then.</param>
/// <param name="WaitsFor">The connection whose pause holds it up, or null.</param>
public sealed record PendingItem(string Kind, string Id, DateTimeOffset Since, DateTimeOffset NotBefore, string? WaitsFor = null);

/// <summary>The small table of what was accepted and is not finished: ids only. It is written before the thing itself and cleared after it, so what a crash leaves behind is always found here.</summary>
public sealed class PendingWork(IEntityStore store, TimeProvider clock)
{
    private readonly EntityTable<PendingItem> _items = new(store, Tables.Pending, static () => KayseJson.Default.PendingItem);

    /// <summary>Notes that something is about to be accepted. What a crash left under its id is renewed, so that whoever is about to forget that does not take this away.</summary>
    public Task AddAsync(CompanyId company, string kind, string id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return _items.AddOrUpdateAsync(
            Partitions.Spread(company, id),
            Row(kind, id),
            old => (old ?? new PendingItem(kind, id, now, now)) with { Since = now, NotBefore = old?.NotBefore > now ? old.NotBefore : now },
            cancellationToken);
    }

    /// <summary>True until it is finished.</summary>
    public async Task<bool> ContainsAsync(CompanyId company, string kind, string id, CancellationToken cancellationToken) =>
        await _items.GetAsync(Partitions.Spread(company, id), Row(kind, id), cancellationToken) is not null;

    /// <summary>Puts it off: the sweep leaves it alone until a time, or while a connection is paused.</summary>
    public Task PostponeAsync(CompanyId company, string kind, string id, DateTimeOffset notBefore, string? waitsFor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return _items.UpdateAsync(
            Partitions.Spread(company, id),
            Row(kind, id),
            old => (old ?? new PendingItem(kind, id, now, now)) with { NotBefore = notBefore, WaitsFor = waitsFor },
            cancellationToken);
    }

    /// <summary>Puts it off if it still stands as it was read: what has been finished since does not come back, and what was postponed since stays so.</summary>
    public async Task PutOffAsync(CompanyId company, PendingItem read, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        var partition = Partitions.Spread(company, read.Id);
        if (await _items.GetAsync(partition, Row(read.Kind, read.Id), cancellationToken) is { } row && row.Value == read)
        {
            await _items.ReplaceAsync(partition, row, read with { NotBefore = notBefore, WaitsFor = null }, cancellationToken);
        }
    }

    /// <summary>Takes away what was never accepted, if it still stands as it was read.</summary>
    public async Task ForgetAsync(CompanyId company, PendingItem read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        var partition = Partitions.Spread(company, read.Id);
        if (await _items.GetAsync(partition, Row(read.Kind, read.Id), cancellationToken) is { } row && row.Value == read)
        {
            await _items.DeleteAsync(partition, row, cancellationToken);
        }
    }

    /// <summary>Notes that it is finished.</summary>
    public Task ClearAsync(CompanyId company, string kind, string id, CancellationToken cancellationToken) =>
        _items.RemoveAsync(Partitions.Spread(company, id), Row(kind, id), cancellationToken);

    /// <summary>Everything of a firm's that is not finished.</summary>
    public async Task<IReadOnlyList<PendingItem>> AllAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var found = new List<PendingItem>();
        foreach (var partition in Partitions.All(company))
        {
            await foreach (var row in _items.AllAsync(partition, new RowRange(), cancellationToken))
            {
                found.Add(row.Value);
            }
        }

        return found;
    }

    /// <summary>The firms that have something unfinished.</summary>
    public async IAsyncEnumerable<CompanyId> CompaniesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = string.Empty;
        await foreach (var partition in store.PartitionsAsync(Tables.Pending, string.Empty, cancellationToken))
        {
            // A firm's buckets follow each other.
            var owner = partition.Split('.')[0];
            if (owner != last && CompanyId.TryParse(owner, null, out var company))
            {
                last = owner;
                yield return company;
            }
        }
    }

    private static string Row(string kind, string id) => $"{kind}~{id}";
}
