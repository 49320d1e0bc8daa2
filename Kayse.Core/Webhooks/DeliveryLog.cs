using System.Runtime.CompilerServices;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Webhooks;

/// <summary>
/// The delivery log of a subscription. A delivery and its attempts share a partition: <c>d~{id}</c> is the delivery with its last attempt, newest first;
/// <c>a~{id}~{nn}</c> are the attempts before; <c>i~{state}~{id}</c> is the index of what is not delivered. What is delivered at once is one row.
/// </summary>
public sealed class DeliveryLog(IEntityStore store)
{
    // A page of what a filter lets through rarely is looked for among so many at the most.
    private const int MaxScanned = 1000;
    private const int ScanPage = 100;
    private const string DeliveryPrefix = "d~";

    private readonly EntityTable<Delivery> _deliveries = new(store, Tables.Deliveries, static () => KayseJson.Default.Delivery);
    private readonly EntityTable<DeliveryAttempt> _attempts = new(store, Tables.Deliveries, static () => KayseJson.Default.DeliveryAttempt);
    private readonly EntityTable<DeliveryIndexEntry> _index = new(store, Tables.Deliveries, static () => KayseJson.Default.DeliveryIndexEntry);

    /// <summary>A delivery, or null.</summary>
    public Task<Stored<Delivery>?> FindAsync(CompanyId company, string subscription, string id, CancellationToken cancellationToken) =>
        _deliveries.GetAsync(Partition(company, subscription, id), Row(id), cancellationToken);

    /// <summary>True when a delivery is in the log, wherever it stands.</summary>
    public async Task<bool> ContainsAsync(CompanyId company, string subscription, string id, CancellationToken cancellationToken) =>
        await store.GetAsync(Tables.Deliveries, Partition(company, subscription, id), Row(id), cancellationToken) is not null;

    /// <summary>Adds a delivery, or replaces one that is still as it was read; false when another writer came between.</summary>
    public async Task<bool> WriteAsync(CompanyId company, string subscription, Stored<Delivery>? old, Delivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var partition = Partition(company, subscription, delivery.Id);
        var batch = new List<EntityOperation>
        {
            old is null
                ? _deliveries.Insert(Row(delivery.Id), delivery)
                : EntityOperation.Replace(old.Row, JsonSerializer.SerializeToUtf8Bytes(delivery, KayseJson.Default.Delivery), old.ETag),
        };
        if (old?.Value.Last is { } before && delivery.Last?.Number != before.Number)
        {
            batch.Add(_attempts.Insert(AttemptRow(delivery.Id, before.Number), before));
        }

        if (old?.Value.State != delivery.State)
        {
            if (IsIndexed(delivery.State))
            {
                batch.Add(_index.Insert(IndexRow(delivery.State, delivery.Id), new DeliveryIndexEntry(delivery.Id)));
            }

            if (old is not null && IsIndexed(old.Value.State) && await _index.GetAsync(partition, IndexRow(old.Value.State, delivery.Id), cancellationToken) is { } entry)
            {
                batch.Add(EntityOperation.Delete(entry.Row, entry.ETag));
            }
        }

        return (await store.CommitAsync(Tables.Deliveries, partition, batch, cancellationToken)).Written;
    }

    /// <summary>A delivery's attempts, the first first.</summary>
    public async Task<IReadOnlyList<DeliveryAttempt>> AttemptsAsync(CompanyId company, string subscription, Delivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var (rows, _) = await _attempts.QueryAsync(Partition(company, subscription, delivery.Id), new RowRange(AttemptPrefix(delivery.Id)), EntityRules.MaxPage, cancellationToken);
        return delivery.Last is null ? [] : [.. rows.Select(row => row.Value), delivery.Last];
    }

    /// <summary>A page of a subscription's deliveries, newest first; the cursor is the last id. With a filter that few match, a page may have fewer than there is room for while others follow.</summary>
    public async Task<(IReadOnlyList<Delivery> Items, string? Next)> ListAsync(CompanyId company, string subscription, DeliveryFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var found = new List<Delivery>();
        var cursor = filter.To is { } to && (after is null || string.CompareOrdinal(after, IdsOf(to)) >= 0) ? IdsOf(to.AddMilliseconds(-1)) : after;
        var size = filter.Type is null && filter.State != DeliveryStates.Delivered ? limit : ScanPage;
        for (var scanned = 0; scanned < MaxScanned; scanned += size)
        {
            var (page, next) = await PageAsync(company, subscription, filter.State, cursor, size, cancellationToken);
            foreach (var delivery in page)
            {
                if (filter.From is { } from && string.CompareOrdinal(delivery.Id, IdsOf(from)) < 0)
                {
                    return (found, null);
                }

                cursor = delivery.Id;
                if (filter.Matches(delivery))
                {
                    found.Add(delivery);
                    if (found.Count == limit)
                    {
                        return (found, next is null && page[^1] == delivery ? null : cursor);
                    }
                }
            }

            if (next is null)
            {
                return (found, null);
            }

            cursor = next;
        }

        return (found, cursor);
    }

    /// <summary>The deliveries that wait and whose next attempt was due before a time, with their subscriptions; also of subscriptions that were deleted.</summary>
    public async IAsyncEnumerable<(string Subscription, Delivery Delivery)> OverdueAsync(CompanyId company, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var partition in store.PartitionsAsync(Tables.Deliveries, $"{company}.", cancellationToken))
        {
            await foreach (var entry in _index.AllAsync(partition, new RowRange(IndexPrefix(DeliveryStates.Waiting)), cancellationToken))
            {
                if ((await _deliveries.GetAsync(partition, Row(entry.Value.Id), cancellationToken))?.Value is { State: DeliveryStates.Waiting } delivery && delivery.NextAt < before)
                {
                    yield return (partition.Split('.')[1], delivery);
                }
            }
        }
    }

    /// <summary>Deletes deliveries that are older than a time and not waiting, with their attempts and index entries, a page at a time; returns how many rows went.</summary>
    public async Task<int> PurgeAsync(CompanyId company, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var purged = 0;
        await foreach (var partition in store.PartitionsAsync(Tables.Deliveries, $"{company}.", cancellationToken))
        {
            await foreach (var row in _deliveries.AllAsync(partition, new RowRange(DeliveryPrefix, Row(IdsOf(before))), cancellationToken))
            {
                purged += row.Value.State == DeliveryStates.Waiting ? 0 : await DeleteAsync(partition, row, cancellationToken);
            }
        }

        return purged;
    }

    private async Task<int> DeleteAsync(string partition, Stored<Delivery> row, CancellationToken cancellationToken)
    {
        var batch = new List<EntityOperation> { EntityOperation.Delete(row.Row, row.ETag) };
        var delivery = row.Value;
        if (delivery.Attempts > 1)
        {
            var (attempts, _) = await _attempts.QueryAsync(partition, new RowRange(AttemptPrefix(delivery.Id)), EntityRules.MaxOperations - 2, cancellationToken);
            batch.AddRange(attempts.Select(attempt => EntityOperation.Delete(attempt.Row, attempt.ETag)));
        }

        if (IsIndexed(delivery.State) && await _index.GetAsync(partition, IndexRow(delivery.State, delivery.Id), cancellationToken) is { } entry)
        {
            batch.Add(EntityOperation.Delete(entry.Row, entry.ETag));
        }

        return (await store.CommitAsync(Tables.Deliveries, partition, batch, cancellationToken)).Written ? batch.Count : 0;
    }

    private async Task<(IReadOnlyList<Delivery> Items, string? Next)> PageAsync(CompanyId company, string subscription, string? state, string? after, int limit, CancellationToken cancellationToken)
    {
        var partitions = Partitions.All(company, subscription);
        if (state is null || !IsIndexed(state))
        {
            var (rows, more) = await _deliveries.MergeAsync(partitions, new RowRange(DeliveryPrefix, after is null ? null : Row(after)), limit, cancellationToken);
            return ([.. rows.Select(row => row.Value)], more is null ? null : rows[^1].Value.Id);
        }

        var range = new RowRange(IndexPrefix(state), after is null ? null : IndexRow(state, after));
        var (entries, next) = await _index.MergeAsync(partitions, range, limit, cancellationToken);
        var items = new List<Delivery>();
        foreach (var entry in entries)
        {
            if (await FindAsync(company, subscription, entry.Value.Id, cancellationToken) is { } row)
            {
                items.Add(row.Value);
            }
        }

        return (items, next is null ? null : entries[^1].Value.Id);
    }

    // How the ids of a millisecond begin: listed newest first, it stands behind all younger ones.
    private static string IdsOf(DateTimeOffset time) => $"dlv_{time.ToUnixTimeMilliseconds():x12}";

    private static bool IsIndexed(string state) => state != DeliveryStates.Delivered;

    private static string Row(string id) => $"{DeliveryPrefix}{Ids.NewestFirst(id)}";

    private static string AttemptPrefix(string id) => $"a~{id}~";

    private static string AttemptRow(string id, int number) => $"{AttemptPrefix(id)}{number:d4}";

    private static string IndexPrefix(string state) => $"i~{state}~";

    private static string IndexRow(string state, string id) => $"{IndexPrefix(state)}{Ids.NewestFirst(id)}";

    private static string Partition(CompanyId company, string subscription, string id) => Partitions.Spread(company, subscription, id);
}

/// <summary>Which deliveries are asked for.</summary>
/// <param name="State">One state, or null for all.</param>
/// <param name="Type">One event type, or null for all.</param>
/// <param name="From">From this time on, or null.</param>
/// <param name="To">Before this time, or null.</param>
public sealed record DeliveryFilter(string? State = null, string? Type = null, DateTimeOffset? From = null, DateTimeOffset? To = null)
{
    /// <summary>True when a delivery is of the state and the type.</summary>
    public bool Matches(Delivery delivery)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return (State is null || State == delivery.State) && (Type is null || Type == delivery.Type);
    }
}

/// <summary>An entry of the index by state.</summary>
/// <param name="Id">The delivery.</param>
public sealed record DeliveryIndexEntry(string Id);
