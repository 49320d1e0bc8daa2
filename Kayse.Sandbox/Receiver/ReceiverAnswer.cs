namespace Kayse.Sandbox.Receiver;

/// <summary>What a receiver answers.</summary>
internal record ReceiverAnswer
{
    public int Status { get; init; } = StatusCodes.Status200OK;

    public int DelayMs { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    public string Body { get; init; } = "";

    /// <summary>Cut the connection instead of answering.</summary>
    public bool Reset { get; init; }
}
