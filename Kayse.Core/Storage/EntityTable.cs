using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kayse.Core.Storage;

/// <summary>One table of <see cref="IEntityStore"/> whose rows are all of one type.</summary>
/// <typeparam name="T">The row.</typeparam>
/// <param name="store">Where the rows are.</param>
/// <param name="table">The table's name.</param>
/// <param name="json">How a row is written. Asked for with the first row, so that the start does not wait for the description of every type.</param>
public sealed class EntityTable<T>(IEntityStore store, string table, Func<JsonTypeInfo<T>> json)
    where T : class
{
    /// <summary>Reads one row, or null.</summary>
    public async Task<Stored<T>?> GetAsync(string partition, string row, CancellationToken cancellationToken) =>
        await store.GetAsync(table, partition, row, cancellationToken) is { } entity ? Read(entity) : null;

    /// <summary>Adds a row; false when there is one.</summary>
    public async Task<bool> InsertAsync(string partition, string row, T value, CancellationToken cancellationToken) =>
        (await store.CommitAsync(table, partition, [Insert(row, value)], cancellationToken)).Written;

    /// <summary>Replaces a row that is still as it was read; false when it has moved on.</summary>
    public async Task<bool> ReplaceAsync(string partition, Stored<T> old, T value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(old);
        return (await store.CommitAsync(table, partition, [EntityOperation.Replace(old.Row, Write(value), old.ETag)], cancellationToken)).Written;
    }

    /// <summary>Deletes a row that is still as it was read; false when it has moved on or is gone.</summary>
    public async Task<bool> DeleteAsync(string partition, Stored<T> old, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(old);
        return (await store.CommitAsync(table, partition, [EntityOperation.Delete(old.Row, old.ETag)], cancellationToken)).Written;
    }

    /// <summary>Deletes a row whatever has become of it; one that is not there is no error.</summary>
    public async Task RemoveAsync(string partition, string row, CancellationToken cancellationToken)
    {
        while (await GetAsync(partition, row, cancellationToken) is { } found && !await DeleteAsync(partition, found, cancellationToken))
        {
            // Somebody has just written it.
        }
    }

    /// <summary>
    /// Adds or changes a row, again and again until no other writer comes between. <paramref name="change"/> gets what is there
    /// (null when nothing) and returns what shall be there: the same value for no write.
    /// </summary>
    /// <returns>The row as it is afterwards.</returns>
    public async Task<T> UpdateAsync(string partition, string row, Func<T?, T> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        while (true)
        {
            var old = await GetAsync(partition, row, cancellationToken);
            var value = change(old?.Value);
            if (old is not null && EqualityComparer<T>.Default.Equals(old.Value, value))
            {
                return value;
            }

            if (old is null ? await InsertAsync(partition, row, value, cancellationToken) : await ReplaceAsync(partition, old, value, cancellationToken))
            {
                return value;
            }
        }
    }

    /// <summary>As <see cref="UpdateAsync"/>, for a row that is most likely not there yet: it is not looked for first.</summary>
    public async Task AddOrUpdateAsync(string partition, string row, Func<T?, T> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (!await InsertAsync(partition, row, change(null), cancellationToken))
        {
            await UpdateAsync(partition, row, change, cancellationToken);
        }
    }

    /// <summary>A page of a partition's rows.</summary>
    public async Task<(IReadOnlyList<Stored<T>> Rows, string? Next)> QueryAsync(string partition, RowRange range, int limit, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(table, partition, range, limit, cancellationToken);
        return ([.. page.Rows.Select(Read)], page.Next);
    }

    /// <summary>All rows of a partition that a range names, page by page.</summary>
    public async IAsyncEnumerable<Stored<T>> AllAsync(string partition, RowRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(range);
        while (true)
        {
            var (rows, next) = await QueryAsync(partition, range, 200, cancellationToken);
            foreach (var row in rows)
            {
                yield return row;
            }

            if (next is null)
            {
                yield break;
            }

            range = range with { After = next };
        }
    }

    /// <summary>The rows of several partitions as one list in the order of their keys, e.g. the buckets of a spread table.</summary>
    /// <returns>At most <paramref name="limit"/> rows, and the key to resume behind, or null when there are no more.</returns>
    public async Task<(IReadOnlyList<Stored<T>> Rows, string? Next)> MergeAsync(IEnumerable<string> partitions, RowRange range, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        var merged = new List<Stored<T>>();
        foreach (var partition in partitions)
        {
            merged.AddRange((await QueryAsync(partition, range, limit + 1, cancellationToken)).Rows);
        }

        merged.Sort(static (a, b) => string.CompareOrdinal(a.Row, b.Row));
        return merged.Count <= limit ? (merged, null) : (merged[..limit], merged[limit - 1].Row);
    }

    /// <summary>The chosen rows of several partitions as one list in the order of their keys. Where few are chosen it stops after <paramref name="mostSeen"/> rows, and goes on there the next time.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="range">Which rows.</param>
    /// <param name="limit">The most rows to answer.</param>
    /// <param name="mostSeen">The most rows to look at, rounded up to a page.</param>
    /// <param name="choose">True for a row to answer, false for one to leave out, null for one behind which there are none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>At most <paramref name="limit"/> rows, and the key to resume behind, or null when there are no more.</returns>
    public async Task<(IReadOnlyList<Stored<T>> Rows, string? Next)> ChooseAsync(
        IReadOnlyList<string> partitions, RowRange range, int limit, int mostSeen, Func<T, bool?> choose, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(range);
        ArgumentNullException.ThrowIfNull(choose);
        var chosen = new List<Stored<T>>();
        for (var seen = 0; seen < mostSeen;)
        {
            var (rows, next) = await MergeAsync(partitions, range, 200, cancellationToken);
            foreach (var row in rows)
            {
                if (choose(row.Value) is not { } isChosen)
                {
                    return (chosen, null);
                }

                if (isChosen && chosen.Count == limit)
                {
                    return (chosen, chosen[^1].Row);
                }

                if (isChosen)
                {
                    chosen.Add(row);
                }
            }

            if (next is null)
            {
                return (chosen, null);
            }

            seen += rows.Count;
            range = range with { After = next };
        }

        return (chosen, range.After);
    }

    /// <summary>An insert for a batch.</summary>
    public EntityOperation Insert(string row, T value) => EntityOperation.Insert(row, Write(value));

    private byte[] Write(T value) => JsonSerializer.SerializeToUtf8Bytes(value, json());

    private Stored<T> Read(Entity entity) => new(
        entity.Row,
        entity.ETag,
        JsonSerializer.Deserialize(entity.Json.Span, json()) ?? throw new JsonException($"A row of {table} is null."));
}

/// <summary>A row with the version it was read at.</summary>
/// <typeparam name="T">The row's type.</typeparam>
/// <param name="Row">The row key.</param>
/// <param name="ETag">The version.</param>
/// <param name="Value">The row.</param>
public sealed record Stored<T>(string Row, string ETag, T Value);
