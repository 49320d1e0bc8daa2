namespace Kayse.Core.Sync;

/// <summary>How a synchronisation stands.</summary>
public sealed record SyncState
{
    /// <summary>When a pass of the integration sync last worked, or null.</summary>
    public DateTimeOffset? LastSync { get; init; }

    /// <summary>When the CRM's statuses were last read, or null.</summary>
    public DateTimeOffset? LastStatusPull { get; init; }

    /// <summary>When a status was last written to the CRM, or null.</summary>
    public DateTimeOffset? LastStatusPush { get; init; }

    /// <summary>How many records passes have created or changed.</summary>
    public long RecordsSynced { get; init; }

    /// <summary>How many passes and polls did not work.</summary>
    public long Errors { get; init; }

    /// <summary>Since when passes do nothing but fail, or null.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Why the last pass failed; null when it worked.</summary>
    public string? LastError { get; init; }

    /// <summary>Since when polls for statuses do nothing but fail, or null. Apart from the passes: what works does not hide what fails.</summary>
    public DateTimeOffset? PullFailingSince { get; init; }

    /// <summary>Why the last poll for statuses failed; null when it worked.</summary>
    public string? LastPullError { get; init; }

    /// <summary>Since when the CRM refuses which of the firm's credentials; empty while it takes them all.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Refused { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>Of which failures the firm's webhooks were told: the beginning of the last one, by what fails.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Told { get; init; } = new Dictionary<string, DateTimeOffset>();
}
