using Kayse.Core.Storage;
using Kayse.Standalone.Storage;
using Kayse.Web.Secrets;

namespace Kayse.Tests.Storage;

public sealed class FileBlobStoreTests : BlobStoreContract, IDisposable
{
    private readonly TempFolder _folder = new();

    public FileBlobStoreTests() => Store = new FileBlobStore(_folder.In("blobs"));

    protected override IBlobStore Store { get; }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_blob_is_there_after_the_store_was_opened_again()
    {
        await CreateAsync("a/b", "1", "audio/wav");

        await using var blob = await new FileBlobStore(_folder.In("blobs")).OpenAsync($"{Company}/a/b", None);

        Assert.Equal("audio/wav", blob!.ContentType);
    }

    [Fact]
    public async Task What_a_killed_process_left_unfinished_is_removed_at_start()
    {
        await CreateAsync("a", "1");
        File.WriteAllText(_folder.In("blobs", ".unfinished", "left"), "over");

        _ = new FileBlobStore(_folder.In("blobs"));

        Assert.Single(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
        Assert.Equal("1", await ReadAsync("a"));
    }

    [Fact]
    public async Task A_full_disk_is_an_error_and_leaves_nothing()
    {
        if (!File.Exists("/dev/full"))
        {
            return;
        }

        // The system's own full device: each write to it fails as one to a full disk does.
        var full = new FileBlobStore(_folder.In("full"), _ => new FileStream("/dev/full", FileMode.Open, FileAccess.Write));

        foreach (var size in (int[])[10, 1_000_000])
        {
            await Assert.ThrowsAsync<StorageUnavailableException>(() => full.CreateAsync($"{Company}/a", "text/plain", new PatternStream(size), None));
        }

        Assert.Null(await full.OpenAsync($"{Company}/a", None));
        Assert.Empty(Directory.GetFiles(_folder.In("full"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_blob_that_is_deleted_while_it_is_read_is_read_to_its_end()
    {
        await Store.CreateAsync($"{Company}/a", "audio/wav", new PatternStream(1_000_000), None);
        await using var blob = await Store.OpenAsync($"{Company}/a", None);

        await Store.DeleteAsync($"{Company}/a", None);

        Assert.True(await PatternStream.MatchesAsync(blob!.Content, 1_000_000));
    }

    [Fact]
    public async Task A_file_that_is_no_blob_is_an_error()
    {
        await CreateAsync("a", "1");
        File.WriteAllText(Directory.GetFiles(_folder.Path, "*+blob", SearchOption.AllDirectories).Single(), "xx");

        await Assert.ThrowsAsync<StorageUnavailableException>(() => Store.OpenAsync($"{Company}/a", None));
    }

    [Fact]
    public async Task Files_are_for_their_owner_alone()
    {
        await CreateAsync("a", "1");

        if (!OperatingSystem.IsWindows())
        {
            var file = Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Single();
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_refused()
    {
        File.WriteAllText(_folder.In("file"), "");

        Assert.Throws<DataFolderException>(() => new FileBlobStore(_folder.In("file", "blobs")));
    }
}
