using System.Diagnostics;
using Kayse.Standalone.Storage;
using Kayse.Web.Secrets;

namespace Kayse.Tests.Storage;

public sealed class DataFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_made_for_its_owner_alone()
    {
        using var data = DataFolder.Open(_folder.In("data"));

        Assert.True(Directory.Exists(data.Path));
        Assert.Equal([data.Path + "/kayse.db", data.Path + "/blobs", data.Path + "/secrets.json", data.Path + "/keys"], [data.Database, data.Blobs, data.Secrets, data.Keys]);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data.Path));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(data.Database));
        }
    }

    [Fact]
    public void The_database_and_its_log_are_for_their_owner_alone()
    {
        using var data = DataFolder.Open(_folder.In("data"));
        using var database = SqliteDatabase.Open(data.Database);

        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Directory.GetFiles(data.Path))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public void A_second_use_is_refused_until_the_first_ends()
    {
        var first = DataFolder.Open(_folder.In("data"));

        AssertOneLine("is in use by another process", Assert.Throws<DataFolderException>(() => DataFolder.Open(_folder.In("data"))));

        first.Dispose();
        DataFolder.Open(_folder.In("data")).Dispose();
    }

    [Fact]
    public async Task A_second_process_is_kept_out_in_both_directions()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/flock"))
        {
            return;
        }

        using (DataFolder.Open(_folder.In("data")))
        {
            using var refused = Lock("true");
            await refused.WaitForExitAsync();
            Assert.Equal(1, refused.ExitCode);
        }

        using var holder = Lock("echo held; read line");
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync());
        AssertOneLine("is in use by another process", Assert.Throws<DataFolderException>(() => DataFolder.Open(_folder.In("data"))));
        holder.StandardInput.Close();
        await holder.WaitForExitAsync();
        DataFolder.Open(_folder.In("data")).Dispose();
    }

    [Fact]
    public void A_folder_whose_parent_is_missing_is_refused() =>
        AssertOneLine("there is no folder", Assert.Throws<DataFolderException>(() => DataFolder.Open(_folder.In("missing", "data"))));

    [Fact]
    public void A_file_in_the_folders_place_is_refused()
    {
        File.WriteAllText(_folder.In("data"), "");

        AssertOneLine("cannot be written", Assert.Throws<DataFolderException>(() => DataFolder.Open(_folder.In("data"))));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_refused()
    {
        // Nobody, root included, makes folders there.
        if (OperatingSystem.IsLinux() && Directory.Exists("/sys"))
        {
            AssertOneLine("cannot be written", Assert.Throws<DataFolderException>(() => DataFolder.Open("/sys/kayse-data")));
        }
    }

    private static void AssertOneLine(string expected, DataFolderException fault)
    {
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    private Process Lock(string command) => Process.Start(new ProcessStartInfo("/usr/bin/flock", ["-n", _folder.In("data", "lock"), "-c", command])
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;
}
