namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What a firm has switched on. Turning one off deletes nothing.</summary>
public sealed record LawmaticsToggles
{
    /// <summary>Pause or resume all work with Lawmatics without disconnecting; what arrives meanwhile waits.</summary>
    public bool EnableIntegration { get; init; } = true;

    /// <summary>Send a matter by itself when it is created, when a document of its is approved and when its intake is complete.</summary>
    public bool AutoSync { get; init; } = true;

    /// <summary>Take what Lawmatics' webhooks and its stages say.</summary>
    public bool ReceiveData { get; init; } = true;
}
