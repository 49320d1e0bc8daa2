using System.Net;
using System.Text.Json;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Lawmatics' OAuth 2.0 endpoints. A request is answered once: a code is good for one exchange.</summary>
public sealed class LawmaticsOAuth(CrmHttp http, LawmaticsHosts hosts, TimeProvider clock)
{
    private const int MaxToken = 8000;

    /// <summary>Exchanges a code for a token; <paramref name="redirectUri"/> must be the one that the sign-in was begun with, letter for letter.</summary>
    public Task<LawmaticsGrant> ExchangeAsync(LawmaticsOAuthClient client, string code, string redirectUri, CancellationToken cancellationToken) =>
        AskAsync(client, Ids.New("tok", clock), null, [KeyValuePair.Create("grant_type", "authorization_code"), KeyValuePair.Create("code", code), KeyValuePair.Create("redirect_uri", redirectUri)], cancellationToken);

    /// <summary>Refreshes a token that has a refresh token.</summary>
    public Task<LawmaticsGrant> RefreshAsync(LawmaticsOAuthClient client, LawmaticsToken token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        return AskAsync(client, token.Id, token.RefreshToken, [KeyValuePair.Create("grant_type", "refresh_token"), KeyValuePair.Create("refresh_token", token.RefreshToken ?? string.Empty)], cancellationToken);
    }

    /// <summary>Revokes a token where the operator has set an address for it (RFC 7009).</summary>
    /// <returns>True when it was revoked; false when that did not work; null when there is no such address.</returns>
    public async Task<bool?> RevokeAsync(LawmaticsOAuthClient client, string token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (hosts.RevokeUrl is not { Length: > 0 } url)
        {
            return null;
        }

        var response = await PostAsync(new Uri(url), client, [KeyValuePair.Create("token", token)], cancellationToken);
        return response is { Fault: CrmFault.None } && (int)response.Status is >= 200 and < 300;
    }

    private async Task<LawmaticsGrant> AskAsync(LawmaticsOAuthClient client, string id, string? oldRefresh, IEnumerable<KeyValuePair<string, string>> form, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        return Read(await PostAsync(hosts.Token, client, form, cancellationToken), id, oldRefresh);
    }

    private Task<CrmResponse> PostAsync(Uri address, LawmaticsOAuthClient client, IEnumerable<KeyValuePair<string, string>> form, CancellationToken cancellationToken)
    {
        var fields = form.Append(KeyValuePair.Create("client_id", client.ClientId)).Append(KeyValuePair.Create("client_secret", client.ClientSecret)).ToList();
        return http.SendAsync(() => new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(fields) }, isUpload: false, cancellationToken);
    }

    private LawmaticsGrant Read(CrmResponse response, string id, string? oldRefresh)
    {
        if (response.Fault != CrmFault.None || (int)response.Status >= 500 || response.Status == HttpStatusCode.TooManyRequests)
        {
            return new LawmaticsGrant(null, GrantFault.Unavailable);
        }

        try
        {
            using var json = JsonDocument.Parse(response.Body);
            if ((int)response.Status is >= 200 and < 300)
            {
                return JsonText.Text(json.RootElement, "access_token") is { Length: > 0 and <= MaxToken } text && text.All(c => c is > ' ' and <= '~')
                    ? new LawmaticsGrant(new LawmaticsToken(id, text, ExpiresAt(json.RootElement), JsonText.Text(json.RootElement, "refresh_token") is { Length: > 0 and <= MaxToken } refresh ? refresh : oldRefresh))
                    : new LawmaticsGrant(null, GrantFault.Unclear);
            }

            return new LawmaticsGrant(null, JsonText.Text(json.RootElement, "error") switch
            {
                "invalid_client" or "unauthorized_client" => GrantFault.ClientRefused,
                "invalid_grant" => GrantFault.GrantRefused,
                _ => GrantFault.Unclear,
            });
        }
        catch (JsonException)
        {
            return new LawmaticsGrant(null, GrantFault.Unclear);
        }
    }

    private DateTimeOffset? ExpiresAt(JsonElement json) =>
        JsonText.Number(json, "expires_in") is { } seconds ? clock.GetUtcNow().AddSeconds(Math.Clamp(seconds, 1, TimeSpan.FromDays(3650).TotalSeconds)) : null;
}

/// <summary>A token, or why there is none.</summary>
/// <param name="Token">The token.</param>
/// <param name="Fault">Why there is none.</param>
public sealed record LawmaticsGrant(LawmaticsToken? Token, GrantFault Fault = GrantFault.None);

/// <summary>Why Lawmatics gave no token.</summary>
public enum GrantFault
{
    /// <summary>It gave one.</summary>
    None,

    /// <summary>The client's id or secret is wrong.</summary>
    ClientRefused,

    /// <summary>The code or the refresh token is used up, ended, or was given for another redirect URI.</summary>
    GrantRefused,

    /// <summary>Lawmatics did not answer, or has a fault of its own.</summary>
    Unavailable,

    /// <summary>The answer cannot be read.</summary>
    Unclear,
}
