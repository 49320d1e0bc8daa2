using System.Text;
using Kayse.Core.Storage;

namespace Kayse.Tests.Storage;

/// <summary>What every <see cref="IBlobStore"/> does. Each test uses a company of its own, so that a shared store will do.</summary>
public abstract class BlobStoreContract
{
    protected static CancellationToken None => CancellationToken.None;

    protected string Company { get; } = Guid.NewGuid().ToString("N");

    protected abstract IBlobStore Store { get; }

    [Fact]
    public async Task A_blob_is_read_back_with_its_type_and_length()
    {
        Assert.True(await CreateAsync("calls/c1.json", "hello", "application/json; charset=utf-8"));

        await using var blob = await Store.OpenAsync($"{Company}/calls/c1.json", None);

        Assert.Equal(("application/json; charset=utf-8", 5), (blob!.ContentType, blob.Length));
        Assert.Equal("hello", await new StreamReader(blob.Content).ReadToEndAsync());
    }

    [Fact]
    public async Task An_empty_blob_is_a_blob()
    {
        Assert.True(await CreateAsync("empty", ""));

        await using var blob = await Store.OpenAsync($"{Company}/empty", None);

        Assert.Equal(0, blob!.Length);
        Assert.Equal("", await new StreamReader(blob.Content).ReadToEndAsync());
    }

    [Fact]
    public async Task A_large_blob_passes_in_parts()
    {
        const int Size = 20_000_000;
        Assert.True(await Store.CreateAsync($"{Company}/large", "audio/wav", new PatternStream(Size), None));

        await using var blob = await Store.OpenAsync($"{Company}/large", None);

        Assert.Equal(Size, blob!.Length);
        Assert.True(await PatternStream.MatchesAsync(blob.Content, Size));
    }

    [Fact]
    public async Task A_taken_name_stays_as_it_is()
    {
        await CreateAsync("a", "first");

        Assert.False(await CreateAsync("a", "second"));

        Assert.Equal("first", await ReadAsync("a"));
    }

    [Fact]
    public async Task Of_concurrent_writers_of_one_name_one_wins_and_its_bytes_are_there()
    {
        for (var round = 0; round < 10; round++)
        {
            var name = $"race/{round}";
            var won = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => CreateAsync(name, $"writer {i}"))));

            Assert.Single(won, one => one);
            Assert.Equal($"writer {won.IndexOf(true)}", await ReadAsync(name));
        }
    }

    [Fact]
    public async Task A_deleted_blob_is_gone_and_its_name_is_free()
    {
        await CreateAsync("a", "1");

        Assert.True(await Store.DeleteAsync($"{Company}/a", None));
        Assert.False(await Store.DeleteAsync($"{Company}/a", None));
        Assert.Null(await Store.OpenAsync($"{Company}/a", None));
        Assert.True(await CreateAsync("a", "2"));
        Assert.Equal("2", await ReadAsync("a"));
    }

    [Fact]
    public async Task A_name_may_go_on_where_another_ends()
    {
        Assert.True(await CreateAsync("a", "1"));
        Assert.True(await CreateAsync("a/b", "2"));
        Assert.True(await CreateAsync("a/b/c", "3"));

        Assert.Equal(["1", "2", "3"], [await ReadAsync("a"), await ReadAsync("a/b"), await ReadAsync("a/b/c")]);
    }

    [Fact]
    public async Task A_name_may_have_512_characters_in_one_segment()
    {
        var longest = new string('x', 512 - Company.Length - 1);
        Assert.True(await CreateAsync(longest, "1"));
        Assert.True(await CreateAsync(longest[..200], "2"));
        Assert.True(await CreateAsync(longest[..201], "3"));
        Assert.True(await CreateAsync(longest[..200] + "/x", "4"));

        Assert.Equal("1", await ReadAsync(longest));
        Assert.Equal(Sorted(longest, longest[..200], longest[..201], longest[..200] + "/x"), await ListAsync(Company));
    }

    [Fact]
    public async Task A_listing_takes_whole_segments()
    {
        foreach (var name in (string[])["a", "a/1", "a/2/3", "ab", "b"])
        {
            await CreateAsync(name, "x");
        }

        Assert.Equal(Sorted("a", "a/1", "a/2/3"), await ListAsync($"{Company}/a"));
        Assert.Equal(Sorted("a", "a/1", "a/2/3", "ab", "b"), await ListAsync(Company));
        Assert.Contains($"{Company}/b", await ListAsync(""));
        Assert.Empty(await ListAsync($"{Company}/c"));
    }

    [Fact]
    public async Task A_content_that_breaks_off_leaves_nothing()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.CreateAsync($"{Company}/a", "text/plain", new PatternStream(1_000_000, breaksAt: 500_000), None));

        Assert.Null(await Store.OpenAsync($"{Company}/a", None));
        Assert.Empty(await ListAsync(Company));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("a/.b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a+blob")]
    [InlineData("ä")]
    [InlineData("a\n")]
    public async Task A_name_that_is_not_allowed_is_refused(string name)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.CreateAsync(name, "text/plain", new MemoryStream(), None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.OpenAsync(name, None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.DeleteAsync(name, None));
        if (name.Length > 0)
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => ListAsync(name));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("text/plain\r\nX: y")]
    [InlineData("text/plän")]
    public async Task A_content_type_that_is_not_allowed_is_refused(string contentType) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.CreateAsync($"{Company}/a", contentType, new MemoryStream(), None));

    protected Task<bool> CreateAsync(string name, string content, string contentType = "text/plain") =>
        Store.CreateAsync($"{Company}/{name}", contentType, new MemoryStream(Encoding.UTF8.GetBytes(content)), None);

    protected async Task<string> ReadAsync(string name)
    {
        await using var blob = await Store.OpenAsync($"{Company}/{name}", None);
        return await new StreamReader(blob!.Content).ReadToEndAsync();
    }

    protected async Task<IReadOnlyList<string>> ListAsync(string prefix)
    {
        var names = new List<string>();
        await foreach (var name in Store.ListAsync(prefix, None))
        {
            names.Add(name);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private IReadOnlyList<string> Sorted(params string[] names) => [.. names.Select(name => $"{Company}/{name}").Order(StringComparer.Ordinal)];
}
