namespace Kayse.Core.Storage;

/// <summary>
/// Secrets by name, with their versions. A name is <c>{company}--{crm}--{name}</c>, of lower-case letters, digits and hyphens,
/// 127 characters at most (Key Vault's alphabet); anything else is refused with an <see cref="ArgumentException"/> (<see cref="SecretNames"/>).
/// A value has 25,000 bytes of UTF-8 at most (Key Vault's limit). A store that cannot be reached throws <see cref="StorageUnavailableException"/>.
/// </summary>
public interface ISecretStore
{
    /// <summary>The newest version, or a given one; null when there is none or the name was deleted. What another process changed may take some minutes to be seen.</summary>
    Task<Secret?> GetAsync(string name, string? version, CancellationToken cancellationToken);

    /// <summary>The newest version as it was no longer ago than <paramref name="maxAge"/>; zero for now, for who writes back what he read.</summary>
    Task<Secret?> GetAsync(string name, TimeSpan maxAge, CancellationToken cancellationToken);

    /// <summary>Adds a version and makes it the newest; durable when the task completes. A deleted name is recovered first, with its earlier versions.</summary>
    Task<Secret> SetAsync(string name, string value, CancellationToken cancellationToken);

    /// <summary>Deletes a name with all its versions; false when there was none. Setting it again recovers it.</summary>
    Task<bool> DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>The versions of a name, newest first, without their values; empty when there is none.</summary>
    Task<IReadOnlyList<SecretVersion>> VersionsAsync(string name, CancellationToken cancellationToken);

    /// <summary>Removes a name for good, deleted or not: for erasing a firm. Where the store keeps deleted secrets for a time by policy (Key Vault's purge protection), it ends with that time.</summary>
    Task PurgeAsync(string name, CancellationToken cancellationToken);

    /// <summary>The names (not deleted) that begin with <paramref name="prefix"/>.</summary>
    Task<IReadOnlyList<string>> NamesAsync(string prefix, CancellationToken cancellationToken);
}
