using Kayse.Core.Storage;

namespace Kayse.Tests.LawRuler;

/// <summary>The real store, with something that happens around what is asked of one table.</summary>
public sealed class HookedStore(IEntityStore store, string table) : IEntityStore
{
    /// <summary>Throws as a store that is away does.</summary>
    public bool IsAway { get; set; }

    /// <summary>What happens once, after the next write.</summary>
    public Func<Task>? AfterWrite { get; set; }

    public Task<Entity?> GetAsync(string asked, string partition, string row, CancellationToken cancellationToken)
    {
        Check(asked);
        return store.GetAsync(asked, partition, row, cancellationToken);
    }

    public Task<EntityPage> QueryAsync(string asked, string partition, RowRange range, int limit, CancellationToken cancellationToken)
    {
        Check(asked);
        return store.QueryAsync(asked, partition, range, limit, cancellationToken);
    }

    public async Task<BatchResult> CommitAsync(string asked, string partition, IReadOnlyList<EntityOperation> operations, CancellationToken cancellationToken)
    {
        Check(asked);
        var result = await store.CommitAsync(asked, partition, operations, cancellationToken);
        if (asked == table && AfterWrite is { } after)
        {
            AfterWrite = null;
            await after();
        }

        return result;
    }

    public IAsyncEnumerable<string> PartitionsAsync(string asked, string prefix, CancellationToken cancellationToken) => store.PartitionsAsync(asked, prefix, cancellationToken);

    private void Check(string asked)
    {
        if (IsAway && asked == table)
        {
            throw new StorageUnavailableException("The store is away.");
        }
    }
}
