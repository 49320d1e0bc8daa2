using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Kayse.Core.Storage;

namespace Kayse.Functions.Azure;

/// <summary>
/// <see cref="IEntityStore"/> over Azure Tables. A batch of one is a plain request, a larger one an entity group transaction. Tables are made at their first use.
/// The client must not repeat writes by itself (<see cref="AzureClients"/>): a <see cref="TableCommit"/> does, which knows its own rows again.
/// </summary>
/// <param name="service">The account's tables.</param>
/// <param name="clock">Waits between the tries of a write.</param>
public sealed class AzureEntityStore(TableServiceClient service, TimeProvider clock) : IEntityStore
{
    private const string Service = "Table storage";

    private readonly ConcurrentDictionary<string, TableClient> _tables = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<Entity?> GetAsync(string table, string partition, string row, CancellationToken cancellationToken)
    {
        EntityRules.CheckTable(table);
        EntityRules.CheckKey(partition, nameof(partition));
        EntityRules.CheckKey(row, nameof(row));
        cancellationToken.ThrowIfCancellationRequested();
        var found = await AzureFaults.GuardAsync(Service, () => Table(table).GetEntityIfExistsAsync<TableEntity>(partition, row, null, cancellationToken), cancellationToken);
        return found.HasValue ? TableRows.Read(found.Value!) : null;
    }

    /// <inheritdoc/>
    public async Task<EntityPage> QueryAsync(string table, string partition, RowRange range, int limit, CancellationToken cancellationToken)
    {
        EntityRules.CheckTable(table);
        EntityRules.CheckKey(partition, nameof(partition));
        EntityRules.CheckRange(range);
        EntityRules.CheckLimit(limit);
        cancellationToken.ThrowIfCancellationRequested();
        var filter = $"PartitionKey eq {Quoted(partition)}{Within("RowKey", range.Prefix, range.After)}";
        // One more than asked for tells whether there is another page.
        var entities = await AzureFaults.GuardAsync(Service, () => ReadAsync(table, filter, limit + 1, null, cancellationToken), cancellationToken);
        var rows = entities.Take(limit).Select(TableRows.Read).ToList();
        return new EntityPage(rows, entities.Count > limit ? rows[^1].Row : null);
    }

    /// <inheritdoc/>
    public Task<BatchResult> CommitAsync(string table, string partition, IReadOnlyList<EntityOperation> operations, CancellationToken cancellationToken)
    {
        EntityRules.CheckTable(table);
        EntityRules.CheckBatch(partition, operations);
        cancellationToken.ThrowIfCancellationRequested();
        return AzureFaults.GuardAsync(Service, () => new TableCommit(Table(table), partition, operations, clock).RunAsync(cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> PartitionsAsync(string table, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        EntityRules.CheckTable(table);
        EntityRules.CheckPrefix(prefix);
        // From one partition to the next, not through all of their rows.
        for (string? last = null; await NextAsync(table, prefix, last, cancellationToken) is { } partition; last = partition)
        {
            yield return partition;
        }
    }

    private async Task<string?> NextAsync(string table, string prefix, string? last, CancellationToken cancellationToken)
    {
        var within = Within("PartitionKey", prefix, last);
        var filter = within.Length == 0 ? null : within[" and ".Length..];
        var found = await AzureFaults.GuardAsync(Service, () => ReadAsync(table, filter, 1, ["PartitionKey"], cancellationToken), cancellationToken);
        return found is [var first] ? first.PartitionKey : null;
    }

    private async Task<List<TableEntity>> ReadAsync(string table, string? filter, int limit, string[]? select, CancellationToken cancellationToken)
    {
        var entities = new List<TableEntity>();
        try
        {
            await foreach (var entity in Table(table).QueryAsync<TableEntity>(filter, Math.Min(limit, EntityRules.MaxPage), select, cancellationToken))
            {
                entities.Add(entity);
                if (entities.Count == limit)
                {
                    break;
                }
            }
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            // A table that nothing was written to yet.
        }

        return entities;
    }

    private TableClient Table(string name) => _tables.GetOrAdd(name, service.GetTableClient);

    // The keys that begin with a prefix and come after another one.
    private static string Within(string key, string prefix, string? after)
    {
        var start = after is not null && string.CompareOrdinal(after, prefix) >= 0 ? $" and {key} gt {Quoted(after)}"
            : prefix.Length > 0 ? $" and {key} ge {Quoted(prefix)}" : "";
        return RowRange.End(prefix) is { } end ? $"{start} and {key} lt {Quoted(end)}" : start;
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
