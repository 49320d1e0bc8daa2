using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// The Advanced API's tokens, by password grant: kept in the secret store until 60 s before they expire, so that every process
/// uses one, and fetched by one caller at a time however many wait.
/// </summary>
public sealed class LawRulerTokens(CrmHttp http, LawRulerHosts hosts, ISecretStore secrets, TokenLease lease, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<CompanyId, SemaphoreSlim> _gates = new();

    /// <summary>A token that is good for another minute, from the store or fresh.</summary>
    public async Task<LawRulerToken> GetAsync(CompanyId company, LawRulerCredentials credentials, CancellationToken cancellationToken)
    {
        if (await StoredAsync(company, s_memory, cancellationToken) is { } stored)
        {
            return stored;
        }

        var gate = _gates.GetOrAdd(company, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            return await StoredAsync(company, s_memory, cancellationToken) ?? await RefreshAsync(company, credentials, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Keeps a fresh token for whoever needs one next.</summary>
    public Task KeepAsync(CompanyId company, LawRulerToken token, CancellationToken cancellationToken) =>
        secrets.SetAsync(LawRulerConnections.Name(company, "token"), JsonSerializer.Serialize(token, KayseJson.Default.LawRulerToken), cancellationToken);

    /// <summary>Drops a token that Law Ruler refused, unless another has taken its place.</summary>
    public async Task DropAsync(CompanyId company, string refused, CancellationToken cancellationToken)
    {
        if (await StoredAsync(company, TimeSpan.Zero, cancellationToken) is { } stored && stored.Text == refused)
        {
            await secrets.DeleteAsync(LawRulerConnections.Name(company, "token"), cancellationToken);
        }
    }

    /// <summary>Asks Law Ruler for a token.</summary>
    public async Task<LawRulerToken> FetchAsync(LawRulerCredentials credentials, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "password",
            ["username"] = credentials.Username,
            ["password"] = credentials.Password,
            ["scope"] = hosts.Scope,
            ["client_id"] = credentials.ClientId,
            ["client_secret"] = credentials.ClientSecret,
        };
        var address = LawRulerHosts.At(hosts.AuthUrl, credentials.ClientRoot, "/identity/connect/token");
        var response = await http.SendAsync(() => new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) }, isUpload: false, cancellationToken);
        return Read(response);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var gate in _gates.Values)
        {
            gate.Dispose();
        }
    }

    private async Task<LawRulerToken?> StoredAsync(CompanyId company, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        if (await secrets.GetAsync(LawRulerConnections.Name(company, "token"), maxAge, cancellationToken) is not { } secret)
        {
            return null;
        }

        var token = JsonSerializer.Deserialize(secret.Value, KayseJson.Default.LawRulerToken);
        return token?.Text is not null && token.ExpiresAt - Margin > clock.GetUtcNow() ? token : null;
    }

    private async Task<LawRulerToken> RefreshAsync(CompanyId company, LawRulerCredentials credentials, CancellationToken cancellationToken)
    {
        if (await lease.TakeAsync(company, LawRulerConnections.Crm, cancellationToken) is not { } holder)
        {
            // Another process is at it: its token will be in the store in a moment.
            return new LawRulerToken(null, default, TokenFault.Busy);
        }

        try
        {
            var token = await StoredAsync(company, TimeSpan.Zero, cancellationToken) ?? await FetchAsync(credentials, cancellationToken);
            if (token.Fault == TokenFault.None)
            {
                await KeepAsync(company, token, cancellationToken);
            }

            return token;
        }
        finally
        {
            await lease.ReleaseAsync(company, LawRulerConnections.Crm, holder, CancellationToken.None);
        }
    }

    private LawRulerToken Read(CrmResponse response)
    {
        if (response.Fault != CrmFault.None || (int)response.Status >= 500 || response.Status == HttpStatusCode.TooManyRequests)
        {
            return new LawRulerToken(null, default, TokenFault.Unavailable);
        }

        try
        {
            using var json = JsonDocument.Parse(response.Body);
            if (response.Status == HttpStatusCode.OK && JsonText.Text(json.RootElement, "access_token") is { Length: > 0 } text)
            {
                return new LawRulerToken(text, clock.GetUtcNow().AddSeconds(Math.Clamp(JsonText.Number(json.RootElement, "expires_in") ?? 3600, 1, 86_400)));
            }

            return new LawRulerToken(null, default, JsonText.Text(json.RootElement, "error") switch
            {
                "invalid_client" or "unauthorized_client" => TokenFault.ClientRefused,
                "invalid_grant" => TokenFault.UserRefused,
                _ => WithoutWord(response.Status),
            });
        }
        catch (JsonException)
        {
            return new LawRulerToken(null, default, WithoutWord(response.Status));
        }
    }

    private static TokenFault WithoutWord(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => TokenFault.Unclear,
        HttpStatusCode.NotFound => TokenFault.RootUnknown,
        _ => TokenFault.Unavailable,
    };
}

/// <summary>A token, or why there is none.</summary>
/// <param name="Text">The bearer token.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="Fault">Why there is none.</param>
public sealed record LawRulerToken(string? Text, DateTimeOffset ExpiresAt, TokenFault Fault = TokenFault.None)
{
    /// <summary>Never the token.</summary>
    public override string ToString() => $"LawRulerToken {{ {Fault} }}";
}

/// <summary>Why there is no token.</summary>
public enum TokenFault
{
    /// <summary>There is one.</summary>
    None,

    /// <summary>Username or password.</summary>
    UserRefused,

    /// <summary>Refused without a word why.</summary>
    Unclear,

    /// <summary>Client Secret or client id.</summary>
    ClientRefused,

    /// <summary>Nothing is at that Client Root.</summary>
    RootUnknown,

    /// <summary>Law Ruler did not answer as it should.</summary>
    Unavailable,

    /// <summary>Another process is fetching one.</summary>
    Busy,
}
