namespace Kayse.Core.Webhooks;

/// <summary>How webhooks are sent; an operator's settings.</summary>
public sealed record WebhookSettings
{
    /// <summary>When a delivery that failed is tried again: after each attempt so long.</summary>
    public RetrySchedule Retries { get; init; } = new(RetrySchedule.Default);

    /// <summary>What <c>X-Kayse-Signature</c> looks like.</summary>
    public SignatureFormat SignatureFormat { get; init; }

    /// <summary>How long the old secret signs too after a rotation.</summary>
    public TimeSpan SecretOverlap { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Deliveries a second to one destination.</summary>
    public double RatePerSecond { get; init; } = 50;

    /// <summary>Deliveries to one destination that one process makes at the same time.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>How long a destination may do nothing but fail until the firm is told; null for never.</summary>
    public TimeSpan? AttentionAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a destination may do nothing but fail until it is switched off; null for never.</summary>
    public TimeSpan? DisableAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary>The time for a whole exchange, from the name's resolution to the last byte of the answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Bytes of a body above which its transcript is replaced by a link.</summary>
    public int MaxBodyBytes { get; init; } = 256 * 1024;

    /// <summary>How long such a link is good.</summary>
    public TimeSpan LinkLifetime { get; init; } = TimeSpan.FromDays(30);
}
