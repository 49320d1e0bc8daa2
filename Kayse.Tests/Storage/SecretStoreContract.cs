using Kayse.Core.Storage;

namespace Kayse.Tests.Storage;

/// <summary>What every <see cref="ISecretStore"/> does. Each test uses a company of its own, so that a shared store will do.</summary>
public abstract class SecretStoreContract
{
    protected static CancellationToken None => CancellationToken.None;

    protected string Company { get; } = Guid.NewGuid().ToString("N");

    protected string Name => $"{Company}--lawruler--key";

    protected abstract ISecretStore Store { get; }

    [Fact]
    public async Task A_secret_is_read_back_with_its_version()
    {
        var set = await Store.SetAsync(Name, "geheim ✓", None);

        var secret = await Store.GetAsync(Name, null, None);

        Assert.Equal(("geheim ✓", set.Version), (secret!.Value, secret.Version));
        Assert.Equal(set, secret);
    }

    [Fact]
    public async Task Who_asks_for_a_young_answer_gets_what_was_set_last()
    {
        Assert.Null(await Store.GetAsync(Name, TimeSpan.FromMinutes(1), None));
        await Store.SetAsync(Name, "1", None);
        Assert.Equal("1", (await Store.GetAsync(Name, TimeSpan.FromMinutes(1), None))!.Value);
        var second = await Store.SetAsync(Name, "2", None);

        Assert.Equal(second, await Store.GetAsync(Name, TimeSpan.Zero, None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.GetAsync("company--key", TimeSpan.Zero, None));
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_null()
    {
        Assert.Null(await Store.GetAsync(Name, null, None));
        await Store.SetAsync(Name, "v", None);
        Assert.Null(await Store.GetAsync(Name, "0123456789abcdef0123456789abcdef", None));
        Assert.Null(await Store.GetAsync(Name + "x", null, None));
    }

    [Fact]
    public async Task Versions_are_listed_newest_first_and_each_is_read()
    {
        var first = await Store.SetAsync(Name, "1", None);
        var second = await Store.SetAsync(Name, "2", None);

        var versions = await Store.VersionsAsync(Name, None);

        Assert.Equal([second.Version, first.Version], versions.Select(version => version.Version));
        Assert.True(versions[0].CreatedAt >= versions[1].CreatedAt);
        Assert.Equal("1", (await Store.GetAsync(Name, first.Version, None))!.Value);
        Assert.Equal("2", (await Store.GetAsync(Name, null, None))!.Value);
        Assert.Empty(await Store.VersionsAsync(Name + "x", None));
    }

    [Fact]
    public async Task A_deleted_name_has_no_versions_until_it_is_set_again()
    {
        var first = await Store.SetAsync(Name, "1", None);

        Assert.True(await Store.DeleteAsync(Name, None));
        Assert.False(await Store.DeleteAsync(Name, None));
        Assert.Null(await Store.GetAsync(Name, null, None));
        Assert.Null(await Store.GetAsync(Name, first.Version, None));
        Assert.Empty(await Store.VersionsAsync(Name, None));
        Assert.Empty(await Store.NamesAsync(Company, None));

        var second = await Store.SetAsync(Name, "2", None);
        Assert.Equal([second.Version, first.Version], (await Store.VersionsAsync(Name, None)).Select(version => version.Version));
        Assert.Equal("1", (await Store.GetAsync(Name, first.Version, None))!.Value);
    }

    [Fact]
    public async Task A_name_that_was_never_set_is_not_deleted() => Assert.False(await Store.DeleteAsync(Name, None));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_purged_name_comes_back_without_its_past(bool deletedFirst)
    {
        await Store.SetAsync(Name, "1", None);
        if (deletedFirst)
        {
            await Store.DeleteAsync(Name, None);
        }

        await Store.PurgeAsync(Name, None);
        await Store.PurgeAsync(Name, None);

        Assert.Null(await Store.GetAsync(Name, null, None));
        var set = await Store.SetAsync(Name, "2", None);
        Assert.Equal(set.Version, Assert.Single(await Store.VersionsAsync(Name, None)).Version);
    }

    [Fact]
    public async Task Names_are_listed_by_their_prefix()
    {
        await Store.SetAsync($"{Company}--lawruler--key", "1", None);
        await Store.SetAsync($"{Company}--lawruler--password", "1", None);
        await Store.SetAsync($"{Company}--lawmatics--token", "1", None);
        await Store.DeleteAsync($"{Company}--lawruler--password", None);

        Assert.Equal([$"{Company}--lawruler--key"], await Store.NamesAsync($"{Company}--lawruler--", None));
        Assert.Equal(2, (await Store.NamesAsync($"{Company}--", None)).Count);
    }

    [Fact]
    public async Task Concurrent_sets_lose_no_version_and_no_name()
    {
        var set = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => Store.SetAsync($"{Company}--crm--n{i % 4}", $"{i}", None))));

        Assert.Equal(24, set.Select(secret => secret.Version).Distinct().Count());
        for (var i = 0; i < 24; i++)
        {
            Assert.Equal($"{i}", (await Store.GetAsync($"{Company}--crm--n{i % 4}", set[i].Version, None))!.Value);
        }
    }

    [Fact]
    public async Task A_value_may_be_as_long_as_the_limit_and_no_longer()
    {
        var longest = new string('é', SecretNames.MaxValueBytes / 2);

        await Store.SetAsync(Name, longest, None);

        Assert.Equal(longest, (await Store.GetAsync(Name, null, None))!.Value);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.SetAsync(Name, longest + "x", None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("company")]
    [InlineData("company--key")]
    [InlineData("Company--crm--key")]
    [InlineData("company--crm--key_x")]
    [InlineData("company--crm--key/x")]
    [InlineData("company--crm--key-")]
    [InlineData("company--crm--key\n")]
    [InlineData("co-mpany--crm--key")]
    public async Task A_name_that_is_not_allowed_is_refused(string name)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.GetAsync(name, null, None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.SetAsync(name, "v", None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.DeleteAsync(name, None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.PurgeAsync(name, None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.VersionsAsync(name, None));
    }

    [Fact]
    public async Task A_secret_does_not_show_in_its_text() => Assert.DoesNotContain("geheim", $"{await Store.SetAsync(Name, "geheim", None)}", StringComparison.Ordinal);
}
