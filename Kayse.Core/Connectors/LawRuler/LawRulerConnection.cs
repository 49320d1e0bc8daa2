namespace Kayse.Core.Connectors.LawRuler;

/// <summary>A firm's connection to Law Ruler. Never a secret: those are in the secret store.</summary>
public sealed record LawRulerConnection
{
    /// <summary>True when credentials were checked and saved.</summary>
    public bool Connected { get; init; }

    /// <summary>The firm's subdomain.</summary>
    public string? ClientRoot { get; init; }

    /// <summary>When it was connected.</summary>
    public DateTimeOffset? ConnectedAt { get; init; }

    /// <summary>What connecting warned about.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>When it was disconnected; null while it is connected, and where it never was.</summary>
    public DateTimeOffset? DisconnectedAt { get; init; }

    /// <summary>When the first post of Law Ruler's that had all required fields, or its test, came; null before.</summary>
    public DateTimeOffset? WebhookSeenAt { get; init; }

    /// <summary>When the first post that named a list or a campaign came; null before.</summary>
    public DateTimeOffset? WebhookRoutedAt { get; init; }

    /// <summary>True when statuses have been synchronised before and were switched off: switching them on again asks what shall become of Kayse's changes since.</summary>
    public bool StatusSyncUsed { get; init; }

    /// <summary>When they were switched on again; null before that, and while they are off.</summary>
    public DateTimeOffset? StatusResumedAt { get; init; }

    /// <summary>The workflow that replays what was queued until then, by its id without the company prefix; null where nothing is replayed.</summary>
    public string? StatusReplay { get; init; }

    /// <summary>Since when the firm is connected, not paused and receives data; null while it is not.</summary>
    public DateTimeOffset? ReceivesSince { get; init; }

    /// <summary>What is switched on.</summary>
    public LawRulerToggles Toggles { get; init; } = new();

    /// <summary>The settings.</summary>
    public LawRulerSettings Settings { get; init; } = new();

    /// <summary>Connected and not paused.</summary>
    public bool IsActive => Connected && Toggles.EnableIntegration;

    /// <summary>Active, and receives data.</summary>
    public bool Receives => IsActive && Toggles.ReceiveData;
}
