using System.Net;

namespace Kayse.Standalone;

/// <summary>How the one-machine host is started.</summary>
public sealed record StandaloneOptions
{
    /// <summary>The port it listens on when none is given.</summary>
    public const int DefaultPort = 7071;

    /// <summary>The data folder.</summary>
    public string Data { get; init; } = ".kayse";

    /// <summary>The port to listen on; 0 for a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The sandbox's port; 0 for a free one.</summary>
    public int SandboxPort { get; init; } = Sandbox.SandboxDefaults.Port;

    /// <summary>Whether the sandbox is started too.</summary>
    public bool WithSandbox { get; init; }

    /// <summary>Whether the firm <c>demo</c> is opened and connected to the sandbox.</summary>
    public bool WithDemo { get; init; }

    /// <summary>The operator's key; null to make one at the first start.</summary>
    public string? OperatorKey { get; init; }

    /// <summary>The token of the demo firm's webhook URL; null to make one.</summary>
    public string? DemoWebhookToken { get; init; }

    /// <summary>Where the key ring is; null for the data folder.</summary>
    public string? KeyRing { get; init; }

    /// <summary>Whether this is a developer's machine.</summary>
    public bool IsDevelopment { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Resolves names; for tests.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>>? Resolve { get; init; }

    /// <summary>Takes the log instead of the console; for tests.</summary>
    public ILoggerProvider? Log { get; init; }

    /// <summary>Settings laid over those of the environment and the files; for tests.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);
}
