using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;

namespace Kayse.Core.Webhooks;

/// <summary>A firm's subscriptions: a row each, and one row with the filters of all.</summary>
public sealed class Subscriptions(IEntityStore store, CaseStore cases, TimeProvider clock)
{
    /// <summary>Subscriptions that a firm may have.</summary>
    public const int Max = 50;

    /// <summary>UTF-8 bytes that the filters of all of them may have, as JSON: they are one row.</summary>
    public const int MaxFilterBytes = 48 * 1024;

    private const string FiltersRow = "filters";
    private const string RowPrefix = "s~";

    private readonly EntityTable<Subscription> _subscriptions = new(store, Tables.Subscriptions, static () => KayseJson.Default.Subscription);
    private readonly EntityTable<SubscriptionFilters> _filters = new(store, Tables.Subscriptions, static () => KayseJson.Default.SubscriptionFilters);

    /// <summary>A subscription, or null.</summary>
    public async Task<Subscription?> FindAsync(CompanyId company, string id, CancellationToken cancellationToken) =>
        Ids.IsValid(id) ? (await _subscriptions.GetAsync(Partitions.Of(company), Row(id), cancellationToken))?.Value : null;

    /// <summary>A page of a firm's subscriptions, newest first; the cursor is the last id.</summary>
    public async Task<(IReadOnlyList<Subscription> Items, string? Next)> ListAsync(CompanyId company, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _subscriptions.QueryAsync(Partitions.Of(company), new RowRange(RowPrefix, after is null ? null : Row(after)), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next is null ? null : rows[^1].Value.Id);
    }

    /// <summary>All of a firm's subscriptions, newest first.</summary>
    public async Task<IReadOnlyList<Subscription>> AllAsync(CompanyId company, CancellationToken cancellationToken) =>
        (await ListAsync(company, null, Max, cancellationToken)).Items;

    /// <summary>Adds a subscription.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<FieldError?> AddAsync(CompanyId company, Subscription subscription, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        while (true)
        {
            var filters = await FiltersAsync(company, cancellationToken);
            if (filters?.Value.Items.Count >= Max)
            {
                return new FieldError("name", $"The firm has {Max} webhooks, which is the most. Delete one that is not used any more.");
            }

            var changed = new SubscriptionFilters([.. filters?.Value.Items ?? [], SubscriptionFilter.Of(subscription)]);
            if (Size(changed) is { } error)
            {
                return error;
            }

            if (await CommitAsync(company, filters, changed, _subscriptions.Insert(Row(subscription.Id), subscription), cancellationToken))
            {
                return null;
            }
        }
    }

    /// <summary>Changes what an admin may change of a subscription; <paramref name="change"/> may run again when another writer comes between, and returns null to change nothing.</summary>
    /// <returns>The subscription as it is afterwards, or null when there is none; and what is wrong, or null.</returns>
    public async Task<(Subscription? After, FieldError? Error)> ChangeAsync(CompanyId company, string id, Func<Subscription, Subscription?> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        while (await _subscriptions.GetAsync(Partitions.Of(company), Row(id), cancellationToken) is { } row)
        {
            if (change(row.Value) is not { } given)
            {
                return (row.Value, null);
            }

            var after = given with { UpdatedAt = clock.GetUtcNow() };
            var filters = await FiltersAsync(company, cancellationToken);
            var changed = new SubscriptionFilters([.. (filters?.Value.Items ?? []).Select(filter => filter.Id == id ? SubscriptionFilter.Of(after) : filter)]);
            if (Size(changed) is { } error)
            {
                return (row.Value, error);
            }

            if (await CommitAsync(company, filters, changed, EntityOperation.Replace(row.Row, Json(after), row.ETag), cancellationToken))
            {
                return (after, null);
            }
        }

        return (null, null);
    }

    /// <summary>Notes how a subscription fares: what the filters do not depend on. The same value for no write.</summary>
    /// <returns>The subscription as it was and as it is, or null when there is none.</returns>
    public async Task<(Subscription Before, Subscription After)?> NoteAsync(CompanyId company, string id, Func<Subscription, Subscription> note, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(note);
        while (await _subscriptions.GetAsync(Partitions.Of(company), Row(id), cancellationToken) is { } row)
        {
            var after = note(row.Value);
            if (after == row.Value || await _subscriptions.ReplaceAsync(Partitions.Of(company), row, after, cancellationToken))
            {
                return (row.Value, after);
            }
        }

        return null;
    }

    /// <summary>Deletes a subscription; false when there is none.</summary>
    public async Task<bool> DeleteAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        while (await _subscriptions.GetAsync(Partitions.Of(company), Row(id), cancellationToken) is { } row)
        {
            var filters = await FiltersAsync(company, cancellationToken);
            var changed = new SubscriptionFilters([.. (filters?.Value.Items ?? []).Where(filter => filter.Id != id)]);
            if (await CommitAsync(company, filters, changed, EntityOperation.Delete(row.Row, row.ETag), cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The subscriptions that get an event, also those that are switched off: for these it is recorded as skipped.</summary>
    public async Task<IReadOnlyList<string>> MatchAsync(PlatformEvent platformEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        if (await FiltersAsync(platformEvent.CompanyId, cancellationToken) is not { Value.Items: { Count: > 0 } filters })
        {
            return [];
        }

        var caseType = platformEvent.Case?.CaseType;
        if (caseType is null && filters.Any(filter => filter.CaseTypes.Count > 0))
        {
            caseType = await CaseTypeAsync(platformEvent, cancellationToken);
        }

        var campaign = JsonText.Property(platformEvent.Data, "campaign") is { } given ? JsonText.Text(given, "id") : null;
        var about = About(platformEvent);
        return [.. filters.Where(filter => filter.Id != about && filter.Matches(platformEvent.Type, caseType, campaign)).Select(filter => filter.Id)];
    }

    // A webhook that fails is not told that it fails.
    private static string? About(PlatformEvent platformEvent) =>
        platformEvent.Type == EventTypes.WebhookFailing && JsonText.Property(platformEvent.Data, "webhook") is { } webhook ? JsonText.Text(webhook, "id") : null;

    private async Task<string?> CaseTypeAsync(PlatformEvent platformEvent, CancellationToken cancellationToken)
    {
        var given = platformEvent.Case;
        var found = CaseId.TryParse(given?.Id, null, out var id) ? await cases.FindAsync(platformEvent.CompanyId, id, cancellationToken)
            : given is { ExternalSource: { } source, ExternalSourceId: { } externalId } ? await cases.FindAsync(platformEvent.CompanyId, source, externalId, cancellationToken)
            : null;
        return found?.CaseType;
    }

    private Task<Stored<SubscriptionFilters>?> FiltersAsync(CompanyId company, CancellationToken cancellationToken) =>
        _filters.GetAsync(Partitions.Of(company), FiltersRow, cancellationToken);

    private async Task<bool> CommitAsync(CompanyId company, Stored<SubscriptionFilters>? old, SubscriptionFilters filters, EntityOperation subscription, CancellationToken cancellationToken)
    {
        var operation = old is null ? _filters.Insert(FiltersRow, filters) : EntityOperation.Replace(FiltersRow, Json(filters), old.ETag);
        return (await store.CommitAsync(Tables.Subscriptions, Partitions.Of(company), [subscription, operation], cancellationToken)).Written;
    }

    private static FieldError? Size(SubscriptionFilters filters) => Json(filters).Length <= MaxFilterBytes
        ? null
        : new FieldError("caseTypes", "The filters of all of the firm's webhooks together are too long. Choose fewer case types or campaigns, or none for all.");

    private static byte[] Json(SubscriptionFilters filters) => JsonSerializer.SerializeToUtf8Bytes(filters, KayseJson.Default.SubscriptionFilters);

    private static byte[] Json(Subscription subscription) => JsonSerializer.SerializeToUtf8Bytes(subscription, KayseJson.Default.Subscription);

    private static string Row(string id) => $"{RowPrefix}{Ids.NewestFirst(id)}";
}
