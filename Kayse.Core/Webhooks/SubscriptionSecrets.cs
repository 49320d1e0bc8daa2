using System.Collections.Concurrent;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Webhooks;

/// <summary>What subscriptions sign with, and their App Keys. Kept in memory for a minute: a secret store is asked over a network and counts its requests.</summary>
public sealed class SubscriptionSecrets(ISecretStore secrets, WebhookSettings settings, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Held> _held = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>The secrets of a subscription, or null when there is none.</summary>
    public async Task<SigningSecrets?> GetAsync(CompanyId company, string subscription, CancellationToken cancellationToken)
    {
        var name = Name(company, subscription);
        if (_held.TryGetValue(name, out var held) && clock.GetUtcNow() < held.Until)
        {
            return held.Secrets;
        }

        return await AloneAsync(async () =>
        {
            var read = await ReadAsync(name, cancellationToken);
            if (read is not null)
            {
                _held[name] = new Held(read, clock.GetUtcNow() + s_memory);
            }

            return read;
        }, cancellationToken);
    }

    /// <summary>Gives a new subscription its secrets.</summary>
    /// <returns>The signing secret, to be shown this once.</returns>
    public async Task<string> CreateAsync(CompanyId company, string subscription, string? appKey, CancellationToken cancellationToken)
    {
        var secret = WebhookSignature.NewSecret();
        await WriteAsync(Name(company, subscription), new SigningSecrets(secret, null, null, appKey), cancellationToken);
        return secret;
    }

    /// <summary>Makes a new signing secret; the old one signs too for the overlap.</summary>
    /// <returns>The new secret, to be shown this once.</returns>
    public Task<string> RotateAsync(CompanyId company, string subscription, CancellationToken cancellationToken) => AloneAsync(async () =>
    {
        var name = Name(company, subscription);
        var old = await ReadAsync(name, cancellationToken);
        var secret = WebhookSignature.NewSecret();
        await WriteAsync(name, new SigningSecrets(secret, old?.Current, old is null ? null : clock.GetUtcNow() + settings.SecretOverlap, old?.AppKey), cancellationToken);
        return secret;
    }, cancellationToken);

    /// <summary>Sets the App Key; null for none.</summary>
    public Task SetAppKeyAsync(CompanyId company, string subscription, string? appKey, CancellationToken cancellationToken) => AloneAsync(async () =>
    {
        var name = Name(company, subscription);
        var old = await ReadAsync(name, cancellationToken) ?? new SigningSecrets(WebhookSignature.NewSecret(), null, null, null);
        await WriteAsync(name, old with { AppKey = appKey }, cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>Removes a subscription's secrets for good.</summary>
    public async Task RemoveAsync(CompanyId company, string subscription, CancellationToken cancellationToken)
    {
        await secrets.PurgeAsync(Name(company, subscription), cancellationToken);
        _held.TryRemove(Name(company, subscription), out _);
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    // The store's alphabet has no underscore.
    private static string Name(CompanyId company, string subscription) => $"{company}--webhook--{subscription.Replace('_', '-')}";

    // One at a time: of two changes at the same moment neither may write back what the other replaced.
    private async Task<T> AloneAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<SigningSecrets?> ReadAsync(string name, CancellationToken cancellationToken) =>
        await secrets.GetAsync(name, TimeSpan.Zero, cancellationToken) is { } secret ? JsonSerializer.Deserialize(secret.Value, KayseJson.Default.SigningSecrets) : null;

    private async Task WriteAsync(string name, SigningSecrets written, CancellationToken cancellationToken)
    {
        await secrets.SetAsync(name, JsonSerializer.Serialize(written, KayseJson.Default.SigningSecrets), cancellationToken);
        _held.TryRemove(name, out _);
    }

    private sealed record Held(SigningSecrets Secrets, DateTimeOffset Until);
}

/// <summary>The secrets of a subscription.</summary>
/// <param name="Current">The signing secret.</param>
/// <param name="Previous">The one before it, or null.</param>
/// <param name="PreviousUntil">Until when that one signs too.</param>
/// <param name="AppKey">What is sent as <c>X-Public-Api-Key</c>, or null.</param>
public sealed record SigningSecrets(string Current, string? Previous, DateTimeOffset? PreviousUntil, string? AppKey)
{
    /// <summary>The previous secret while it signs too, or null.</summary>
    public string? PreviousAt(DateTimeOffset now) => now < PreviousUntil ? Previous : null;

    /// <summary>Never the values.</summary>
    public override string ToString() => "SigningSecrets { *** }";
}
