using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>The firms' connections to Law Ruler and their secrets.</summary>
public sealed class LawRulerConnections(IEntityStore store, ISecretStore secrets, TimeProvider clock)
{
    /// <summary>The connector's name in routes, rows and secrets.</summary>
    public const string Crm = "lawruler";


    private readonly EntityTable<LawRulerConnection> _connections = new(store, Tables.Integrations, static () => KayseJson.Default.LawRulerConnection);

    /// <summary>A firm's connection; one that was never made has the defaults.</summary>
    public async Task<LawRulerConnection> GetAsync(CompanyId company, CancellationToken cancellationToken) =>
        (await _connections.GetAsync(Partitions.Of(company), Crm, cancellationToken))?.Value ?? new LawRulerConnection();

    /// <summary>Changes a firm's connection.</summary>
    public Task<LawRulerConnection> ChangeAsync(CompanyId company, Func<LawRulerConnection, LawRulerConnection> change, CancellationToken cancellationToken) =>
        _connections.UpdateAsync(Partitions.Of(company), Crm, old => Timed(change(old ?? new LawRulerConnection())), cancellationToken);

    private LawRulerConnection Timed(LawRulerConnection changed) =>
        changed.Receives == changed.ReceivesSince is not null ? changed : changed with { ReceivesSince = changed.Receives ? clock.GetUtcNow() : null };

    /// <summary>The credentials, or null when none are saved.</summary>
    public async Task<LawRulerCredentials?> CredentialsAsync(CompanyId company, CancellationToken cancellationToken) =>
        await secrets.GetAsync(Name(company, "credentials"), null, cancellationToken) is { } secret
            ? JsonSerializer.Deserialize(secret.Value, KayseJson.Default.LawRulerCredentials)
            : null;

    /// <summary>Saves checked credentials and drops the token that belonged to earlier ones.</summary>
    public async Task SaveAsync(CompanyId company, LawRulerCredentials credentials, Func<LawRulerConnection, LawRulerConnection> change, CancellationToken cancellationToken)
    {
        await secrets.SetAsync(Name(company, "credentials"), JsonSerializer.Serialize(credentials, KayseJson.Default.LawRulerCredentials), cancellationToken);
        await secrets.DeleteAsync(Name(company, "token"), cancellationToken);
        await ChangeAsync(company, change, cancellationToken);
    }

    /// <summary>Deletes the credentials and keeps everything else.</summary>
    public async Task DisconnectAsync(CompanyId company, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await ChangeAsync(company, old => old with { Connected = false, ConnectedAt = null, DisconnectedAt = old.DisconnectedAt ?? at, Warnings = [], StatusSyncUsed = old.StatusSyncUsed || (old.Connected && old.Toggles.SyncCaseStatuses) }, cancellationToken);
        await secrets.DeleteAsync(Name(company, "credentials"), cancellationToken);
        await secrets.DeleteAsync(Name(company, "token"), cancellationToken);
    }

    /// <summary>The names of all of a firm's secrets here.</summary>
    public static IEnumerable<string> SecretNames(CompanyId company) =>
        new[] { "credentials", "token", WebhookCredentials.TokenSecret, WebhookCredentials.HeaderSecret }.Select(secret => Name(company, secret));

    /// <summary>The name of one of a firm's secrets.</summary>
    public static string Name(CompanyId company, string secret) => $"{company}--{Crm}--{secret}";
}

/// <summary>The five credentials of the guide, and the client id that some portals have beside them.</summary>
/// <param name="Username">A user of the Advanced API.</param>
/// <param name="Password">That user's password.</param>
/// <param name="ClientRoot">The firm's subdomain.</param>
/// <param name="ClientSecret">The Advanced API's client secret.</param>
/// <param name="Key">The Key of the campaign pages.</param>
/// <param name="ClientId">The Advanced API's client id; the client root where none is given.</param>
public sealed record LawRulerCredentials(string Username, string Password, string ClientRoot, string ClientSecret, string Key, string ClientId)
{
    /// <summary>Never the values.</summary>
    public override string ToString() => "LawRulerCredentials { *** }";
}
