using System.Collections.Concurrent;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors;

/// <summary>
/// A connection's rate budget, shared by all processes: a token bucket in a row, from which each process takes a few tokens at a time.
/// No budget is an answer, at once: the caller comes back at the time it names.
/// </summary>
public sealed class ConnectionLimits(IEntityStore store, TimeProvider clock) : IDisposable
{
    // What a time of whole ticks leaves out of a budget that has filled up until then.
    private const double Least = 1e-6;

    private static readonly TimeSpan ChunkLifetime = TimeSpan.FromSeconds(10);

    private readonly EntityTable<ConnectionLimit> _limits = new(store, Tables.Limits, static () => KayseJson.Default.ConnectionLimit);
    private readonly ConcurrentDictionary<(CompanyId Company, string Name, int Concurrency), Held> _held = new();

    /// <summary>Takes leave for one request.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="name">The connection: a CRM's name, or a webhook's id.</param>
    /// <param name="budget">What the connection may spend.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A permit to dispose after the request; or null and when to come back.</returns>
    public Task<(IDisposable? Permit, DateTimeOffset ComeBack)> TakeAsync(CompanyId company, string name, RateBudget budget, CancellationToken cancellationToken) =>
        TakeAsync(company, name, budget, null, cancellationToken);

    /// <summary>Takes leave for one request, out of what was taken for several as long as that lasts.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="name">The connection.</param>
    /// <param name="budget">What the connection may spend.</param>
    /// <param name="leave">What <see cref="TakeLeaveAsync"/> gave, or null.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A permit to dispose after the request; or null and when to come back.</returns>
    public async Task<(IDisposable? Permit, DateTimeOffset ComeBack)> TakeAsync(CompanyId company, string name, RateBudget budget, RequestLeave? leave, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(budget);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(budget.PerSecond, nameof(budget));
        ArgumentOutOfRangeException.ThrowIfLessThan(budget.Burst, 1, nameof(budget));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(budget.Reserve, budget.Burst - 1, nameof(budget));
        var held = _held.GetOrAdd((company, name, budget.Concurrency), static key => new Held(key.Concurrency));
        await held.Slots.WaitAsync(cancellationToken);
        var permit = new Permit(held.Slots);
        try
        {
            if (await SpendAsync(company, name, budget, leave, held, cancellationToken) is not { } comeBack)
            {
                return (permit, default);
            }

            permit.Dispose();
            return (null, comeBack);
        }
        catch
        {
            permit.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Takes leave for all requests of an attempt at once. An attempt that is stopped after its first request begins anew with the same one: where the budget is spent as fast as it
    /// fills, it would never come to its end.
    /// </summary>
    /// <param name="company">The firm.</param>
    /// <param name="name">The connection.</param>
    /// <param name="budget">What the connection may spend; of its reserve only what a full budget could not give otherwise is used.</param>
    /// <param name="requests">How many; no more than the burst.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The leave; or null and when to come back.</returns>
    public async Task<(RequestLeave? Leave, DateTimeOffset ComeBack)> TakeLeaveAsync(CompanyId company, string name, RateBudget budget, int requests, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(budget);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(requests);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(requests, budget.Burst);
        while (true)
        {
            var now = clock.GetUtcNow();
            var row = await _limits.GetAsync(Partitions.Of(company), name, cancellationToken);
            var old = row?.Value ?? new ConnectionLimit(budget.Burst, now, DateTimeOffset.MinValue);
            if (old.NotBefore > now)
            {
                return (null, old.NotBefore);
            }

            var (tokens, needed) = (Filled(old, budget, now), Math.Min(budget.Burst, budget.Reserve + requests));
            if (tokens < needed - Least)
            {
                return (null, now.AddSeconds((needed - tokens) / budget.PerSecond));
            }

            var changed = old with { Tokens = tokens - requests, RefilledAt = now };
            if (row is null ? await _limits.InsertAsync(Partitions.Of(company), name, changed, cancellationToken) : await _limits.ReplaceAsync(Partitions.Of(company), row, changed, cancellationToken))
            {
                return (new RequestLeave(requests), default);
            }
        }
    }

    /// <summary>Gives back what is left of a leave.</summary>
    public async Task GiveBackAsync(CompanyId company, string name, RequestLeave leave, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leave);
        while (leave.Left > 0 && await _limits.GetAsync(Partitions.Of(company), name, cancellationToken) is { } row)
        {
            if (await _limits.ReplaceAsync(Partitions.Of(company), row, row.Value with { Tokens = row.Value.Tokens + leave.Left }, cancellationToken))
            {
                leave.Left = 0;
            }
        }
    }

    /// <summary>The other side asked to be left alone until a time: every process keeps to it.</summary>
    public Task BlockAsync(CompanyId company, string name, DateTimeOffset until, CancellationToken cancellationToken) =>
        _limits.UpdateAsync(Partitions.Of(company), name, old => Max(old ?? new ConnectionLimit(0, clock.GetUtcNow(), until), until), cancellationToken);

    /// <summary>Forgets until when the other side asked to be left alone: someone says that it may be asked again.</summary>
    public async Task ClearAsync(CompanyId company, string name, CancellationToken cancellationToken)
    {
        while (await _limits.GetAsync(Partitions.Of(company), name, cancellationToken) is { } row && row.Value.NotBefore > DateTimeOffset.MinValue)
        {
            if (await _limits.ReplaceAsync(Partitions.Of(company), row, row.Value with { NotBefore = DateTimeOffset.MinValue }, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Removes a connection's budget: there is no such connection any more.</summary>
    public Task RemoveAsync(CompanyId company, string name, CancellationToken cancellationToken) => _limits.RemoveAsync(Partitions.Of(company), name, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var held in _held.Values)
        {
            held.Slots.Dispose();
        }
    }

    private static ConnectionLimit Max(ConnectionLimit row, DateTimeOffset until) => row.NotBefore > until ? row : row with { NotBefore = until };

    private static double Filled(ConnectionLimit row, RateBudget budget, DateTimeOffset now) => Math.Min(budget.Burst, row.Tokens + (Math.Max(0, (now - row.RefilledAt).TotalSeconds) * budget.PerSecond));

    private async Task<DateTimeOffset?> SpendAsync(CompanyId company, string name, RateBudget budget, RequestLeave? leave, Held held, CancellationToken cancellationToken)
    {
        if (leave is { Left: > 0 })
        {
            // All of it is one attempt's, which asks for one thing after the other. Somebody may have been asked to wait since it was taken.
            var blocked = (await _limits.GetAsync(Partitions.Of(company), name, cancellationToken))?.Value.NotBefore ?? DateTimeOffset.MinValue;
            if (blocked > clock.GetUtcNow())
            {
                return blocked;
            }

            leave.Left--;
            return null;
        }

        await held.Gate.WaitAsync(cancellationToken);
        try
        {
            if (held.Tokens > 0 && budget.Reserve <= 0 && clock.GetUtcNow() < held.Until)
            {
                // Another process may have been asked to wait since the tokens were taken.
                var notBefore = (await _limits.GetAsync(Partitions.Of(company), name, cancellationToken))?.Value.NotBefore ?? DateTimeOffset.MinValue;
                if (notBefore > clock.GetUtcNow())
                {
                    held.Tokens = 0;
                    return notBefore;
                }

                held.Tokens--;
                return null;
            }

            var (taken, comeBack) = await TakeChunkAsync(company, name, budget, cancellationToken);
            if (taken > 1)
            {
                held.Tokens = taken - 1;
                held.Until = clock.GetUtcNow() + ChunkLifetime;
            }

            return taken > 0 ? null : comeBack;
        }
        finally
        {
            held.Gate.Release();
        }
    }

    private async Task<(int Taken, DateTimeOffset ComeBack)> TakeChunkAsync(CompanyId company, string name, RateBudget budget, CancellationToken cancellationToken)
    {
        // A quarter of a second's worth: fewer writes where requests are many, and little that a process holds and does not use.
        // Who leaves some to others takes only what he needs.
        var chunk = budget.Reserve > 0 ? 1 : Math.Min(Math.Max(budget.Chunk, budget.PerSecond / 4), budget.Burst);
        while (true)
        {
            var now = clock.GetUtcNow();
            var row = await _limits.GetAsync(Partitions.Of(company), name, cancellationToken);
            var old = row?.Value ?? new ConnectionLimit(budget.Burst, now, DateTimeOffset.MinValue);
            if (old.NotBefore > now)
            {
                return (0, old.NotBefore);
            }

            var tokens = Filled(old, budget, now);
            var free = tokens - budget.Reserve;
            var taken = (int)Math.Max(0, Math.Min(free, chunk));
            if (taken == 0)
            {
                return (0, now.AddSeconds((1 - free) / budget.PerSecond));
            }

            var changed = old with { Tokens = tokens - taken, RefilledAt = now };
            if (row is null ? await _limits.InsertAsync(Partitions.Of(company), name, changed, cancellationToken) : await _limits.ReplaceAsync(Partitions.Of(company), row, changed, cancellationToken))
            {
                return (taken, default);
            }
        }
    }

    private sealed class Held(int concurrency)
    {
        public SemaphoreSlim Slots { get; } = new(Math.Max(1, concurrency));

        public SemaphoreSlim Gate { get; } = new(1);

        public int Tokens { get; set; }

        public DateTimeOffset Until { get; set; }
    }

    private sealed class Permit(SemaphoreSlim slots) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                slots.Release();
            }
        }
    }
}

/// <summary>What a connection may spend.</summary>
/// <param name="PerSecond">Requests a second in the long run.</param>
/// <param name="Burst">Requests that may come at once after a pause; 1 at least.</param>
/// <param name="Concurrency">Requests of one process at the same time.</param>
public sealed record RateBudget(double PerSecond, double Burst, int Concurrency)
{
    /// <summary>How many requests a process takes leave for at a time, at the least; what it has not made after ten seconds is lost.</summary>
    public int Chunk { get; init; } = 5;

    /// <summary>How much of the burst is left for others: less urgent work goes on only when more than this is there. 0 for none; at most one less than the burst.</summary>
    public double Reserve { get; init; }
}

/// <summary>Leave for several requests of one attempt, which makes one after the other.</summary>
/// <param name="requests">How many it was taken for.</param>
public sealed class RequestLeave(int requests)
{
    /// <summary>How many are left.</summary>
    public int Left { get; set; } = requests;
}

/// <summary>What is left of a connection's budget, as it is stored.</summary>
/// <param name="Tokens">Requests that may be made at once.</param>
/// <param name="RefilledAt">When that was so.</param>
/// <param name="NotBefore">The other side asked to be left alone until then.</param>
public sealed record ConnectionLimit(double Tokens, DateTimeOffset RefilledAt, DateTimeOffset NotBefore);
