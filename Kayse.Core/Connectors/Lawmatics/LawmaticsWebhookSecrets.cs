using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// The secrets that a firm's webhooks are signed with. Lawmatics makes them, and a new one ends the old one there at once; here the old one stays good for a time, so
/// that neither what is on its way nor an admin who is slow to save the new one loses more than must be.
/// </summary>
public sealed class LawmaticsWebhookSecrets(ISecretStore secrets, TimeProvider clock)
{
    private static readonly TimeSpan s_mostTimes = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_onceMore = TimeSpan.FromSeconds(10);

    /// <summary>Saves the secret that Lawmatics shows; the one before it stays good for the overlap. The same again changes nothing.</summary>
    public async Task<WebhookTokens> SetAsync(CompanyId company, string secret, double overlapHours, CancellationToken cancellationToken)
    {
        var old = await ReadAsync(company, TimeSpan.Zero, cancellationToken);
        if (old?.Current == secret)
        {
            return old;
        }

        var changed = new WebhookTokens(secret, old?.Current, old is null ? null : clock.GetUtcNow().AddHours(overlapHours));
        await secrets.SetAsync(LawmaticsConnections.Name(company, LawmaticsConnections.WebhookSecret), JsonSerializer.Serialize(changed, KayseJson.Default.WebhookTokens), cancellationToken);
        return changed;
    }

    /// <summary>Whether a request proves that Lawmatics sent it, just now.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="settings">The names of the headers, and how far off the time may be.</param>
    /// <param name="header">A header's one value, or null.</param>
    /// <param name="body">The body's bytes as they came.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<LawmaticsProof> VerifyAsync(CompanyId company, LawmaticsWebhookSettings settings, Func<string, string?> header, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(header);
        if (await ReadAsync(company, s_mostTimes, cancellationToken) is null && await ReadAsync(company, s_onceMore, cancellationToken) is null)
        {
            return LawmaticsProof.NoSecret;
        }

        if (header(settings.SignatureHeader)?.Trim() is not { } given || !given.StartsWith(settings.SignaturePrefix, StringComparison.OrdinalIgnoreCase))
        {
            return LawmaticsProof.NoSignature;
        }

        var timestamp = header(settings.TimestampHeader)?.Trim();
        if (timestamp is null || LawmaticsSignature.Seconds(timestamp) is not { } sent)
        {
            return LawmaticsProof.NoTimestamp;
        }

        if (Math.Abs((double)clock.GetUtcNow().ToUnixTimeSeconds() - sent) > settings.ToleranceSeconds)
        {
            return LawmaticsProof.Stale;
        }

        // Another process may have changed them a moment ago; but whoever guesses must not have each guess looked up.
        var hex = given[settings.SignaturePrefix.Length..];
        return await IsSignedAsync(company, timestamp, body, hex, s_mostTimes, cancellationToken) || await IsSignedAsync(company, timestamp, body, hex, s_onceMore, cancellationToken)
            ? LawmaticsProof.Right : LawmaticsProof.Wrong;
    }

    private async Task<bool> IsSignedAsync(CompanyId company, string timestamp, ReadOnlyMemory<byte> body, string hex, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var isSigned = false;
        foreach (var secret in (await ReadAsync(company, maxAge, cancellationToken))?.Live(clock.GetUtcNow()) ?? [])
        {
            // Both are tried in any case, so that the time does not tell which.
            isSigned |= LawmaticsSignature.Matches(secret, timestamp, body.Span, hex);
        }

        return isSigned;
    }

    private async Task<WebhookTokens?> ReadAsync(CompanyId company, TimeSpan maxAge, CancellationToken cancellationToken) =>
        await secrets.GetAsync(LawmaticsConnections.Name(company, LawmaticsConnections.WebhookSecret), maxAge, cancellationToken) is { } secret
            ? JsonSerializer.Deserialize(secret.Value, KayseJson.Default.WebhookTokens)
            : null;
}

/// <summary>Whether a webhook proves where it comes from.</summary>
public enum LawmaticsProof
{
    /// <summary>It does.</summary>
    Right,

    /// <summary>Nobody can tell: the firm has saved no secret.</summary>
    NoSecret,

    /// <summary>It has no signature.</summary>
    NoSignature,

    /// <summary>It does not say when it was sent.</summary>
    NoTimestamp,

    /// <summary>It was sent too long ago, or not yet.</summary>
    Stale,

    /// <summary>It was signed with another secret, or changed on its way.</summary>
    Wrong,
}
