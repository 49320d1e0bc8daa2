using System.Runtime.CompilerServices;
using Kayse.Core.Storage;
using Kayse.Web.Secrets;

namespace Kayse.Standalone.Storage;

/// <summary>
/// <see cref="IBlobStore"/> as files under a folder: written beside, flushed, and then linked to their name, so that a name
/// is there with all its bytes or not at all, and one of several writers wins. On a file system that takes no notice of
/// case, two names that differ in it alone are one.
/// </summary>
public sealed class FileBlobStore : IBlobStore
{
    private const int MaxKnownFolders = 10_000;

    private readonly string _folder;
    private readonly string _unfinished;
    private readonly Func<string, FileStream> _create;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Opens the store and removes what a killed process left unfinished.</summary>
    /// <param name="folder">The folder; made where there is none. No other process may use it.</param>
    /// <param name="create">Makes a new file to write to; for tests of a full disk. By default a file of mode 0600.</param>
    /// <exception cref="DataFolderException">The folder cannot be made or written.</exception>
    public FileBlobStore(string folder, Func<string, FileStream>? create = null)
    {
        _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        // No blob's name has a segment that begins with a dot.
        _unfinished = Path.Combine(_folder, ".unfinished");
        _create = create ?? (path => DurableFiles.Create(path));
        try
        {
            if (Directory.Exists(_unfinished))
            {
                Directory.Delete(_unfinished, recursive: true);
            }

            DurableFiles.CreateFolder(_unfinished);
            DurableFiles.SyncFolder(Path.GetDirectoryName(_folder)!);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The blob folder {_folder} cannot be written: {fault.Message}", fault);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> CreateAsync(string name, string contentType, Stream content, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        var header = BlobFile.Header(contentType);
        ArgumentNullException.ThrowIfNull(content);
        cancellationToken.ThrowIfCancellationRequested();
        var path = BlobFile.PathOf(_folder, name);
        if (File.Exists(path))
        {
            Storing(() => Synced(path));
            return false;
        }

        var fresh = Path.Combine(_unfinished, Guid.NewGuid().ToString("N"));
        try
        {
            await WriteAsync(fresh, header, content, cancellationToken);
            return Storing(() => Publish(fresh, path));
        }
        finally
        {
            // Nothing remains of what was not published; a failure to remove it is mended at the next start.
            Remove(fresh);
        }
    }

    /// <inheritdoc/>
    public Task<Blob?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        return BlobFile.OpenAsync(BlobFile.PathOf(_folder, name), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        var path = BlobFile.PathOf(_folder, name);
        return Task.FromResult(Storing(() =>
        {
            if (!File.Exists(path))
            {
                return false;
            }

            File.Delete(path);
            return Synced(path);
        }));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var start = _folder;
        if (prefix.Length > 0)
        {
            BlobNames.Check(prefix);
            start = BlobFile.FolderOf(_folder, prefix);
            if (File.Exists(BlobFile.PathOf(_folder, prefix)))
            {
                yield return prefix;
            }
        }

        foreach (var file in Directory.Exists(start) ? Directory.EnumerateFiles(start, "*" + BlobFile.Suffix, SearchOption.AllDirectories) : [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return BlobFile.NameOf(_folder, file);
            await Task.CompletedTask;
        }
    }

    private static T Storing<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(fault);
        }
    }

    // Also when another writer was first: its entry must be as durable as ours would have been before anybody relies on it.
    private static bool Synced(string path)
    {
        DurableFiles.SyncFolder(Path.GetDirectoryName(path)!);
        return true;
    }

    private static StorageUnavailableException Unavailable(Exception fault) => new($"The blob store could not take the write: {fault.Message}", fault);

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
        }
    }

    private async Task WriteAsync(string path, ReadOnlyMemory<byte> header, Stream content, CancellationToken cancellationToken)
    {
        var file = Storing(() => _create(path));
        var sink = new BlobSink(file);
        try
        {
            await sink.WriteAsync(header, cancellationToken);
            await content.CopyToAsync(sink, cancellationToken);
            Storing(() =>
            {
                file.Flush(flushToDisk: true);
                return true;
            });
        }
        finally
        {
            await sink.CloseAsync();
        }
    }

    private bool Publish(string fresh, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        EnsureFolder(folder);
        var published = DurableFiles.TryPublish(fresh, path);
        return Synced(path) && published;
    }

    // Each folder down to this one is entered durably in its parent, once a process.
    private void EnsureFolder(string folder)
    {
        lock (_gate)
        {
            if (folder.Length <= _folder.Length || _known.Contains(folder))
            {
                return;
            }

            var parent = Path.GetDirectoryName(folder)!;
            EnsureFolder(parent);
            DurableFiles.CreateFolder(folder);
            DurableFiles.SyncFolder(parent);
            if (_known.Count >= MaxKnownFolders)
            {
                _known.Clear();
            }

            _known.Add(folder);
        }
    }
}
