namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>How Lawmatics' webhooks are recognised and read.</summary>
public sealed record LawmaticsWebhookSettings
{
    /// <summary>The events that Kayse knows, with the names under which each may come (docs.lawmatics.com and its help centre name others than the customer's guide).</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> DefaultAliases = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        ["matter.stage_changed"] = ["matter.stage_changed", "matter.status_changed", "matter.updated", "matter.converted"],
        ["matter.created"] = ["matter.created"],
        ["contact.created"] = ["contact.created"],
        ["contact.updated"] = ["contact.updated", "contact.merged"],
        ["contact.deleted"] = ["contact.deleted"],
        ["form.submitted"] = ["form.submitted"],
        ["envelope.completed"] = ["envelope.completed", "document.signed"],
    };

    /// <summary>The header that carries the signature.</summary>
    public string SignatureHeader { get; init; } = "X-Lawmatics-Signature";

    /// <summary>What stands before the signature's hex digits.</summary>
    public string SignaturePrefix { get; init; } = "sha256=";

    /// <summary>The header that carries the time of sending, in Unix seconds.</summary>
    public string TimestampHeader { get; init; } = "X-Lawmatics-Timestamp";

    /// <summary>The header that carries the event's id; the body's <c>event_id</c> counts where there is none.</summary>
    public string EventIdHeader { get; init; } = "X-Lawmatics-Event-Id";

    /// <summary>Seconds that the time of sending may be away.</summary>
    public double ToleranceSeconds { get; init; } = 300;

    /// <summary>Hours for which the old secret stays good after it was changed.</summary>
    public double SecretOverlapHours { get; init; } = 24;

    /// <summary>What a webhook that does not prove where it comes from is answered: 401, or a 2xx to keep Lawmatics from repeating it. It is never processed.</summary>
    public int UnverifiedStatus { get; init; } = 401;

    /// <summary>Names by event that are understood besides <see cref="DefaultAliases"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Aliases { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>The event that a name means, or null for one that is not known: the firm's own names first.</summary>
    public string? EventOf(string name) => Find(Aliases, name) ?? Find(DefaultAliases, name);

    private static string? Find(IReadOnlyDictionary<string, IReadOnlyList<string>> aliases, string name) =>
        aliases.Where(alias => alias.Value.Contains(name, StringComparer.OrdinalIgnoreCase)).Select(alias => alias.Key).FirstOrDefault();
}
