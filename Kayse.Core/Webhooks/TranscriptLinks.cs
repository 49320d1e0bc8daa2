using System.Security.Cryptography;
using System.Text;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Webhooks;

/// <summary>Links to transcripts that are too long for a delivery: whoever has the link may read that one transcript until it ends. They are signed with a key of the installation's own.</summary>
public sealed class TranscriptLinks(ISecretStore secrets, PublicAddress address) : IDisposable
{
    private const string KeyName = "kayse--webhooks--link-key";

    private readonly SemaphoreSlim _making = new(1);
    private string? _key;

    /// <summary>The link to an event's transcript. For the same event and end it is always the same.</summary>
    public async Task<string> MakeAsync(CompanyId company, string eventId, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var seconds = until.ToUnixTimeSeconds();
        var signature = Sign(await KeyAsync(cancellationToken), company, eventId, seconds);
        return $"{address.Base}/api/webhooks/transcripts/{company}/{eventId}?until={seconds}&signature={signature}";
    }

    /// <summary>True when a link's parts belong together and it has not ended.</summary>
    public async Task<bool> IsGoodAsync(CompanyId company, string eventId, long until, string signature, DateTimeOffset now, CancellationToken cancellationToken) =>
        ApiKeys.Same(Sign(await KeyAsync(cancellationToken), company, eventId, until), signature) && now.ToUnixTimeSeconds() < until;

    /// <inheritdoc/>
    public void Dispose() => _making.Dispose();

    private static string Sign(string key, CompanyId company, string eventId, long until) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{company}/{eventId}/{until}")));

    private async Task<string> KeyAsync(CancellationToken cancellationToken)
    {
        if (_key is { } known)
        {
            return known;
        }

        await _making.WaitAsync(cancellationToken);
        try
        {
            return _key ??= (await secrets.GetAsync(KeyName, TimeSpan.Zero, cancellationToken) ?? await MadeAsync(cancellationToken)).Value;
        }
        finally
        {
            _making.Release();
        }
    }

    // Of several processes that make the first key at the same moment, all take the one that was first.
    private async Task<Secret> MadeAsync(CancellationToken cancellationToken)
    {
        var made = await secrets.SetAsync(KeyName, ApiKeys.NewSecret(), cancellationToken);
        return await secrets.VersionsAsync(KeyName, cancellationToken) is [.., var first] && first.Version != made.Version && await secrets.GetAsync(KeyName, first.Version, cancellationToken) is { } key
            ? await secrets.SetAsync(KeyName, key.Value, cancellationToken)
            : made;
    }
}
