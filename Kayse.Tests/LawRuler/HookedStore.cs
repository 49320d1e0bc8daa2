using Kayse.Core.Storage;

namespace Kayse.Tests.LawRuler;

/// <summary>The real store, with something that happens around what is asked of one table.</summary>
public sealed class HookedStore(IEntityStore store, string watched) : IEntityStore
{
    /// <summary>Throws as a store that is away does.</summary>
    public bool IsAway { get; set; }

    /// <summary>What happens once, before the next write.</summary>
    public Func<Task>? BeforeWrite { get; set; }

    /// <summary>What happens once, after the next write.</summary>
    public Func<Task>? AfterWrite { get; set; }

    public Task<Entity?> GetAsync(string table, string partition, string row, CancellationToken cancellationToken)
    {
        Check(table);
        return store.GetAsync(table, partition, row, cancellationToken);
    }

    public Task<EntityPage> QueryAsync(string table, string partition, RowRange range, int limit, CancellationToken cancellationToken)
    {
        Check(table);
        return store.QueryAsync(table, partition, range, limit, cancellationToken);
    }

    public async Task<BatchResult> CommitAsync(string table, string partition, IReadOnlyList<EntityOperation> operations, CancellationToken cancellationToken)
    {
        Check(table);
        if (table == watched && BeforeWrite is { } before)
        {
            BeforeWrite = null;
            await before();
        }

        var result = await store.CommitAsync(table, partition, operations, cancellationToken);
        if (table == watched && AfterWrite is { } after)
        {
            AfterWrite = null;
            await after();
        }

        return result;
    }

    public IAsyncEnumerable<string> PartitionsAsync(string table, string prefix, CancellationToken cancellationToken) => store.PartitionsAsync(table, prefix, cancellationToken);

    private void Check(string table)
    {
        if (IsAway && table == watched)
        {
            throw new StorageUnavailableException("The store is away.");
        }
    }
}
