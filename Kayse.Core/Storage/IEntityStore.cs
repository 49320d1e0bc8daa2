namespace Kayse.Core.Storage;

/// <summary>
/// Rows of JSON by table, partition key and row key, as Azure Tables has them: point reads, ranges within one partition
/// in ordinal order, and batches that are atomic within one partition. Every adapter refuses what
/// <see cref="EntityRules"/> refuses, with an <see cref="ArgumentException"/>; a store that cannot be reached or is full
/// throws <see cref="StorageUnavailableException"/>, and then nothing was written, as far as can be told.
/// </summary>
public interface IEntityStore
{
    /// <summary>Reads one row, or null.</summary>
    Task<Entity?> GetAsync(string table, string partition, string row, CancellationToken cancellationToken);

    /// <summary>Reads rows of one partition in ordinal order of their keys.</summary>
    /// <param name="table">The table.</param>
    /// <param name="partition">The partition key.</param>
    /// <param name="range">Which rows.</param>
    /// <param name="limit">How many at the most, 1 to 1,000.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<EntityPage> QueryAsync(string table, string partition, RowRange range, int limit, CancellationToken cancellationToken);

    /// <summary>Writes all operations or none; durable when the task completes.</summary>
    Task<BatchResult> CommitAsync(string table, string partition, IReadOnlyList<EntityOperation> operations, CancellationToken cancellationToken);

    /// <summary>The partition keys of a table that begin with <paramref name="prefix"/>; for erasing a firm and for purges, never on a request's path.</summary>
    IAsyncEnumerable<string> PartitionsAsync(string table, string prefix, CancellationToken cancellationToken);
}
