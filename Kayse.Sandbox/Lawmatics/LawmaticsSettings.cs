using Kayse.Sandbox.Lawmatics.Webhooks;

namespace Kayse.Sandbox.Lawmatics;

/// <summary>A firm's OAuth client, its identity and its behaviour.</summary>
internal sealed record LawmaticsSettings
{
    public string ClientSecret { get; init; } = "";

    /// <summary>The <c>firm_id</c> of the firm's webhooks.</summary>
    public long FirmId { get; init; }

    public string FirmName { get; init; } = "";

    /// <summary>The zone of all times that are answered, hours from UTC.</summary>
    public double UtcOffsetHours { get; init; } = -8;

    public LawmaticsOptions Options { get; init; } = new();

    public LawmaticsWebhook Webhook { get; init; } = new();
}
