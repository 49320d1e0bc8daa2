namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Where Lawmatics is. An operator's setting: the sandbox is put in here.</summary>
public sealed record LawmaticsHosts
{
    /// <summary>Where a person signs in (docs.lawmatics.com, "Authorization").</summary>
    public string AppUrl { get; init; } = "https://app.lawmatics.com";

    /// <summary>The API; its paths begin with <c>/v1</c>.</summary>
    public string ApiUrl { get; init; } = "https://api.lawmatics.com";

    /// <summary>Where a code is exchanged for a token; null for <c>/oauth/token</c> at the API, as the API's documents say.</summary>
    public string? TokenUrl { get; init; }

    /// <summary>Where a token is revoked (RFC 7009); null for nowhere: Lawmatics has no such address.</summary>
    public string? RevokeUrl { get; init; }

    /// <summary>The scope that is asked for; null for none: Lawmatics knows no scopes, a token may do everything with the firm.</summary>
    public string? Scope { get; init; }

    /// <summary>The address of a path of the API.</summary>
    public Uri Api(string path) => new(ApiUrl.TrimEnd('/') + path);

    /// <summary>Where a code is exchanged for a token.</summary>
    public Uri Token => new(TokenUrl ?? ApiUrl.TrimEnd('/') + "/oauth/token");

    /// <summary>Where a person is sent to sign in.</summary>
    public Uri Authorize(string clientId, string redirectUri, string state)
    {
        ArgumentNullException.ThrowIfNull(clientId);
        ArgumentNullException.ThrowIfNull(redirectUri);
        ArgumentNullException.ThrowIfNull(state);
        var scope = Scope is { Length: > 0 } ? $"&scope={Uri.EscapeDataString(Scope)}" : string.Empty;
        return new Uri($"{AppUrl.TrimEnd('/')}/oauth/authorize?client_id={Uri.EscapeDataString(clientId)}&redirect_uri={Uri.EscapeDataString(redirectUri)}&response_type=code&state={Uri.EscapeDataString(state)}{scope}");
    }
}
