using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Mapping;

/// <summary>Lists that were loaded from a CRM, and why the last load failed. A failed load keeps what an earlier one brought.</summary>
public sealed class CrmLists(IEntityStore store, IBlobStore blobs, TimeProvider clock)
{
    private readonly EntityTable<CrmListRow> _rows = new(store, Tables.Mappings, static () => KayseJson.Default.CrmListRow);

    /// <summary>A list as it stands.</summary>
    public async Task<CrmList<T>> GetAsync<T>(CompanyId company, string crm, string name, JsonTypeInfo<List<T>> json, CancellationToken cancellationToken)
    {
        while (await _rows.GetAsync(Partitions.Of(company), Row(crm, name), cancellationToken) is { Value: var row })
        {
            var fault = row is { FailedAt: { } at, Reason: { } reason } ? new ListFault(at, reason) : null;
            if (row.Blob is null)
            {
                return new CrmList<T>(null, null, fault);
            }

            await using var blob = await blobs.OpenAsync(row.Blob, cancellationToken);
            if (blob is not null)
            {
                return new CrmList<T>(await JsonSerializer.DeserializeAsync(blob.Content, json, cancellationToken), row.LoadedAt, fault);
            }

            if ((await _rows.GetAsync(Partitions.Of(company), Row(crm, name), cancellationToken))?.Value.Blob == row.Blob)
            {
                break;
            }

            // A refresh came between: its list is in another blob.
        }

        return new CrmList<T>(null, null, null);
    }

    /// <summary>Keeps a list that was loaded.</summary>
    public async Task SaveAsync<T>(CompanyId company, string crm, string name, IReadOnlyList<T> items, JsonTypeInfo<List<T>> json, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        // A firm's field list with its options is larger than a row should be.
        var blob = $"{company}/crmlists/{Ids.New("lst", clock)}";
        await blobs.CreateAsync(blob, "application/json", new MemoryStream(JsonSerializer.SerializeToUtf8Bytes([.. items], json)), cancellationToken);
        string? before = null;
        await _rows.UpdateAsync(
            Partitions.Of(company),
            Row(crm, name),
            old =>
            {
                before = old?.Blob;
                return new CrmListRow(blob, now, null, null);
            },
            cancellationToken);
        if (before is not null)
        {
            await blobs.DeleteAsync(before, cancellationToken);
        }
    }

    /// <summary>Notes why a load failed.</summary>
    public Task FailAsync(CompanyId company, string crm, string name, string reason, CancellationToken cancellationToken) =>
        _rows.UpdateAsync(
            Partitions.Of(company),
            Row(crm, name),
            old => new CrmListRow(old?.Blob, old?.LoadedAt, clock.GetUtcNow(), reason),
            cancellationToken);

    private static string Row(string crm, string name) => $"{crm}~list~{name}";
}

/// <summary>A list that was loaded from a CRM.</summary>
/// <typeparam name="T">An item.</typeparam>
/// <param name="Items">The items; null when it was never loaded.</param>
/// <param name="LoadedAt">When they were loaded.</param>
/// <param name="Fault">Why the last load failed; null when it did not.</param>
public sealed record CrmList<T>(IReadOnlyList<T>? Items, DateTimeOffset? LoadedAt, ListFault? Fault);

/// <summary>Why a list could not be loaded.</summary>
/// <param name="At">When that was.</param>
/// <param name="Reason">Why, and what to do.</param>
public sealed record ListFault(DateTimeOffset At, string Reason);

/// <summary>Where a list is kept.</summary>
/// <param name="Blob">The blob, or null when it was never loaded.</param>
/// <param name="LoadedAt">When it was loaded.</param>
/// <param name="FailedAt">When the last load failed, if it did.</param>
/// <param name="Reason">Why.</param>
public sealed record CrmListRow(string? Blob, DateTimeOffset? LoadedAt, DateTimeOffset? FailedAt, string? Reason);
