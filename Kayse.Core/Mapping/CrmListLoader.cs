using System.Text.Json.Serialization.Metadata;
using Kayse.Core.Companies;
using Kayse.Core.Sync;

namespace Kayse.Core.Mapping;

/// <summary>Lists of a CRM as they were loaded last, loaded where they are asked for anew. What was mapped is kept apart from them: a refresh changes none of it.</summary>
public sealed class CrmListLoader(CrmLists lists, AuditLog audit, TimeProvider clock)
{
    /// <summary>A list.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="crm">The CRM.</param>
    /// <param name="list">The list.</param>
    /// <param name="read">Whether it is taken as it was stored.</param>
    /// <param name="load">Loads it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<CrmList<T>> GetAsync<T>(CompanyId company, string crm, CrmListName<T> list, ListRead read, Func<Task<LookedUp<T>>> load, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(load);
        var stored = await lists.GetAsync(company, crm, list.Name, list.Json, cancellationToken);
        if (read == ListRead.Stored || (read == ListRead.LoadIfMissing && stored.Items is not null))
        {
            return stored;
        }

        var loaded = await load();
        if (loaded.Items is { } items)
        {
            await lists.SaveAsync(company, crm, list.Name, items, list.Json, cancellationToken);
            await audit.WriteAsync(company, crm, list.Action, "done", null, null, $"{items.Count} were loaded. {loaded.Reason}".TrimEnd(), cancellationToken);
        }
        else if (loaded.IsForNow)
        {
            return stored with { Fault = new ListFault(clock.GetUtcNow(), loaded.Reason!) };
        }
        else
        {
            await lists.FailAsync(company, crm, list.Name, loaded.Reason!, cancellationToken);
            await audit.WriteAsync(company, crm, list.Action, "failed", null, null, loaded.Reason, cancellationToken);
        }

        return await lists.GetAsync(company, crm, list.Name, list.Json, cancellationToken);
    }
}

/// <summary>A list of a CRM.</summary>
/// <typeparam name="T">An item.</typeparam>
/// <param name="Name">Its name in the store.</param>
/// <param name="Action">What the audit log calls its loading.</param>
/// <param name="Json">How it is written.</param>
public sealed record CrmListName<T>(string Name, string Action, JsonTypeInfo<List<T>> Json);

/// <summary>Whether a list is taken as it was stored.</summary>
public enum ListRead
{
    /// <summary>As it was stored.</summary>
    Stored,

    /// <summary>Loaded when it never was.</summary>
    LoadIfMissing,

    /// <summary>Loaded anew.</summary>
    Refresh,
}

/// <summary>A list that was asked for.</summary>
/// <typeparam name="T">An item.</typeparam>
/// <param name="Items">The items; null when it could not be had.</param>
/// <param name="Reason">Why not, and what to do; or what there is to say of the items.</param>
/// <param name="IsForNow">True when nothing went wrong and it only has to wait: nobody needs to know later.</param>
public sealed record LookedUp<T>(IReadOnlyList<T>? Items, string? Reason, bool IsForNow = false);
