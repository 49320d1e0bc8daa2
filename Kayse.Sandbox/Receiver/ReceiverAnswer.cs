namespace Kayse.Sandbox.Receiver;

/// <summary>What a receiver answers.</summary>
internal record ReceiverAnswer
{
    public int Status { get; init; } = StatusCodes.Status200OK;

    public int DelayMs { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    public string Body { get; init; } = "";

    /// <summary>Send so many bytes, all <c>x</c>, before <see cref="Body"/>.</summary>
    public int BodyBytes { get; init; }

    /// <summary>After the body go on with a byte every so many milliseconds, and never end; 0 ends.</summary>
    public int TrickleMs { get; init; }

    /// <summary>Cut the connection instead of answering.</summary>
    public bool Reset { get; init; }
}
