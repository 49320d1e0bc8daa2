namespace Kayse.Tests.Torture;

/// <summary>A data folder with which a process can do no more than read.</summary>
internal sealed class ReadOnlyFolder : IDisposable
{
    /// <summary>A file system that is mounted read-only; where this process may not mount one, <see cref="NoRight"/>.</summary>
    public const string Mounted = "mounted";

    /// <summary>A folder in which the process may make no file.</summary>
    public const string NoRight = "no right";

    private readonly TempFolder _folder = new();
    private readonly bool _isMounted;

    public ReadOnlyFolder(string kind)
    {
        Directory.CreateDirectory(_folder.In("disk"));
        _isMounted = kind == Mounted && Environment.IsPrivilegedProcess && SystemCommand.TryRun("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", _folder.In("disk"));
    }

    /// <summary>A data folder that is not there yet.</summary>
    public string Data => _folder.In("disk", "data");

    /// <summary>Under what a process is started that the folder's mode binds: root alone may pass over it, and loses that.</summary>
    public IReadOnlyList<string> Before => Environment.IsPrivilegedProcess && !_isMounted ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : [];

    /// <summary>Lets nobody write.</summary>
    public void Close() =>
        Assert.True(_isMounted ? SystemCommand.TryRun("mount", "-o", "remount,ro", _folder.In("disk")) : SystemCommand.TryRun("chmod", "500", Data));

    /// <summary>Lets write again.</summary>
    public void Open() =>
        Assert.True(_isMounted ? SystemCommand.TryRun("mount", "-o", "remount,rw", _folder.In("disk")) : SystemCommand.TryRun("chmod", "700", Data));

    /// <summary>Every file with its content.</summary>
    public IReadOnlyDictionary<string, string> Content() =>
        Directory.GetFiles(Data, "*", SearchOption.AllDirectories).ToDictionary(file => file, file => Convert.ToHexString(File.ReadAllBytes(file)), StringComparer.Ordinal);

    public void Dispose()
    {
        if (_isMounted)
        {
            Assert.True(SystemCommand.TryRun("umount", _folder.In("disk")), "The disk could not be unmounted.");
        }
        else
        {
            Open();
        }

        _folder.Dispose();
    }
}
