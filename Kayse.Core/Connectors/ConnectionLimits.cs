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
    private const int Chunk = 5;

    private static readonly TimeSpan ChunkLifetime = TimeSpan.FromSeconds(10);

    private readonly EntityTable<ConnectionLimit> _limits = new(store, Tables.Limits, KayseJson.Default.ConnectionLimit);
    private readonly ConcurrentDictionary<(CompanyId Company, string Crm, int Concurrency), Held> _held = new();

    /// <summary>Takes leave for one request.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="crm">The CRM.</param>
    /// <param name="perMinute">Requests a minute.</param>
    /// <param name="concurrency">Requests of this process at the same time.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A permit to dispose after the request; or null and when to come back.</returns>
    public async Task<(IDisposable? Permit, DateTimeOffset ComeBack)> TakeAsync(CompanyId company, string crm, int perMinute, int concurrency, CancellationToken cancellationToken)
    {
        var held = _held.GetOrAdd((company, crm, concurrency), static key => new Held(key.Concurrency));
        await held.Slots.WaitAsync(cancellationToken);
        var permit = new Permit(held.Slots);
        try
        {
            if (await SpendAsync(company, crm, perMinute, held, cancellationToken) is not { } comeBack)
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

    /// <summary>The CRM asked to be left alone until a time: every process keeps to it.</summary>
    public Task BlockAsync(CompanyId company, string crm, DateTimeOffset until, CancellationToken cancellationToken) =>
        _limits.UpdateAsync(Partitions.Of(company), crm, old => Max(old ?? new ConnectionLimit(0, clock.GetUtcNow(), until), until), cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var held in _held.Values)
        {
            held.Slots.Dispose();
        }
    }

    private static ConnectionLimit Max(ConnectionLimit row, DateTimeOffset until) => row.NotBefore > until ? row : row with { NotBefore = until };

    private async Task<DateTimeOffset?> SpendAsync(CompanyId company, string crm, int perMinute, Held held, CancellationToken cancellationToken)
    {
        await held.Gate.WaitAsync(cancellationToken);
        try
        {
            if (held.Tokens > 0 && clock.GetUtcNow() < held.Until)
            {
                // Another process may have been asked to wait since the tokens were taken.
                var notBefore = (await _limits.GetAsync(Partitions.Of(company), crm, cancellationToken))?.Value.NotBefore ?? DateTimeOffset.MinValue;
                if (notBefore > clock.GetUtcNow())
                {
                    held.Tokens = 0;
                    return notBefore;
                }

                held.Tokens--;
                return null;
            }

            var (taken, comeBack) = await TakeChunkAsync(company, crm, perMinute, cancellationToken);
            held.Tokens = taken - 1;
            held.Until = clock.GetUtcNow() + ChunkLifetime;
            return taken > 0 ? null : comeBack;
        }
        finally
        {
            held.Gate.Release();
        }
    }

    private async Task<(int Taken, DateTimeOffset ComeBack)> TakeChunkAsync(CompanyId company, string crm, int perMinute, CancellationToken cancellationToken)
    {
        var perSecond = perMinute / 60.0;
        // A third of a minute's requests may come at once: a whole chain, where nobody waits.
        var burst = Math.Max(Chunk, perMinute / 3.0);
        while (true)
        {
            var now = clock.GetUtcNow();
            var row = await _limits.GetAsync(Partitions.Of(company), crm, cancellationToken);
            var old = row?.Value ?? new ConnectionLimit(burst, now, DateTimeOffset.MinValue);
            if (old.NotBefore > now)
            {
                return (0, old.NotBefore);
            }

            var tokens = Math.Min(burst, old.Tokens + (Math.Max(0, (now - old.RefilledAt).TotalSeconds) * perSecond));
            var taken = (int)Math.Min(Math.Floor(tokens), Chunk);
            if (taken == 0)
            {
                return (0, now.AddSeconds((1 - tokens) / perSecond));
            }

            var changed = old with { Tokens = tokens - taken, RefilledAt = now };
            if (row is null ? await _limits.InsertAsync(Partitions.Of(company), crm, changed, cancellationToken) : await _limits.ReplaceAsync(Partitions.Of(company), row, changed, cancellationToken))
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

/// <summary>A connection's budget as it is stored.</summary>
/// <param name="Tokens">Requests that may be made at once.</param>
/// <param name="RefilledAt">When that was so.</param>
/// <param name="NotBefore">The CRM asked to be left alone until then.</param>
public sealed record ConnectionLimit(double Tokens, DateTimeOffset RefilledAt, DateTimeOffset NotBefore);
