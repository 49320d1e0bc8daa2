using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Kayse.Web.Secrets;

/// <summary>The Data Protection keys in a folder, which protect the secrets' values.</summary>
internal sealed class KeyRing
{
    private readonly DirectoryInfo _folder;
    private readonly IDataProtector _protector;
    private readonly HashSet<string> _durable = new(StringComparer.Ordinal);

    private KeyRing(DirectoryInfo folder)
    {
        _folder = folder;
        _protector = DataProtectionProvider.Create(folder, builder => builder.SetApplicationName("Kayse")).CreateProtector("Kayse.Secrets");
    }

    /// <summary>Opens the ring, making its folder (0700) where there is none.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="inUse">Something is protected by it already, so it must not be empty.</param>
    /// <exception cref="DataFolderException">The folder cannot be used, or has no keys though it should.</exception>
    public static KeyRing Open(string path, bool inUse)
    {
        try
        {
            DurableFiles.CreateFolder(path);
            var ring = new KeyRing(new DirectoryInfo(Path.GetFullPath(path)));
            // Reading with an empty ring would begin a new one, and so hide that the old one is gone.
            return inUse && ring.Files().Length == 0 ? throw ring.Gone(null) : ring;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The key ring in {path} cannot be used: {fault.Message}", fault);
        }
    }

    /// <summary>Protects a value; the key that does it is durable before this returns.</summary>
    /// <exception cref="IOException">The key could not be kept.</exception>
    public string Protect(string name, string value)
    {
        var text = ProtectorOf(name).Protect(value);
        // Data Protection writes its keys without flushing them; a secret that outlives its key in a power cut is lost.
        foreach (var file in Files().Where(file => !_durable.Contains(file.Name)))
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            using (var handle = File.OpenHandle(file.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            {
                RandomAccess.FlushToDisk(handle);
            }

            DurableFiles.SyncFolder(_folder.FullName);
            DurableFiles.SyncFolder(_folder.Parent!.FullName);
            _durable.Add(file.Name);
        }

        return text;
    }

    /// <summary>Reads a protected value.</summary>
    /// <exception cref="DataFolderException">The ring has not the key that protected it.</exception>
    public string Unprotect(string name, string text)
    {
        try
        {
            return ProtectorOf(name).Unprotect(text);
        }
        catch (CryptographicException fault)
        {
            throw Gone(fault);
        }
    }

    private FileInfo[] Files() => _folder.GetFiles("key-*.xml");

    // A protector of its own for each name: a value that is moved to another name in the file cannot be read there.
    private IDataProtector ProtectorOf(string name) => _protector.CreateProtector(name);

    private DataFolderException Gone(Exception? fault) =>
        new($"The secrets cannot be read: the key ring in {_folder.FullName} is gone, or is not the one they were written with. Put the right keys there (KAYSE_KEY_RING names the folder), or move the secrets' file away and connect the firms again.", fault);
}
