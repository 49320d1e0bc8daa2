using System.Runtime.InteropServices;

namespace Kayse.Standalone.Storage;

/// <summary>Files that only their owner may read, and folders whose entries survive a power cut.</summary>
internal static class DurableFiles
{
    /// <summary>The mode of a folder that only its owner may enter: 0700.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

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

    private static class NativeMethods
    {
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
