using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>The secrets by which Law Ruler's webhook is recognised: Law Ruler cannot sign, so a token stands in the URL, and a static header may be asked for besides.</summary>
public sealed class WebhookCredentials(ISecretStore secrets, LawRulerConnections connections, TimeProvider clock)
{
    /// <summary>The secret that holds the URL's tokens.</summary>
    internal const string TokenSecret = "webhook-token";
    /// <summary>The secret that holds the static header's value.</summary>
    internal const string HeaderSecret = "webhook-header";

    private static readonly TimeSpan s_mostTimes = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_onceMore = TimeSpan.FromSeconds(10);

    /// <summary>The token that the URL carries, made when there is none.</summary>
    public async Task<string> TokenAsync(CompanyId company, CancellationToken cancellationToken) =>
        (await ReadAsync(company, TimeSpan.Zero, cancellationToken))?.Current ?? await SetAsync(company, ApiKeys.NewSecret(), cancellationToken);

    /// <summary>Sets the token, with none before it.</summary>
    public async Task<string> SetAsync(CompanyId company, string token, CancellationToken cancellationToken)
    {
        await WriteAsync(company, new WebhookTokens(token, null, null), cancellationToken);
        return token;
    }

    /// <summary>Makes a new token; the old one stays good for the overlap.</summary>
    public async Task<string> RotateAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var old = await ReadAsync(company, TimeSpan.Zero, cancellationToken);
        var overlap = (await connections.GetAsync(company, cancellationToken)).Settings.Webhook.TokenOverlapHours;
        var rotated = new WebhookTokens(ApiKeys.NewSecret(), old?.Current, old is null ? null : clock.GetUtcNow().AddHours(overlap));
        await WriteAsync(company, rotated, cancellationToken);
        return rotated.Current;
    }

    /// <summary>Sets what the static header must say; null for no header.</summary>
    public async Task SetHeaderAsync(CompanyId company, string? value, CancellationToken cancellationToken)
    {
        if (value is null)
        {
            await secrets.DeleteAsync(LawRulerConnections.Name(company, HeaderSecret), cancellationToken);
        }
        else
        {
            await secrets.SetAsync(LawRulerConnections.Name(company, HeaderSecret), value, cancellationToken);
        }
    }

    /// <summary>True when the token is one of the live ones and the static header, where one is asked for, is right. Compared in constant time, by hash.</summary>
    public async Task<bool> VerifyAsync(CompanyId company, string token, Func<string, string?> header, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(header);
        var name = (await connections.GetAsync(company, cancellationToken)).Settings.Webhook.HeaderName;
        var given = name is null ? null : header(name);
        if (name is not null && given is null)
        {
            return false;
        }

        // Another process may have changed them a moment ago; but whoever guesses must not have each guess looked up.
        return await IsRightAsync(company, token, given, s_mostTimes, cancellationToken) || await IsRightAsync(company, token, given, s_onceMore, cancellationToken);
    }

    private async Task<bool> IsRightAsync(CompanyId company, string token, string? header, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var tokens = await ReadAsync(company, maxAge, cancellationToken);
        var isCurrent = tokens is not null && ApiKeys.Same(tokens.Current, token);
        var isPrevious = tokens is { Previous: { } previous, PreviousUntil: { } until } && ApiKeys.Same(previous, token) && clock.GetUtcNow() < until;
        return (isCurrent || isPrevious)
            && (header is null || (await secrets.GetAsync(LawRulerConnections.Name(company, HeaderSecret), maxAge, cancellationToken) is { } expected && ApiKeys.Same(expected.Value, header)));
    }

    private async Task<WebhookTokens?> ReadAsync(CompanyId company, TimeSpan maxAge, CancellationToken cancellationToken) =>
        await secrets.GetAsync(LawRulerConnections.Name(company, TokenSecret), maxAge, cancellationToken) is { } secret
            ? JsonSerializer.Deserialize(secret.Value, KayseJson.Default.WebhookTokens)
            : null;

    private Task WriteAsync(CompanyId company, WebhookTokens tokens, CancellationToken cancellationToken) =>
        secrets.SetAsync(LawRulerConnections.Name(company, TokenSecret), JsonSerializer.Serialize(tokens, KayseJson.Default.WebhookTokens), cancellationToken);
}
