using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Sync;

/// <summary>Every request of a CRM's, kept as it came.</summary>
public sealed class InboundLog(IEntityStore store, IBlobStore blobs, TimeProvider clock)
{
    /// <summary>Requests with a wrong credential that are kept, per company and day.</summary>
    public const int MaxUnauthorizedADay = 1000;

    /// <summary>How long they are kept.</summary>
    public static readonly TimeSpan UnauthorizedRetention = TimeSpan.FromDays(7);

    private const string Unauthorized = "unauthorized";
    private const int MaxInlineCharacters = 16 * 1024;

    private readonly EntityTable<InboundRequest> _requests = new(store, Tables.Inbound, KayseJson.Default.InboundRequest);
    private readonly EntityTable<ExpiringRequest> _expiring = new(store, Tables.Inbound, KayseJson.Default.ExpiringRequest);
    private readonly EntityTable<DailyCount> _counts = new(store, Tables.Inbound, KayseJson.Default.DailyCount);

    /// <summary>Stores a request; large fields go to a blob.</summary>
    public async Task<InboundRequest> StoreAsync(CompanyId company, InboundRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var stored = request;
        if (request.Fields is { } fields && fields.Sum(field => field.Name.Length + field.Value.Length) > MaxInlineCharacters)
        {
            stored = request with { Fields = null, Blob = $"{company}/inbound/{request.Id}" };
            var bytes = JsonSerializer.SerializeToUtf8Bytes([.. fields], KayseJson.Default.ListInboundField);
            await blobs.CreateAsync(stored.Blob, "application/json", new MemoryStream(bytes), cancellationToken);
        }

        await _requests.InsertAsync(Partitions.Spread(company, request.Id), Ids.NewestFirst(request.Id), stored, cancellationToken);
        return request;
    }

    /// <summary>Keeps a request with a wrong credential, unless the day's number is reached. A wrong credential is never processed.</summary>
    public async Task StoreUnauthorizedAsync(CompanyId company, InboundRequest request, CancellationToken cancellationToken)
    {
        var day = clock.GetUtcNow().ToString("yyyyMMdd");
        var count = await _counts.UpdateAsync(
            Partitions.Of(company, Unauthorized), day, old => new DailyCount(Math.Min((old?.Count ?? 0) + 1, MaxUnauthorizedADay + 1)), cancellationToken);
        if (count.Count <= MaxUnauthorizedADay)
        {
            // The index first: a request without its row is purged all the same, one without its entry never would be.
            await _expiring.InsertAsync(Partitions.Of(company, Unauthorized), request.Id, new ExpiringRequest(request.ReceivedAt + UnauthorizedRetention), cancellationToken);
            await StoreAsync(company, request, cancellationToken);
        }
    }

    /// <summary>Deletes the requests with a wrong credential that were kept long enough.</summary>
    /// <returns>How many.</returns>
    public async Task<int> PurgeUnauthorizedAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var purged = 0;
        await foreach (var entry in _expiring.AllAsync(Partitions.Of(company, Unauthorized), new RowRange(Prefix: "inb_"), cancellationToken))
        {
            if (entry.Value.Until > clock.GetUtcNow())
            {
                // They stand in the order of their time.
                break;
            }

            var (partition, row) = (Partitions.Spread(company, entry.Row), Ids.NewestFirst(entry.Row));
            if (await _requests.GetAsync(partition, row, cancellationToken) is { } request)
            {
                await _requests.DeleteAsync(partition, request, cancellationToken);
                purged++;
            }

            await _expiring.DeleteAsync(Partitions.Of(company, Unauthorized), entry, cancellationToken);
        }

        return purged;
    }

    /// <summary>A request with its fields, or null.</summary>
    public async Task<InboundRequest?> FindAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        if (!Ids.IsValid(id) || await _requests.GetAsync(Partitions.Spread(company, id), Ids.NewestFirst(id), cancellationToken) is not { Value: var request })
        {
            return null;
        }

        if (request.Blob is null)
        {
            return request;
        }

        await using var blob = await blobs.OpenAsync(request.Blob, cancellationToken);
        return blob is null ? request : request with { Fields = await JsonSerializer.DeserializeAsync(blob.Content, KayseJson.Default.ListInboundField, cancellationToken) };
    }

    /// <summary>Writes what became of a request.</summary>
    public Task SettleAsync(CompanyId company, string id, Func<InboundRequest, InboundRequest> change, CancellationToken cancellationToken) =>
        _requests.UpdateAsync(
            Partitions.Spread(company, id),
            Ids.NewestFirst(id),
            old => change(old ?? throw new InvalidOperationException("The inbound request is not there.")),
            cancellationToken);

    /// <summary>A page of requests, newest first; the cursor is the last id.</summary>
    public async Task<(IReadOnlyList<InboundRequest> Items, string? Next)> ListAsync(CompanyId company, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _requests.MergeAsync(Partitions.All(company), new RowRange(After: after is null ? null : Ids.NewestFirst(after)), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next is null ? null : Ids.NewestFirst(next));
    }
}

/// <summary>A request that is kept for a time only.</summary>
/// <param name="Until">How long.</param>
public sealed record ExpiringRequest(DateTimeOffset Until);

/// <summary>How many of a thing there were on one day.</summary>
/// <param name="Count">The number.</param>
public sealed record DailyCount(int Count);
