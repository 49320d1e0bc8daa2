using Kayse.Core.Storage;
using Kayse.Web.Secrets;

namespace Kayse.Tests.Storage;

public sealed class FileSecretStoreTests : SecretStoreContract, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly FileSecretStore _store;

    public FileSecretStoreTests() => _store = Open();

    protected override ISecretStore Store => _store;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Secrets_are_there_after_the_store_was_opened_again()
    {
        var first = await Store.SetAsync(Name, "1", None);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Store.SetAsync(Name, "2", None);
        await Store.SetAsync($"{Company}--crm--gone", "3", None);
        await Store.DeleteAsync($"{Company}--crm--gone", None);

        using var again = Open();

        Assert.Equal("2", (await again.GetAsync(Name, null, None))!.Value);
        Assert.Equal("1", (await again.GetAsync(Name, first.Version, None))!.Value);
        Assert.Equal(await Store.VersionsAsync(Name, None), await again.VersionsAsync(Name, None));
        Assert.Null(await again.GetAsync($"{Company}--crm--gone", null, None));
    }

    [Fact]
    public async Task The_file_shows_no_value_and_is_for_its_owner_alone()
    {
        await Store.SetAsync(Name, "geheim", None);

        Assert.DoesNotContain("geheim", File.ReadAllText(_folder.In("secrets.json")), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.In("secrets.json")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.In("keys")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.GetFiles(_folder.In("keys")).Single()));
        }
    }

    [Fact]
    public async Task A_key_ring_that_is_gone_is_said_to_be_and_none_is_begun()
    {
        await Store.SetAsync(Name, "1", None);
        Directory.Delete(_folder.In("keys"), recursive: true);

        var fault = Assert.Throws<DataFolderException>(Open);

        Assert.Contains($"the key ring in {_folder.In("keys")} is gone", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Empty(Directory.GetFiles(_folder.In("keys")));
    }

    [Fact]
    public async Task Another_key_ring_is_said_to_be_the_wrong_one()
    {
        await Store.SetAsync(Name, "1", None);
        using (var other = new FileSecretStore(_folder.In("other.json"), _folder.In("other"), _clock))
        {
            await other.SetAsync(Name, "1", None);
        }

        Assert.Contains("is not the one", Assert.Throws<DataFolderException>(() => new FileSecretStore(_folder.In("secrets.json"), _folder.In("other"), _clock)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_was_moved_to_another_name_is_not_read()
    {
        await Store.SetAsync(Name, "1", None);
        File.WriteAllText(_folder.In("secrets.json"), File.ReadAllText(_folder.In("secrets.json")).Replace(Company, "thief", StringComparison.Ordinal));

        Assert.Throws<DataFolderException>(Open);
    }

    [Fact]
    public void A_file_that_is_no_json_is_said_to_be_unreadable()
    {
        File.WriteAllText(_folder.In("secrets.json"), "{");

        Assert.Contains("cannot be read", Assert.Throws<DataFolderException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_format_is_said_to_be()
    {
        File.WriteAllText(_folder.In("secrets.json"), """{"format":2,"secrets":{}}""");

        Assert.Contains("another version", Assert.Throws<DataFolderException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_written_is_an_error_and_changes_nothing()
    {
        await Store.SetAsync(Name, "1", None);
        // A folder in the new file's place: it can be neither written nor removed as a file.
        Directory.CreateDirectory(_folder.In("secrets.json.new", "in-the-way"));

        await Assert.ThrowsAsync<StorageUnavailableException>(() => Store.SetAsync(Name, "2", None));

        Assert.Equal("1", (await Store.GetAsync(Name, null, None))!.Value);
        Directory.Delete(_folder.In("secrets.json.new"), recursive: true);
        await Store.SetAsync(Name, "3", None);
        Assert.Equal("3", (await Store.GetAsync(Name, null, None))!.Value);
    }

    [Fact]
    public async Task The_oldest_versions_go_when_there_are_too_many()
    {
        for (var i = 0; i <= FileSecretStore.MaxVersions; i++)
        {
            await Store.SetAsync(Name, $"{i}", None);
        }

        var versions = await Store.VersionsAsync(Name, None);
        Assert.Equal(FileSecretStore.MaxVersions, versions.Count);
        Assert.Equal("1", (await Store.GetAsync(Name, versions[^1].Version, None))!.Value);
    }

    private FileSecretStore Open() => new(_folder.In("secrets.json"), _folder.In("keys"), _clock);
}
