using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Kayse.Core.Storage;

namespace Kayse.Web.Secrets;

/// <summary>
/// <see cref="ISecretStore"/> as one file of mode 0600 whose values ASP.NET Core Data Protection protects; it is rewritten whole and
/// atomically, and read from memory. A key ring that lies beside the file protects nothing against who can read both. Of each
/// name the newest <see cref="MaxVersions"/> versions are kept.
/// </summary>
public sealed class FileSecretStore : ISecretStore, IDisposable
{
    /// <summary>Versions kept of a name; older ones go.</summary>
    public const int MaxVersions = 100;

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly KeyRing _keys;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private volatile ImmutableDictionary<string, Entry> _entries;

    /// <summary>Opens the file, or begins with none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="keyRing">The folder of the key ring; made (0700) where there is none.</param>
    /// <param name="time">Dates the versions.</param>
    /// <exception cref="DataFolderException">The file or the key ring cannot be read, or the keys are not those that the file was written with.</exception>
    public FileSecretStore(string path, string keyRing, TimeProvider time)
    {
        _path = Path.GetFullPath(path);
        _time = time;
        var file = SecretFile.Load(_path);
        _keys = KeyRing.Open(keyRing, file.Secrets.Count > 0);
        _entries = file.Secrets.ToImmutableDictionary(pair => pair.Key, Opened, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public Task<Secret?> GetAsync(string name, string? version, CancellationToken cancellationToken)
    {
        SecretNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        var versions = Living(name)?.Versions;
        var found = version is null ? versions?[^1] : versions?.FirstOrDefault(one => one.Stored.Version == version);
        return Task.FromResult(found is null ? null : new Secret(found.Value, found.Stored.Version));
    }

    /// <inheritdoc/>
    public Task<Secret?> GetAsync(string name, TimeSpan maxAge, CancellationToken cancellationToken) => GetAsync(name, null, cancellationToken);

    /// <inheritdoc/>
    public async Task<Secret> SetAsync(string name, string value, CancellationToken cancellationToken)
    {
        SecretNames.Check(name);
        SecretNames.CheckValue(value);
        return await ChangeAsync(entries =>
        {
            var earlier = entries.TryGetValue(name, out var entry) ? entry.Versions : [];
            var now = _time.GetUtcNow();
            var id = Guid.CreateVersion7(now).ToString("N", CultureInfo.InvariantCulture);
            var added = earlier.Add(new Held(new SecretFileVersion(id, now, _keys.Protect(name, value)), value));
            if (added.Length > MaxVersions)
            {
                added = added.RemoveRange(0, added.Length - MaxVersions);
            }

            return (entries.SetItem(name, new Entry(false, added)), new Secret(value, id));
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        SecretNames.Check(name);
        return await ChangeAsync(entries => entries.TryGetValue(name, out var entry) && !entry.Deleted
            ? (entries.SetItem(name, entry with { Deleted = true }), true)
            : (entries, false), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<SecretVersion>> VersionsAsync(string name, CancellationToken cancellationToken)
    {
        SecretNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        var versions = Living(name)?.Versions ?? [];
        return Task.FromResult<IReadOnlyList<SecretVersion>>([.. versions.Reverse().Select(held => new SecretVersion(held.Stored.Version, held.Stored.CreatedAt))]);
    }

    /// <inheritdoc/>
    public async Task PurgeAsync(string name, CancellationToken cancellationToken)
    {
        SecretNames.Check(name);
        await ChangeAsync(entries => (entries.Remove(name), true), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> NamesAsync(string prefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<string>>([.. _entries
            .Where(entry => !entry.Value.Deleted && entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(entry => entry.Key)
            .Order(StringComparer.Ordinal)]);
    }

    /// <summary>Frees the lock of the writers.</summary>
    public void Dispose() => _writing.Dispose();

    private Entry? Living(string name) => _entries.TryGetValue(name, out var entry) && !entry.Deleted ? entry : null;

    private Entry Opened(KeyValuePair<string, SecretFileEntry> stored) => new(
        stored.Value.Deleted,
        [.. stored.Value.Versions.Select(version => new Held(version, _keys.Unprotect(stored.Key, version.Protected)))]);

    private async Task<T> ChangeAsync<T>(Func<ImmutableDictionary<string, Entry>, (ImmutableDictionary<string, Entry> Entries, T Result)> change, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var (entries, result) = change(_entries);
            if (!ReferenceEquals(entries, _entries))
            {
                var secrets = entries.ToDictionary(pair => pair.Key, pair => new SecretFileEntry(pair.Value.Deleted, [.. pair.Value.Versions.Select(held => held.Stored)]), StringComparer.Ordinal);
                await new SecretFile { Secrets = secrets }.SaveAsync(_path);
                _entries = entries;
            }

            return result;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StorageUnavailableException($"The secrets could not be written: {fault.GetBaseException().Message}", fault);
        }
        finally
        {
            _writing.Release();
        }
    }

    private sealed record Entry(bool Deleted, ImmutableArray<Held> Versions);

    // Not a record: its text must not show the value.
    private sealed class Held(SecretFileVersion stored, string value)
    {
        public SecretFileVersion Stored { get; } = stored;

        public string Value { get; } = value;
    }
}
