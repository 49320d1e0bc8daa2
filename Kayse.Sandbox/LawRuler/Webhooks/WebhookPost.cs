namespace Kayse.Sandbox.LawRuler.Webhooks;

/// <summary>What is to be posted, fixed at the moment of the change.</summary>
internal sealed record WebhookPost
{
    public required WebhookSettings Settings { get; init; }

    /// <summary><c>status</c>, <c>manual</c> or <c>test</c>.</summary>
    public required string Kind { get; init; }

    public long? LeadId { get; init; }

    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    public static WebhookPost ForLead(WebhookSettings settings, string kind, Lead lead) => new()
    {
        Settings = settings,
        Kind = kind,
        LeadId = lead.Id,
        Fields = settings.Fields.Where(f => !settings.Omit.Contains(f.Key, StringComparer.Ordinal)).ToDictionary(
            f => f.Key, f => settings.Blanks.GetValueOrDefault(f.Key) ?? WebhookTokens.Resolve(f.Value, lead), StringComparer.Ordinal),
    };

    public static WebhookPost ForTest(WebhookSettings settings) => new()
    {
        Settings = settings,
        Kind = "test",
        Fields = settings.Fields.ToDictionary(f => f.Key, f => WebhookTokens.ForTest(f.Value), StringComparer.Ordinal),
    };
}
