namespace Kayse.Core.Connectors;

/// <summary>The secrets by which a CRM's webhook is recognised: the one in use, and the one before it while it is being changed.</summary>
/// <param name="Current">The one in use.</param>
/// <param name="Previous">The one before it.</param>
/// <param name="PreviousUntil">Until when that one is good.</param>
public sealed record WebhookTokens(string Current, string? Previous, DateTimeOffset? PreviousUntil)
{
    /// <summary>Those that are good at a time.</summary>
    public IEnumerable<string> Live(DateTimeOffset now) => Previous is { } previous && now < PreviousUntil ? [Current, previous] : [Current];

    /// <summary>Never the values.</summary>
    public override string ToString() => "WebhookTokens { *** }";
}
