using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Sign-ins that were begun: each is a row under the hash of its <c>state</c>, good once and for ten minutes, and a secret with the client that it is for.</summary>
public sealed class LawmaticsSignIns(IEntityStore store, ISecretStore secrets, TimeProvider clock)
{
    /// <summary>How long a sign-in may take.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const string Prefix = "lawmatics~signin~";
    private const int MaxState = 200;

    private readonly EntityTable<LawmaticsSignIn> _signIns = new(store, Tables.Integrations, static () => KayseJson.Default.LawmaticsSignIn);

    /// <summary>Begins one; returns its <c>state</c>, which is kept nowhere.</summary>
    public async Task<string> BeginAsync(CompanyId company, LawmaticsOAuthClient client, string caller, string redirectUri, CancellationToken cancellationToken)
    {
        await DropEndedAsync(company, cancellationToken);
        var state = $"{company}.{ApiKeys.NewSecret()}";
        var hash = Hash(state);
        await secrets.SetAsync(Secret(company, hash), JsonSerializer.Serialize(client, KayseJson.Default.LawmaticsOAuthClient), cancellationToken);
        await _signIns.InsertAsync(Partitions.Of(company), Prefix + hash, new LawmaticsSignIn(caller, redirectUri, clock.GetUtcNow() + Lifetime), cancellationToken);
        return state;
    }

    /// <summary>Takes the sign-in of a <c>state</c>, which ends it: whoever brings it a second time finds none. Null for one that nobody began, that was taken, or that has ended.</summary>
    public async Task<(CompanyId Company, LawmaticsSignIn SignIn, LawmaticsOAuthClient Client)?> TakeAsync(string? state, CancellationToken cancellationToken)
    {
        if (state is not { Length: > 0 and <= MaxState } || !CompanyId.TryParse(state.Split('.')[0], null, out var company))
        {
            return null;
        }

        var hash = Hash(state);
        if (await _signIns.GetAsync(Partitions.Of(company), Prefix + hash, cancellationToken) is not { } row || !await _signIns.DeleteAsync(Partitions.Of(company), row, cancellationToken))
        {
            return null;
        }

        var secret = await secrets.GetAsync(Secret(company, hash), TimeSpan.Zero, cancellationToken);
        await secrets.PurgeAsync(Secret(company, hash), cancellationToken);
        return row.Value.EndsAt > clock.GetUtcNow() && secret is not null && JsonSerializer.Deserialize(secret.Value, KayseJson.Default.LawmaticsOAuthClient) is { } client
            ? (company, row.Value, client) : null;
    }

    private async Task DropEndedAsync(CompanyId company, CancellationToken cancellationToken)
    {
        await foreach (var row in _signIns.AllAsync(Partitions.Of(company), new RowRange(Prefix), cancellationToken))
        {
            if (row.Value.EndsAt <= clock.GetUtcNow())
            {
                await secrets.PurgeAsync(Secret(company, row.Row[Prefix.Length..]), cancellationToken);
                await _signIns.DeleteAsync(Partitions.Of(company), row, cancellationToken);
            }
        }
    }

    private static string Hash(string state) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state)));

    private static string Secret(CompanyId company, string hash) => LawmaticsConnections.Name(company, $"signin-{hash[..32]}");
}

/// <summary>A sign-in that was begun.</summary>
/// <param name="Caller">Who began it (<c>key_…</c>, <c>operator</c> or a person's id).</param>
/// <param name="RedirectUri">The redirect URI, letter for letter as it was sent.</param>
/// <param name="EndsAt">Until when it is good.</param>
public sealed record LawmaticsSignIn(string Caller, string RedirectUri, DateTimeOffset EndsAt);
