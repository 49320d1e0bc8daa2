using Kayse.Core.Events;

namespace Kayse.Core.Webhooks;

/// <summary>Which events a subscription gets.</summary>
/// <param name="Id">The subscription.</param>
/// <param name="Events">The types; none means all.</param>
/// <param name="CaseTypes">The case types' names; none means all.</param>
/// <param name="Campaigns">The campaigns of call events; none means all. Other events have no campaign and go out for every one (docs.kayse.ai, "Webhooks").</param>
public sealed record SubscriptionFilter(string Id, IReadOnlyList<string> Events, IReadOnlyList<string> CaseTypes, IReadOnlyList<string> Campaigns)
{
    /// <summary>The filter of a subscription.</summary>
    public static SubscriptionFilter Of(Subscription subscription)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        return new SubscriptionFilter(subscription.Id, subscription.Events, subscription.CaseTypes, subscription.Campaigns);
    }

    /// <summary>True when the subscription gets the event.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="caseType">The name of its case's type, or null.</param>
    /// <param name="campaign">Its campaign's id, or null.</param>
    public bool Matches(string type, string? caseType, string? campaign) =>
        (Events.Count == 0 || Events.Contains(type))
        && (CaseTypes.Count == 0 || (caseType is not null && CaseTypes.Contains(caseType.Trim(), StringComparer.OrdinalIgnoreCase)))
        && (Campaigns.Count == 0 || !EventTypes.Calls.Contains(type) || (campaign is not null && Campaigns.Contains(campaign)));
}

/// <summary>The filters of all of a firm's subscriptions in one row: an event that comes in is matched by a single read.</summary>
/// <param name="Items">One a subscription.</param>
public sealed record SubscriptionFilters(IReadOnlyList<SubscriptionFilter> Items);
