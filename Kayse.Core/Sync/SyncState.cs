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

    /// <summary>Since when the CRM refuses the firm's credentials; null while it takes them.</summary>
    public DateTimeOffset? RefusedSince { get; init; }

    /// <summary>The failure that the firm's webhooks were told of: its beginning; null when there was none.</summary>
    public DateTimeOffset? ToldOf { get; init; }
}
