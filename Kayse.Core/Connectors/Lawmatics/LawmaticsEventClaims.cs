using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Which request brought an event first: Lawmatics delivers at least once.</summary>
public sealed class LawmaticsEventClaims(IEntityStore store, TimeProvider clock)
{
    /// <summary>For how long an event is known again.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    private const string Part = "lawmatics-events";

    private readonly EntityTable<LawmaticsEventClaim> _claims = new(store, Tables.Inbound, static () => KayseJson.Default.LawmaticsEventClaim);

    /// <summary>Claims an event for a request, unless another has it.</summary>
    /// <returns>The request that has it.</returns>
    public async Task<string> ClaimAsync(CompanyId company, string key, string request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var claim = await _claims.UpdateAsync(
            Partitions.Spread(company, Part, key), key, old => old is null || old.At + Memory <= now ? new LawmaticsEventClaim(request, now) : old, cancellationToken);
        return claim.Request;
    }

    /// <summary>Forgets events that nobody has to know again; returns how many.</summary>
    public async Task<int> PurgeAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var (purged, before) = (0, clock.GetUtcNow() - Memory);
        foreach (var partition in Partitions.All(company, Part))
        {
            await foreach (var row in _claims.AllAsync(partition, new RowRange(), cancellationToken))
            {
                purged += row.Value.At <= before && await _claims.DeleteAsync(partition, row, cancellationToken) ? 1 : 0;
            }
        }

        return purged;
    }
}

/// <summary>Who has an event.</summary>
/// <param name="Request">The inbound request.</param>
/// <param name="At">Since when.</param>
public sealed record LawmaticsEventClaim(string Request, DateTimeOffset At);
