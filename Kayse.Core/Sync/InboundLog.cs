using System.Text;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Sync;

/// <summary>Every request of a CRM's, kept as it came.</summary>
public sealed class InboundLog(IEntityStore store, IBlobStore blobs, TimeProvider clock)
{
    /// <summary>Requests with a wrong credential that are kept, per company, CRM and day.</summary>
    public const int MaxUnauthorizedADay = 1000;

    /// <summary>The part of a company's rows that counts them.</summary>
    internal const string UnauthorizedPart = "unauthorized";

    private const string ToldPart = "unauthorized-told";
    private const int MaxInlineCharacters = 16 * 1024;
    private const int MostSeen = 5000;

    private static readonly TimeSpan s_tellAgain = TimeSpan.FromHours(1);

    private readonly EntityTable<InboundRequest> _requests = new(store, Tables.Inbound, static () => KayseJson.Default.InboundRequest);
    private readonly EntityTable<UnauthorizedTold> _told = new(store, Tables.Inbound, static () => KayseJson.Default.UnauthorizedTold);
    private readonly EntityTable<DailyCount> _counts = new(store, Tables.Inbound, static () => KayseJson.Default.DailyCount);

    /// <summary>Stores a request; large fields and a large body go to blobs.</summary>
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

        if (request.Raw?.Length > MaxInlineCharacters)
        {
            stored = stored with { Raw = null, RawBlob = $"{company}/inbound/{request.Id}-raw" };
            await blobs.CreateAsync(stored.RawBlob, "text/plain", new MemoryStream(Encoding.UTF8.GetBytes(request.Raw)), cancellationToken);
        }

        await _requests.InsertAsync(Partitions.Spread(company, request.Id), Ids.NewestFirst(request.Id), stored, cancellationToken);
        return request;
    }

    /// <summary>Keeps a request with a wrong credential, unless the day's number is reached. A wrong credential is never processed.</summary>
    /// <returns>True when it was kept.</returns>
    public async Task<bool> StoreUnauthorizedAsync(CompanyId company, InboundRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        // By CRM: what somebody posts to one address must not keep what goes wrong at the other from being seen.
        var day = $"{clock.GetUtcNow():yyyyMMdd}~{request.Crm}";
        var count = await _counts.UpdateAsync(
            Partitions.Of(company, UnauthorizedPart), day, old => new DailyCount(Math.Min((old?.Count ?? 0) + 1, MaxUnauthorizedADay + 1)), cancellationToken);
        if (count.Count > MaxUnauthorizedADay)
        {
            return false;
        }

        await StoreAsync(company, request, cancellationToken);
        return true;
    }

    /// <summary>Counts a request with a wrong credential that was kept, for a log that is told of them once an hour.</summary>
    /// <returns>How many there were since it was last told, this one with them; null when it is too soon to tell.</returns>
    public async Task<int?> UntoldAsync(CompanyId company, string crm, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        int? untold = null;
        await _told.UpdateAsync(
            Partitions.Of(company, ToldPart),
            crm,
            old =>
            {
                untold = old is null || old.At + s_tellAgain <= now ? (old?.Since ?? 0) + 1 : null;
                return untold is null ? old! with { Since = old.Since + 1 } : new UnauthorizedTold(now, 0);
            },
            cancellationToken);
        return untold;
    }

    /// <summary>A request with its fields, or null.</summary>
    public async Task<InboundRequest?> FindAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        if (!Ids.IsValid(id) || await _requests.GetAsync(Partitions.Spread(company, id), Ids.NewestFirst(id), cancellationToken) is not { Value: var request })
        {
            return null;
        }

        if (request.RawBlob is not null)
        {
            await using var raw = await blobs.OpenAsync(request.RawBlob, cancellationToken);
            using var reader = new StreamReader(raw?.Content ?? Stream.Null, Encoding.UTF8);
            request = request with { Raw = await reader.ReadToEndAsync(cancellationToken) };
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

    /// <summary>A page of the requests of one CRM, in one state, of one event; null for any. A page may have fewer than its limit although more follow.</summary>
    public async Task<(IReadOnlyList<InboundRequest> Items, string? Next)> ListAsync(CompanyId company, InboundFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var range = new RowRange(After: after is null ? null : Ids.NewestFirst(after));
        var (rows, next) = await _requests.ChooseAsync([.. Partitions.All(company)], range, limit, MostSeen, request => filter.Matches(request), cancellationToken);
        return ([.. rows.Select(row => row.Value)], next is null ? null : Ids.NewestFirst(next));
    }
}

/// <summary>Which inbound requests; null for any.</summary>
/// <param name="Crm">The CRM.</param>
/// <param name="State">What became of it.</param>
/// <param name="EventType">The name of the event that it tells of.</param>
public sealed record InboundFilter(string? Crm, string? State, string? EventType)
{
    /// <summary>True for one that is asked for.</summary>
    public bool Matches(InboundRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Is(Crm, request.Crm) && Is(State, request.State) && Is(EventType, request.EventType);
    }

    private static bool Is(string? asked, string? value) => asked is null || string.Equals(asked, value, StringComparison.OrdinalIgnoreCase);
}

/// <summary>How many of a thing there were on one day.</summary>
/// <param name="Count">The number.</param>
public sealed record DailyCount(int Count);

/// <summary>When a log was told of requests with a wrong credential.</summary>
/// <param name="At">When.</param>
/// <param name="Since">How many came after that.</param>
public sealed record UnauthorizedTold(DateTimeOffset At, int Since);
