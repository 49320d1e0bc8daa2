using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>The firms' connections to Lawmatics and their secrets.</summary>
public sealed class LawmaticsConnections(IEntityStore store, ISecretStore secrets)
{
    /// <summary>The connector's name in routes, rows and secrets.</summary>
    public const string Crm = "lawmatics";

    /// <summary>The secret that holds the webhook's signing secrets.</summary>
    public const string WebhookSecret = "webhook-secret";

    private const string Client = "client";
    private const string Token = "token";
    private const string Other = "other";

    private readonly EntityTable<LawmaticsConnection> _connections = new(store, Tables.Integrations, static () => KayseJson.Default.LawmaticsConnection);

    /// <summary>A firm's connection; one that was never made has the defaults.</summary>
    public async Task<LawmaticsConnection> GetAsync(CompanyId company, CancellationToken cancellationToken) =>
        (await _connections.GetAsync(Partitions.Of(company), Crm, cancellationToken))?.Value ?? new LawmaticsConnection();

    /// <summary>Changes a firm's connection.</summary>
    public Task<LawmaticsConnection> ChangeAsync(CompanyId company, Func<LawmaticsConnection, LawmaticsConnection> change, CancellationToken cancellationToken) =>
        _connections.UpdateAsync(Partitions.Of(company), Crm, old => change(old ?? new LawmaticsConnection()), cancellationToken);

    /// <summary>Whose Lawmatics a call goes to, and how; null while nothing is connected.</summary>
    public async Task<LawmaticsSession?> SessionAsync(CompanyId company, LawmaticsPriority priority, CancellationToken cancellationToken) =>
        await GetAsync(company, cancellationToken) is { Connected: true } connection ? connection.Session(company, priority) : null;

    /// <summary>The firm's own OAuth client, or null when none is saved.</summary>
    public async Task<LawmaticsOAuthClient?> ClientAsync(CompanyId company, CancellationToken cancellationToken) =>
        await secrets.GetAsync(Name(company, Client), null, cancellationToken) is { } secret ? JsonSerializer.Deserialize(secret.Value, KayseJson.Default.LawmaticsOAuthClient) : null;

    /// <summary>The token as it was no longer ago than <paramref name="maxAge"/>, or null when none is saved.</summary>
    public async Task<LawmaticsToken?> TokenAsync(CompanyId company, TimeSpan maxAge, CancellationToken cancellationToken) =>
        await secrets.GetAsync(Name(company, Token), maxAge, cancellationToken) is { } secret ? JsonSerializer.Deserialize(secret.Value, KayseJson.Default.LawmaticsToken) : null;

    /// <summary>Keeps a token that a refresh gave.</summary>
    public Task KeepTokenAsync(CompanyId company, LawmaticsToken token, CancellationToken cancellationToken) =>
        secrets.SetAsync(Name(company, Token), JsonSerializer.Serialize(token, KayseJson.Default.LawmaticsToken), cancellationToken);

    /// <summary>Saves a checked client and token. The secrets first: a connection without them would be none.</summary>
    public async Task SaveAsync(CompanyId company, LawmaticsSignedIn signedIn, Func<LawmaticsConnection, LawmaticsConnection> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signedIn);
        await secrets.SetAsync(Name(company, Client), JsonSerializer.Serialize(signedIn.Client, KayseJson.Default.LawmaticsOAuthClient), cancellationToken);
        await KeepTokenAsync(company, signedIn.Token, cancellationToken);
        await ChangeAsync(company, change, cancellationToken);
        await secrets.DeleteAsync(Name(company, Other), cancellationToken);
    }

    /// <summary>Keeps what somebody signed in to until an admin says whether it is right.</summary>
    public async Task AskAsync(CompanyId company, LawmaticsSignedIn signedIn, LawmaticsAccount account, CancellationToken cancellationToken)
    {
        await secrets.SetAsync(Name(company, Other), JsonSerializer.Serialize(signedIn, KayseJson.Default.LawmaticsSignedIn), cancellationToken);
        await ChangeAsync(company, old => old with { OtherAccount = account }, cancellationToken);
    }

    /// <summary>What an admin is asked about, or null.</summary>
    public async Task<LawmaticsSignedIn?> OtherAsync(CompanyId company, CancellationToken cancellationToken) =>
        await secrets.GetAsync(Name(company, Other), TimeSpan.Zero, cancellationToken) is { } secret ? JsonSerializer.Deserialize(secret.Value, KayseJson.Default.LawmaticsSignedIn) : null;

    /// <summary>Drops what an admin is asked about.</summary>
    public async Task DropOtherAsync(CompanyId company, CancellationToken cancellationToken)
    {
        await ChangeAsync(company, old => old.OtherAccount is null ? old : old with { OtherAccount = null }, cancellationToken);
        await secrets.DeleteAsync(Name(company, Other), cancellationToken);
    }

    /// <summary>Deletes the client and the token and keeps everything else: the links, the settings, and which firm it was.</summary>
    public async Task DisconnectAsync(CompanyId company, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            company, old => old with { Connected = false, ConnectedAt = null, TokenId = null, ReconnectNeededSince = null, OtherAccount = null, Warnings = [] }, cancellationToken);
        foreach (var secret in new[] { Token, Client, Other })
        {
            await secrets.DeleteAsync(Name(company, secret), cancellationToken);
        }
    }

    /// <summary>The names of all of a firm's secrets here that are kept for long.</summary>
    public static IEnumerable<string> SecretNames(CompanyId company) => new[] { Client, Token, Other, WebhookSecret }.Select(secret => Name(company, secret));

    /// <summary>The name of one of a firm's secrets.</summary>
    public static string Name(CompanyId company, string secret) => $"{company}--{Crm}--{secret}";
}

/// <summary>The firm's own OAuth client: Lawmatics lets each firm make one.</summary>
/// <param name="ClientId">Its id.</param>
/// <param name="ClientSecret">Its secret.</param>
public sealed record LawmaticsOAuthClient(string ClientId, string ClientSecret)
{
    /// <summary>Never the values.</summary>
    public override string ToString() => "LawmaticsOAuthClient { *** }";
}

/// <summary>A client with the token that it was given.</summary>
/// <param name="Client">The client.</param>
/// <param name="Token">The token.</param>
public sealed record LawmaticsSignedIn(LawmaticsOAuthClient Client, LawmaticsToken Token)
{
    /// <summary>Never the values.</summary>
    public override string ToString() => "LawmaticsSignedIn { *** }";
}

/// <summary>A token as it is kept.</summary>
/// <param name="Id">An id of our own, by which the connection's row names it; a refresh keeps it.</param>
/// <param name="Text">The bearer token.</param>
/// <param name="ExpiresAt">When it ends; null for never, which is normal (docs.lawmatics.com: access tokens do not expire).</param>
/// <param name="RefreshToken">What it is refreshed with; null where Lawmatics gave none, which is normal.</param>
public sealed record LawmaticsToken(string Id, string Text, DateTimeOffset? ExpiresAt, string? RefreshToken)
{
    /// <summary>Never the token.</summary>
    public override string ToString() => $"LawmaticsToken {{ {Id} }}";
}
