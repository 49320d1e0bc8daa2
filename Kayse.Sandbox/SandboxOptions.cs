namespace Kayse.Sandbox;

/// <summary>How a <see cref="SandboxServer"/> is started.</summary>
public sealed record SandboxOptions
{
    /// <summary>The port on 127.0.0.1; 0 takes a free one, which <see cref="SandboxServer.Port"/> then tells.</summary>
    public int Port { get; init; }

    /// <summary>Where the portals with their leads, notes and documents are kept between starts; null keeps nothing.</summary>
    public string? StateFile { get; init; }

    /// <summary>The clock for everything: timestamps, token expiry, rate limits and the delays of faults.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Write no log at all. Otherwise warnings and errors go to the console.</summary>
    public bool Quiet { get; init; }

    /// <summary>How long changes are collected before the state file is written; it is always written when the server stops.</summary>
    public TimeSpan SaveDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many requests the log keeps; the oldest go first.</summary>
    public int MaxLoggedRequests { get; init; } = 20_000;

    /// <summary>How many characters of a body the request log keeps: the largest delivery of a webhook is there whole, so that its signature can be checked.</summary>
    public int MaxLoggedBody { get; init; } = 256 * 1024;
}
