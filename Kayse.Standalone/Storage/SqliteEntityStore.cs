using System.Globalization;
using System.Runtime.CompilerServices;
using Kayse.Core.Storage;

namespace Kayse.Standalone.Storage;

/// <summary>
/// <see cref="IEntityStore"/> over the table <c>entity</c>. A batch is one piece of work of a group commit; a read takes a reader
/// connection, unless the row is in memory, and completes on the caller's thread. One a database.
/// </summary>
public sealed class SqliteEntityStore(SqliteDatabase database) : IEntityStore
{
    private readonly RecentRows _recent = new();

    // Counted from a random start: no two writes of a process bear the same, and none bears one of an earlier process's (1 in 2^60), also
    // when a row was deleted and inserted again. A stored counter would cost each batch a write of its own.
    private long _lastETag = Random.Shared.NextInt64(1L << 62);

    // SQLite puts every blob behind every text: this stands for "no end".
    private static readonly byte[] NoEnd = [0];

    /// <inheritdoc/>
    public Task<Entity?> GetAsync(string table, string partition, string row, CancellationToken cancellationToken)
    {
        EntityRules.CheckTable(table);
        EntityRules.CheckKey(partition, nameof(partition));
        EntityRules.CheckKey(row, nameof(row));
        return _recent.TryGet(table, partition, row, out var known, out var place)
            ? Task.FromResult(known)
            : Completed(() => ReadRow(table, partition, row, place), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<EntityPage> QueryAsync(string table, string partition, RowRange range, int limit, CancellationToken cancellationToken)
    {
        EntityRules.CheckTable(table);
        EntityRules.CheckKey(partition, nameof(partition));
        EntityRules.CheckRange(range);
        EntityRules.CheckLimit(limit);
        return Completed(() => database.Read(statements => Query(statements, table, partition, range, limit)), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<BatchResult> CommitAsync(string table, string partition, IReadOnlyList<EntityOperation> operations, CancellationToken cancellationToken)
    {
        EntityRules.CheckTable(table);
        EntityRules.CheckBatch(partition, operations);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<BatchResult>(cancellationToken)
            : database.WriteAsync(statements => Commit(statements, table, partition, operations), result => Remember(table, partition, operations, result));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> PartitionsAsync(string table, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        EntityRules.CheckTable(table);
        EntityRules.CheckPrefix(prefix);
        // One seek a partition, each a read of its own: no snapshot is held open while the caller works, which would keep the log from being checkpointed.
        for (string? last = null; Next(table, prefix, last) is { } partition; last = partition)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return partition;
            await Task.CompletedTask;
        }
    }

    private static Task<T> Completed<T>(Func<T> read, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return Task.FromResult(read());
        }
        catch (StorageUnavailableException fault)
        {
            return Task.FromException<T>(fault);
        }
    }

    private Entity? ReadRow(string table, string partition, string row, RecentRows.Place place)
    {
        var entity = database.Read(statements => Get(statements, table, partition, row));
        _recent.Read(place, table, partition, row, entity);
        return entity;
    }

    private void Remember(string table, string partition, IReadOnlyList<EntityOperation> operations, BatchResult result)
    {
        for (var i = 0; i < result.ETags.Count; i++)
        {
            var operation = operations[i];
            _recent.Written(table, partition, operation.Row, operation.Kind == EntityOperationKind.Delete ? null : new Entity(operation.Row, result.ETags[i], operation.Json));
        }
    }

    private static Entity? Get(SqliteStatements statements, string table, string partition, string row)
    {
        using var reader = statements.Query("SELECT etag, json FROM entity WHERE tbl = ?1 AND partition = ?2 AND row = ?3", table, partition, row);
        return reader.Read() ? new Entity(row, ETag(reader.GetInt64(0)), reader.GetBytes(1)) : null;
    }

    private static EntityPage Query(SqliteStatements statements, string table, string partition, RowRange range, int limit)
    {
        using var reader = Rows(statements, table, partition, range, limit + 1);
        var rows = new List<Entity>();
        while (reader.Read())
        {
            if (rows.Count == limit)
            {
                return new EntityPage(rows, rows[^1].Row);
            }

            rows.Add(new Entity(reader.GetString(0), ETag(reader.GetInt64(1)), reader.GetBytes(2)));
        }

        return new EntityPage(rows, null);
    }

    private static SqliteRows Rows(SqliteStatements statements, string table, string partition, RowRange range, int limit)
    {
        var end = End(range.Prefix);
        return range.After is null || string.CompareOrdinal(range.After, range.Prefix) < 0
            ? statements.Query("SELECT row, etag, json FROM entity WHERE tbl = ?1 AND partition = ?2 AND row >= ?3 AND row < ?4 ORDER BY row LIMIT ?5", table, partition, range.Prefix, end, limit)
            : statements.Query("SELECT row, etag, json FROM entity WHERE tbl = ?1 AND partition = ?2 AND row > ?3 AND row < ?4 ORDER BY row LIMIT ?5", table, partition, range.After, end, limit);
    }

    private BatchResult Commit(SqliteStatements statements, string table, string partition, IReadOnlyList<EntityOperation> operations)
    {
        if (operations is [var only])
        {
            var etag = Apply(statements, table, partition, only);
            return etag is null ? BatchResult.Failed(Judge(statements, table, partition, only), 0) : BatchResult.Success([etag]);
        }

        statements.Run("SAVEPOINT batch");
        var etags = new string[operations.Count];
        for (var i = 0; i < etags.Length; i++)
        {
            if (Apply(statements, table, partition, operations[i]) is not { } etag)
            {
                var failure = Judge(statements, table, partition, operations[i]);
                statements.Run("ROLLBACK TO batch");
                statements.Run("RELEASE batch");
                return BatchResult.Failed(failure, i);
            }

            etags[i] = etag;
        }

        statements.Run("RELEASE batch");
        return BatchResult.Success(etags);
    }

    private static EntityFailure Judge(SqliteStatements statements, string table, string partition, EntityOperation operation)
    {
        var etag = statements.Scalar("SELECT etag FROM entity WHERE tbl = ?1 AND partition = ?2 AND row = ?3", table, partition, operation.Row);
        if (operation.Kind == EntityOperationKind.Insert)
        {
            return etag is null ? EntityFailure.None : EntityFailure.AlreadyExists;
        }

        return etag is null ? EntityFailure.NotFound
            : ETag((long)etag) == operation.ETag ? EntityFailure.None : EntityFailure.ETagMismatch;
    }

    /// <summary>Writes one row unless it is not as the operation expects; returns its new ETag, or null when nothing was written.</summary>
    private string? Apply(SqliteStatements statements, string table, string partition, EntityOperation operation)
    {
        var etag = Interlocked.Increment(ref _lastETag);
        var old = long.TryParse(operation.ETag, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (long?)null;
        var changed = operation.Kind switch
        {
            EntityOperationKind.Insert => statements.Run("INSERT INTO entity (tbl, partition, row, etag, json) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING", table, partition, operation.Row, etag, operation.Json),
            EntityOperationKind.Replace => statements.Run("UPDATE entity SET etag = ?1, json = ?2 WHERE tbl = ?3 AND partition = ?4 AND row = ?5 AND etag = ?6", etag, operation.Json, table, partition, operation.Row, old),
            _ => statements.Run("DELETE FROM entity WHERE tbl = ?1 AND partition = ?2 AND row = ?3 AND etag = ?4", table, partition, operation.Row, old),
        };
        return changed == 0 ? null : operation.Kind == EntityOperationKind.Delete ? "" : ETag(etag);
    }

    private static string ETag(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static object End(string prefix) => (object?)RowRange.End(prefix) ?? NoEnd;

    private string? Next(string table, string prefix, string? last) => database.Read(statements => (string?)(last is null
        ? statements.Scalar("SELECT partition FROM entity WHERE tbl = ?1 AND partition >= ?2 AND partition < ?3 ORDER BY partition LIMIT 1", table, prefix, End(prefix))
        : statements.Scalar("SELECT partition FROM entity WHERE tbl = ?1 AND partition > ?2 AND partition < ?3 ORDER BY partition LIMIT 1", table, last, End(prefix))));
}
