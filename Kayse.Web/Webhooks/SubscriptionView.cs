using System.Text.Json.Serialization;
using Kayse.Core.Webhooks;

namespace Kayse.Web.Webhooks;

/// <summary>A subscription as it is shown.</summary>
public sealed record SubscriptionView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>Where deliveries go.</summary>
    public required string Url { get; init; }

    /// <summary>The event types; none means all.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>The case types; none means all.</summary>
    public required IReadOnlyList<string> CaseTypes { get; init; }

    /// <summary>The campaigns; none means all.</summary>
    public required IReadOnlyList<string> Campaigns { get; init; }

    /// <summary>Whether an App Key is sent.</summary>
    public required bool HasAppKey { get; init; }

    /// <summary>Whether it gets more than test events.</summary>
    public required bool Active { get; init; }

    /// <summary>How it fares: <c>ok</c>, <c>failing</c>, <c>attention</c> (it has failed for long) or <c>disabled</c> (Kayse switched it off).</summary>
    public required string Health { get; init; }

    /// <summary>Why Kayse switched it off, or null.</summary>
    public required string? DisabledReason { get; init; }

    /// <summary>Since when it does nothing but fail, or null.</summary>
    public required DateTimeOffset? FailingSince { get; init; }

    /// <summary>What the first of these failures was, or null.</summary>
    public required string? FirstFailure { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When an admin last changed it.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The signing secret, in the answer to its creation alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    /// <summary>The view of a subscription.</summary>
    public static SubscriptionView Of(Subscription subscription)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        return new SubscriptionView
        {
            Id = subscription.Id,
            Name = subscription.Name,
            Url = subscription.Url,
            Events = subscription.Events,
            CaseTypes = subscription.CaseTypes,
            Campaigns = subscription.Campaigns,
            HasAppKey = subscription.HasAppKey,
            Active = subscription.Active,
            Health = subscription.DisabledReason is not null ? "disabled" : subscription.AttentionAt is not null ? "attention" : subscription.FailingSince is not null ? "failing" : "ok",
            DisabledReason = subscription.DisabledReason,
            FailingSince = subscription.FailingSince,
            FirstFailure = subscription.FirstFailure,
            CreatedAt = subscription.CreatedAt,
            UpdatedAt = subscription.UpdatedAt,
        };
    }
}
