using Azure;
using Azure.Security.KeyVault.Secrets;
using Kayse.Core.Storage;

namespace Kayse.Functions.Azure;

/// <summary>
/// <see cref="ISecretStore"/> over a Key Vault with soft delete. What was read stays in memory for <see cref="Memory"/> (that there is nothing, for <see cref="MemoryOfNothing"/>),
/// since a vault counts its requests; callers of one secret share one request. This process forgets a name when it changes it. A change by another instance is seen when
/// that time is over, or at once by who asks for a younger answer.
/// </summary>
/// <param name="client">The vault.</param>
/// <param name="clock">Says how old an answer is, and waits for deletions and recoveries.</param>
public sealed class KeyVaultSecretStore(SecretClient client, TimeProvider clock) : ISecretStore
{
    /// <summary>How long a value is kept in memory.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(3);

    /// <summary>How long it is remembered that there is no value.</summary>
    public static readonly TimeSpan MemoryOfNothing = TimeSpan.FromSeconds(10);

    private const string Service = "Key Vault";
    private const int MaxPolls = 60;

    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    private readonly SecretMemory _memory = new(Memory, MemoryOfNothing, clock);

    /// <inheritdoc/>
    public Task<Secret?> GetAsync(string name, string? version, CancellationToken cancellationToken)
    {
        SecretNames.Check(name);
        return ReadAsync(name, version, Memory, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Secret?> GetAsync(string name, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        SecretNames.Check(name);
        return ReadAsync(name, null, maxAge, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Secret> SetAsync(string name, string value, CancellationToken cancellationToken)
    {
        SecretNames.Check(name);
        SecretNames.CheckValue(value);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await AzureFaults.GuardAsync(Service, () => WriteAsync(name, value, cancellationToken), cancellationToken);
        }
        finally
        {
            _memory.Forget(name);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        SecretNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await AzureFaults.GuardAsync(Service, () => RemoveAsync(name, cancellationToken), cancellationToken);
        }
        finally
        {
            _memory.Forget(name);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<SecretVersion>> VersionsAsync(string name, CancellationToken cancellationToken)
    {
        SecretNames.Check(name);
        return AzureFaults.GuardAsync(Service, () => ListVersionsAsync(name, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task PurgeAsync(string name, CancellationToken cancellationToken)
    {
        await DeleteAsync(name, cancellationToken);
        await AzureFaults.GuardAsync(Service, () => PurgeDeletedAsync(name, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> NamesAsync(string prefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return AzureFaults.GuardAsync(Service, () => ListNamesAsync(prefix, cancellationToken), cancellationToken);
    }

    private Task<Secret?> ReadAsync(string name, string? version, TimeSpan maxAge, CancellationToken cancellationToken) =>
        _memory.GetAsync(name, version, maxAge, () => AzureFaults.GuardAsync(Service, () => FetchAsync(name, version), CancellationToken.None), cancellationToken);

    private async Task<Secret?> FetchAsync(string name, string? version)
    {
        try
        {
            var found = (await client.GetSecretAsync(name, version, null, CancellationToken.None)).Value;
            return new Secret(found.Value, found.Properties.Version);
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            return null;
        }
    }

    private async Task<Secret> WriteAsync(string name, string value, CancellationToken cancellationToken)
    {
        for (var polls = 0; ; polls++)
        {
            try
            {
                var set = (await client.SetSecretAsync(new KeyVaultSecret(name, value), cancellationToken)).Value;
                return new Secret(set.Value, set.Properties.Version);
            }
            catch (RequestFailedException fault) when (fault.Status == 409 && polls < MaxPolls)
            {
                // The name is deleted but recoverable, or on its way there or back.
                await RecoverAsync(name, cancellationToken);
                await Task.Delay(s_poll, clock, cancellationToken);
            }
        }
    }

    private async Task RecoverAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await client.StartRecoverDeletedSecretAsync(name, cancellationToken);
        }
        catch (RequestFailedException fault) when (fault.Status is 404 or 409)
        {
            // Recovered by another already, or still being deleted or recovered.
        }
    }

    private async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await client.StartDeleteSecretAsync(name, cancellationToken);
        }
        catch (RequestFailedException fault) when (fault.Status is 404 or 409)
        {
            return false;
        }

        await UntilAsync(() => IsDeletedAsync(name, cancellationToken), cancellationToken);
        return true;
    }

    private async Task<bool> IsDeletedAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await client.GetDeletedSecretAsync(name, cancellationToken);
            return true;
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            return false;
        }
    }

    private async Task PurgeDeletedAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await client.PurgeDeletedSecretAsync(name, cancellationToken);
        }
        catch (RequestFailedException fault) when (fault.Status is 403 or 404)
        {
            // 404: it was never there. 403: purge protection keeps what is deleted until its time is over.
            return;
        }

        await UntilAsync(async () => !await IsDeletedAsync(name, cancellationToken), cancellationToken);
    }

    // The vault answers before it is done (learn.microsoft.com, "Azure Key Vault soft-delete overview").
    private async Task UntilAsync(Func<Task<bool>> isDone, CancellationToken cancellationToken)
    {
        for (var polls = 0; !await isDone(); polls++)
        {
            if (polls == MaxPolls)
            {
                throw new StorageUnavailableException("Key Vault has not finished within a minute. Try again later.");
            }

            await Task.Delay(s_poll, clock, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<SecretVersion>> ListVersionsAsync(string name, CancellationToken cancellationToken)
    {
        var versions = new List<SecretVersion>();
        try
        {
            await foreach (var version in client.GetPropertiesOfSecretVersionsAsync(name, cancellationToken))
            {
                versions.Add(new SecretVersion(version.Version, version.CreatedOn ?? default));
            }
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            return [];
        }

        versions.Sort((one, other) => other.CreatedAt.CompareTo(one.CreatedAt));
        // The vault dates to the second: which of one second's versions is the newest only it can say.
        if (versions is [var first, var second, ..] && first.CreatedAt == second.CreatedAt && await FetchAsync(name, null) is { } newest)
        {
            versions = [.. versions.OrderByDescending(version => version.Version == newest.Version)];
        }

        return versions;
    }

    private async Task<IReadOnlyList<string>> ListNamesAsync(string prefix, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var secret in client.GetPropertiesOfSecretsAsync(cancellationToken))
        {
            if (secret.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                names.Add(secret.Name);
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
