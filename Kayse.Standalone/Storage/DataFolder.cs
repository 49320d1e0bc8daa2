using Kayse.Web.Secrets;

namespace Kayse.Standalone.Storage;

/// <summary>The folder in which the one-machine host keeps everything, held by one process at a time. Disposing lets go of it.</summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream lockFile)
    {
        Path = path;
        _lock = lockFile;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The database file.</summary>
    public string Database => In("kayse.db");

    /// <summary>The folder of the blobs.</summary>
    public string Blobs => In("blobs");

    /// <summary>The file of the secrets.</summary>
    public string Secrets => In("secrets.json");

    /// <summary>The key ring's folder, unless it was put elsewhere (<c>KAYSE_KEY_RING</c>).</summary>
    public string Keys => In("keys");

    /// <summary>Opens the folder, making it (0700) where its parent exists, and takes its lock, which the system frees when the process ends in whatever way.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="DataFolderException">Another process holds it, or it cannot be made or written; the message says which.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        try
        {
            Make(full);
            var folder = new DataFolder(full, TakeLock(full));
            folder.MakeFiles();
            return folder;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The data folder {full} cannot be written: {fault.Message} Choose another one with --data.", fault);
        }
    }

    /// <summary>Frees the lock.</summary>
    public void Dispose() => _lock.Dispose();

    private static void Make(string path)
    {
        if (Directory.Exists(path))
        {
            // A folder that somebody made for us is ours; one that has other things in it keeps its mode.
            if (!OperatingSystem.IsWindows() && !Directory.EnumerateFileSystemEntries(path).Any())
            {
                File.SetUnixFileMode(path, DurableFiles.OwnerOnly);
            }

            return;
        }

        var parent = System.IO.Path.GetDirectoryName(path);
        if (parent is not null && !Directory.Exists(parent))
        {
            throw new DataFolderException($"The data folder {path} cannot be made: there is no folder {parent}. Make it, or choose another data folder with --data.");
        }

        DurableFiles.CreateFolder(path);
    }

    private static FileStream TakeLock(string path)
    {
        var file = System.IO.Path.Combine(path, "lock");
        try
        {
            return DurableFiles.Create(file, FileMode.OpenOrCreate);
        }
        catch (IOException fault) when (IsHeld(fault))
        {
            throw new DataFolderException($"The data folder {path} is in use by another process. Stop that one, or choose another data folder with --data.", fault);
        }
    }

    // EWOULDBLOCK of flock (Linux 11, macOS 35) or Windows' sharing violation.
    private static bool IsHeld(IOException fault) => (fault.HResult & 0xFFFF) is 11 or 35 or 32 or 33;

    private void MakeFiles()
    {
        try
        {
            // The lock and the database may be there and writable in a folder that takes no new file, as SQLite's log is one.
            DurableFiles.Create(In("probe"), FileMode.Create).Dispose();
            File.Delete(In("probe"));
            // SQLite would make it readable for everyone; its log files take their mode from it.
            DurableFiles.Create(Database, FileMode.OpenOrCreate, FileShare.ReadWrite).Dispose();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
