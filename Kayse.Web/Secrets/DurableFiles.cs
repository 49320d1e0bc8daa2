using System.Runtime.InteropServices;

namespace Kayse.Web.Secrets;

/// <summary>Files that only their owner may read, and folders whose entries survive a power cut.</summary>
internal static class DurableFiles
{
    /// <summary>The mode of a folder that only its owner may enter: 0700.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly Lock Gate = new();

    /// <summary>A new file of mode 0600.</summary>
    public static FileStream Create(string path, FileMode mode = FileMode.CreateNew, FileShare share = FileShare.None)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <summary>Makes a folder of mode 0700 where there is none.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
    }

    /// <summary>Replaces a file's content: after a crash there is the old one or the new one, whole.</summary>
    /// <exception cref="IOException">It was not replaced.</exception>
    public static async Task ReplaceAsync(string path, ReadOnlyMemory<byte> content)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        try
        {
            await using (var file = Create(fresh))
            {
                await file.WriteAsync(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }
        catch
        {
            File.Delete(fresh);
            throw;
        }

        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Puts a file under a name unless that is taken; of several callers exactly one gets it. The caller removes what is left under the old name.</summary>
    /// <returns>False when the name is taken.</returns>
    /// <exception cref="IOException">The file could not be named so.</exception>
    public static bool TryPublish(string path, string name) =>
        !OperatingSystem.IsWindows() && Link(path, name, out var taken) ? !taken : TryMove(path, name);

    /// <summary>Makes a folder's entries durable. Windows does so by itself.</summary>
    /// <exception cref="IOException">The folder cannot be flushed.</exception>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = NativeMethods.Open(path, 0);
        if (descriptor < 0)
        {
            throw new IOException($"The folder cannot be opened to be flushed (error {Marshal.GetLastPInvokeError()}).");
        }

        try
        {
            const int Invalid = 22; // EINVAL: a file system that does not flush folders, and has no need to.
            if (NativeMethods.Fsync(descriptor) != 0 && Marshal.GetLastPInvokeError() is var error and not Invalid)
            {
                throw new IOException($"The folder cannot be flushed (error {error}).");
            }
        }
        finally
        {
            _ = NativeMethods.Close(descriptor);
        }
    }

    // .NET's move looks whether the name is taken and then renames over it all the same, so that two may pass between; only link(2) asks and takes at once.
    // False where the file system has no links.
    private static bool Link(string path, string name, out bool taken)
    {
        const int Exists = 17, NotPermitted = 1;
        var error = NativeMethods.Link(path, name) == 0 ? 0 : Marshal.GetLastPInvokeError();
        taken = error == Exists;
        return error switch
        {
            0 or Exists => true,
            // EPERM, or EOPNOTSUPP of Linux and macOS.
            NotPermitted or 95 or 45 or 102 => false,
            _ => throw new IOException($"The file cannot be named (error {error})."),
        };
    }

    // One process uses the folder, so a lock in it is enough.
    private static bool TryMove(string path, string name)
    {
        lock (Gate)
        {
            if (File.Exists(name))
            {
                return false;
            }

            File.Move(path, name, overwrite: false);
            return true;
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "link", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string path, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Fsync(int descriptor);

        [DllImport("libc", EntryPoint = "close")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
