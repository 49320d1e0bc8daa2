namespace Kayse.Core.Webhooks;

/// <summary>A firm's webhook: where Kayse tells what happens, and of what. Its secrets are in <see cref="SubscriptionSecrets"/>.</summary>
public sealed record Subscription
{
    /// <summary>Its id, <c>whk_…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What the firm calls it; 3 characters at least.</summary>
    public required string Name { get; init; }

    /// <summary>Where deliveries go.</summary>
    public required string Url { get; init; }

    /// <summary>The event types it wants; none means all, also those that are added later.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>The case types it wants, by name; none means all.</summary>
    public IReadOnlyList<string> CaseTypes { get; init; } = [];

    /// <summary>The campaigns whose call events it wants; none means all.</summary>
    public IReadOnlyList<string> Campaigns { get; init; } = [];

    /// <summary>True when an App Key is sent with each delivery.</summary>
    public bool HasAppKey { get; init; }

    /// <summary>False when it gets nothing but test events.</summary>
    public bool Active { get; init; } = true;

    /// <summary>Why Kayse switched it off; null when it is on, or an admin did.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>When the first of the failures came that no success has followed; null when it works.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>The failure that began <see cref="FailingSince"/>; or null.</summary>
    public string? FirstFailure { get; init; }

    /// <summary>When the firm was told that it fails; null when it was not.</summary>
    public DateTimeOffset? AttentionAt { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When an admin last changed it.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>It with nothing remembered of earlier failures: it was switched on, or leads elsewhere.</summary>
    public Subscription Fresh() => this with { DisabledReason = null, FailingSince = null, FirstFailure = null, AttentionAt = null };
}
