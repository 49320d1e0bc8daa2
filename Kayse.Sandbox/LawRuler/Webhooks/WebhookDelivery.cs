namespace Kayse.Sandbox.LawRuler.Webhooks;

/// <summary>One post that was made, with what came back.</summary>
internal sealed record WebhookDelivery
{
    public required DateTimeOffset At { get; init; }

    public required string Kind { get; init; }

    public long? LeadId { get; init; }

    /// <summary>1 for the first try.</summary>
    public required int Attempt { get; init; }

    public required string Url { get; init; }

    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The receiver's status; null if it gave none.</summary>
    public int? Status { get; init; }

    /// <summary>The first 4,000 characters of the receiver's answer.</summary>
    public string? Body { get; init; }

    public string? Error { get; init; }
}
