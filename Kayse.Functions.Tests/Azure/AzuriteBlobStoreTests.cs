#if !FUNCTIONS_SIGNATURES
using Kayse.Core.Storage;
using Kayse.Functions.Azure;
using Kayse.Tests.Storage;

namespace Kayse.Functions.Tests.Azure;

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteBlobStoreTests(Azurite azurite) : BlobStoreContract
{
    protected override IBlobStore Store { get; } = new AzureBlobStore(azurite.Blobs("contract"));

    [Theory]
    [InlineData(10)]
    [InlineData(5_000_000)]
    public async Task A_container_is_made_at_its_first_blob(int size)
    {
        var store = new AzureBlobStore(azurite.Blobs($"c{Guid.NewGuid():N}"));
        Assert.Null(await store.OpenAsync("a/b", None));
        Assert.False(await store.DeleteAsync("a/b", None));
        foreach (var prefix in (string[])["", "a"])
        {
            await foreach (var name in store.ListAsync(prefix, None))
            {
                Assert.Fail(name);
            }
        }

        Assert.True(await store.CreateAsync("a/b", "text/plain", new PatternStream(size), None));
        await using var blob = await store.OpenAsync("a/b", None);
        Assert.True(await PatternStream.MatchesAsync(blob!.Content, size));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(5_000_000)]
    public async Task An_upload_whose_answer_is_lost_on_the_way_is_there_and_is_ours(int size)
    {
        await CreateAsync("other", "");
        using var lost = new LostAnswers(request => request.Method == HttpMethod.Put && !request.RequestUri!.Query.Contains("comp=block&", StringComparison.Ordinal));
        var store = new AzureBlobStore(azurite.Blobs("contract", lost));

        Assert.True(await store.CreateAsync($"{Company}/a", "text/plain", new PatternStream(size), None));
        Assert.Equal(2, lost.Requests);
        Assert.False(await CreateAsync("a", "second"));
    }

    [Fact]
    public async Task Of_concurrent_uploads_in_blocks_one_wins_with_its_own_bytes()
    {
        const int Size = 9_000_000;
        var won = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => Store.CreateAsync($"{Company}/a", $"text/x-{i}", new OneByteStream(Size, (byte)i), None))));

        var winner = won.IndexOf(true);
        Assert.Single(won, one => one);
        await using var blob = await Store.OpenAsync($"{Company}/a", None);
        Assert.Equal(($"text/x-{winner}", Size), (blob!.ContentType, blob.Length));
        var bytes = new byte[Size];
        await blob.Content.ReadExactlyAsync(bytes);
        Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept((byte)winner));
    }

    /// <summary>One byte again and again.</summary>
    private sealed class OneByteStream(long length, byte value) : MemoryStream(Filled(length, value), writable: false)
    {
        private static byte[] Filled(long length, byte value)
        {
            var bytes = new byte[length];
            bytes.AsSpan().Fill(value);
            return bytes;
        }
    }
}
#endif
