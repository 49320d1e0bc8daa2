using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Kayse.Core.Storage;

namespace Kayse.Core.Companies;

/// <summary>A firm's API keys: <c>kk_{company}_{key id}_{secret}</c>, shown once, stored hashed.</summary>
public sealed class ApiKeys(IEntityStore store, TimeProvider clock)
{
    private readonly EntityTable<ApiKey> _keys = new(store, Tables.ApiKeys, static () => KayseJson.Default.ApiKey);

    /// <summary>Makes a key; its text is returned here and never again.</summary>
    public async Task<(ApiKey Key, string Text)> IssueAsync(CompanyId company, string name, KeyRole role, CancellationToken cancellationToken)
    {
        var secret = NewSecret();
        var id = Ids.New("key", clock);
        var key = new ApiKey(id, name, role, Hash(secret), secret[^4..], clock.GetUtcNow());
        await _keys.InsertAsync(Partitions.Of(company), id, key, cancellationToken);
        return (key, $"kk_{company}_{id["key_".Length..]}_{secret}");
    }

    /// <summary>Whose key it is and what it may do, or null when it is none.</summary>
    public async Task<(CompanyId Company, ApiKey Key)?> VerifyAsync(string text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('_', 4);
        if (parts is not ["kk", var companyText, var id, var secret] || !CompanyId.TryParse(companyText, null, out var company) || !Ids.IsValid($"key_{id}"))
        {
            return null;
        }

        var stored = (await _keys.GetAsync(Partitions.Of(company), $"key_{id}", cancellationToken))?.Value;
        return stored is not null && SameHash(stored.Hash, Hash(secret)) ? (company, stored) : null;
    }

    /// <summary>A firm's key by its id, or null when there is none of that id any more.</summary>
    public async Task<ApiKey?> FindAsync(CompanyId company, string id, CancellationToken cancellationToken) =>
        Ids.IsValid(id) ? (await _keys.GetAsync(Partitions.Of(company), id, cancellationToken))?.Value : null;

    /// <summary>A page of a firm's keys, oldest first; the cursor is the last id.</summary>
    public async Task<(IReadOnlyList<ApiKey> Items, string? Next)> ListAsync(CompanyId company, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _keys.QueryAsync(Partitions.Of(company), new RowRange(After: after), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next);
    }

    /// <summary>Ends a key; false when there is none of that id.</summary>
    public async Task<bool> RevokeAsync(CompanyId company, string id, CancellationToken cancellationToken) =>
        Ids.IsValid(id)
        && await _keys.GetAsync(Partitions.Of(company), id, cancellationToken) is { } row
        && await _keys.DeleteAsync(Partitions.Of(company), row, cancellationToken);

    /// <summary>32 random bytes as text that may stand in a URL.</summary>
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256 of a secret, base64.</summary>
    public static string Hash(string secret) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Compares two secrets in constant time, by their hashes.</summary>
    public static bool Same(string expected, string given) => SameHash(Hash(expected), Hash(given));

    private static bool SameHash(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(a), Encoding.ASCII.GetBytes(b));
}
