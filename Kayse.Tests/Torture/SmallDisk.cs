using System.Globalization;

namespace Kayse.Tests.Torture;

/// <summary>A place for a data folder where room can run out.</summary>
public abstract class SmallDisk : IDisposable
{
    /// <summary>A small file system in memory; where this process may not mount one, <see cref="Limited"/>.</summary>
    public const string Mounted = "mounted";

    /// <summary>A limit of the system's on how large a process's files may grow, which everyone may set.</summary>
    public const string Limited = "limited";

    /// <summary>A data folder that is not there yet.</summary>
    public abstract string Data { get; }

    /// <summary>Under what a process is started whose disk is filled later.</summary>
    public virtual IReadOnlyList<string> Before => [];

    /// <summary>Makes one.</summary>
    public static SmallDisk Make(string kind) => kind == Mounted && MountedDisk.TryMake() is { } mounted ? mounted : new LimitedDisk();

    /// <summary>Takes all room but some pages of 4 kB; a process is then started under what this returns.</summary>
    public abstract IReadOnlyList<string> LeavePages(int pages);

    /// <summary>Takes the room that is left from a running process.</summary>
    public abstract void Fill(int process);

    /// <summary>Takes what has become free since, where that can happen.</summary>
    public virtual void Refill()
    {
    }

    /// <summary>Makes room again, for that process too if it lives.</summary>
    public abstract void Free(int? process = null);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    private sealed class MountedDisk : SmallDisk
    {
        private const int Page = 4096;

        private readonly TempFolder _folder;

        private MountedDisk(TempFolder folder) => _folder = folder;

        public override string Data => _folder.In("disk", "data");

        private string Ballast => _folder.In("disk", "ballast");

        public static MountedDisk? TryMake()
        {
            var folder = new TempFolder();
            Directory.CreateDirectory(folder.In("disk"));
            if (Environment.IsPrivilegedProcess && SystemCommand.TryRun("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder.In("disk")))
            {
                return new MountedDisk(folder);
            }

            folder.Dispose();
            return null;
        }

        public override IReadOnlyList<string> LeavePages(int pages)
        {
            Fill(0);
            using var ballast = new FileStream(Ballast, FileMode.Open);
            ballast.SetLength(ballast.Length - (pages * Page));
            return [];
        }

        public override void Fill(int process)
        {
            using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
            try
            {
                while (true)
                {
                    ballast.Write(new byte[Page]);
                }
            }
            catch (IOException)
            {
            }
        }

        public override void Refill() => Fill(0);

        public override void Free(int? process = null) => File.Delete(Ballast);

        protected override void Dispose(bool disposing)
        {
            Assert.True(SystemCommand.TryRun("umount", _folder.In("disk")), "The disk could not be unmounted.");
            _folder.Dispose();
        }
    }

    private sealed class LimitedDisk : SmallDisk
    {
        private readonly TempFolder _folder = new();

        public override string Data => _folder.In("data");

        // Else the signal ends the process.
        public override IReadOnlyList<string> Before => ["env", "--ignore-signal=XFSZ"];

        // The runtime keeps its code in a file in memory, to which the limit applies too.
        public override IReadOnlyList<string> LeavePages(int pages) => [.. Before, "DOTNET_EnableWriteXorExecute=0", "prlimit", $"--fsize={Text(pages * 4096)}:unlimited"];

        // A little more than the log has now, so that a commit is torn in its middle.
        public override void Fill(int process) => Limit(process, Text(new FileInfo(Path.Combine(Data, "kayse.db-wal")).Length + 5000) + ":unlimited");

        public override void Free(int? process = null)
        {
            if (process is { } running)
            {
                Limit(running, "unlimited:unlimited");
            }
        }

        protected override void Dispose(bool disposing) => _folder.Dispose();

        private static void Limit(int process, string limit) => Assert.True(SystemCommand.TryRun("prlimit", "--pid", Text(process), $"--fsize={limit}"), "The limit could not be set.");

        private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
