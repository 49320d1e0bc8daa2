using Kayse.Core.Storage;

namespace Kayse.Tests.Lists;

/// <summary>The real store, with a count of what is asked of it.</summary>
public sealed class CountingStore(IEntityStore store) : IEntityStore
{
    private int _reads;
    private int _queries;
    private int _rowsRead;
    private int _written;

    /// <summary>What was asked since the last time.</summary>
    public StoreUse Take() => new(Interlocked.Exchange(ref _reads, 0), Interlocked.Exchange(ref _queries, 0), Interlocked.Exchange(ref _rowsRead, 0), Interlocked.Exchange(ref _written, 0));

    public Task<Entity?> GetAsync(string table, string partition, string row, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return store.GetAsync(table, partition, row, cancellationToken);
    }

    public async Task<EntityPage> QueryAsync(string table, string partition, RowRange range, int limit, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _queries);
        var page = await store.QueryAsync(table, partition, range, limit, cancellationToken);
        Interlocked.Add(ref _rowsRead, page.Rows.Count);
        return page;
    }

    public Task<BatchResult> CommitAsync(string table, string partition, IReadOnlyList<EntityOperation> operations, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref _written, operations.Count);
        return store.CommitAsync(table, partition, operations, cancellationToken);
    }

    public IAsyncEnumerable<string> PartitionsAsync(string table, string prefix, CancellationToken cancellationToken) => throw new InvalidOperationException("Never on a request's path.");
}

/// <summary>How often the store was asked.</summary>
public sealed record StoreUse(int Reads, int Queries, int RowsRead, int Written);
