using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Sync;

/// <summary>What was set in Kayse while statuses are not synchronised: the newest status of each case, and how many there were.</summary>
public sealed class StatusQueue(IEntityStore store, TimeProvider clock)
{
    private readonly EntityTable<QueuedStatus> _rows = new(store, Tables.StatusQueue, static () => KayseJson.Default.QueuedStatus);

    /// <summary>Keeps a change. The same again counts once, but is newer: whoever has read it before does not take it away.</summary>
    public Task PutAsync(CompanyId company, CaseId id, KayseStatus set, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        var row = id.ToString();
        return _rows.UpdateAsync(
            Partitions.Spread(company, row),
            row,
            old => new QueuedStatus(id, set.Status, set.Change, (old?.Count ?? 0) + (old?.Change == set.Change ? 0 : 1), After(old?.At)),
            cancellationToken);
    }

    /// <summary>A page of what waits, in the order of the cases' ids.</summary>
    public async Task<(IReadOnlyList<QueuedStatus> Items, string? Next)> ListAsync(CompanyId company, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _rows.MergeAsync(Partitions.All(company), new RowRange(After: after), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next);
    }

    /// <summary>Takes a change away, unless a newer one has come.</summary>
    public async Task RemoveAsync(CompanyId company, QueuedStatus read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        var partition = Partitions.Spread(company, read.Case.ToString());
        if (await _rows.GetAsync(partition, read.Case.ToString(), cancellationToken) is { } row && row.Value == read)
        {
            await _rows.DeleteAsync(partition, row, cancellationToken);
        }
    }

    /// <summary>How much waits.</summary>
    public Task<QueueCount> CountAsync(CompanyId company, CancellationToken cancellationToken) => SumAsync(company, isDropped: false, cancellationToken);

    /// <summary>Drops everything that waits; returns how much it was.</summary>
    public Task<QueueCount> DropAsync(CompanyId company, CancellationToken cancellationToken) => SumAsync(company, isDropped: true, cancellationToken);

    private DateTimeOffset After(DateTimeOffset? last)
    {
        var now = clock.GetUtcNow();
        return now > last || last is null ? now : last.Value.AddTicks(1);
    }

    private async Task<QueueCount> SumAsync(CompanyId company, bool isDropped, CancellationToken cancellationToken)
    {
        var sum = new QueueCount(0, 0);
        foreach (var partition in Partitions.All(company))
        {
            string? after = null;
            while (true)
            {
                var (rows, next) = await _rows.QueryAsync(partition, new RowRange(After: after), EntityRules.MaxOperations, cancellationToken);
                if (isDropped && rows.Count > 0
                    && !(await store.CommitAsync(Tables.StatusQueue, partition, [.. rows.Select(row => EntityOperation.Delete(row.Row, row.ETag))], cancellationToken)).Written)
                {
                    // One of them has changed meanwhile: the page is read again.
                    continue;
                }

                sum = new QueueCount(sum.Cases + rows.Count, sum.Changes + rows.Sum(row => row.Value.Count));
                if (next is null)
                {
                    break;
                }

                after = next;
            }
        }

        return sum;
    }
}

/// <summary>A status that waits.</summary>
/// <param name="Case">The case.</param>
/// <param name="Status">The newest status, as Kayse names it.</param>
/// <param name="Change">The id of the event that told of it.</param>
/// <param name="Count">How many changes there were, this one among them.</param>
/// <param name="At">When the newest came.</param>
public sealed record QueuedStatus(CaseId Case, string Status, string Change, int Count, DateTimeOffset At);

/// <summary>How much waits.</summary>
/// <param name="Cases">Of how many cases.</param>
/// <param name="Changes">How many changes.</param>
public sealed record QueueCount(int Cases, int Changes);
