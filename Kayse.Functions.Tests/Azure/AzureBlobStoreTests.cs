using Kayse.Core.Storage;
using Kayse.Functions.Azure;
using Kayse.Tests.Storage;

namespace Kayse.Functions.Tests.Azure;

/// <summary>The contract over a container in memory, and what only a network does.</summary>
public sealed class AzureBlobStoreTests : BlobStoreContract
{
    private readonly FakeContainer _container = new();

    public AzureBlobStoreTests() => Store = new AzureBlobStore(_container);

    protected override IBlobStore Store { get; }

    [Fact]
    public async Task A_container_is_made_at_its_first_blob_and_at_no_read()
    {
        Assert.Null(await Store.OpenAsync("a", None));
        Assert.False(await Store.DeleteAsync("a", None));
        Assert.Empty(await ListAsync(""));
        Assert.Empty(await ListAsync("a"));
        Assert.False(_container.IsMade);

        _container.Requests.Clear();
        Assert.True(await CreateAsync("a", "1"));
        Assert.Equal(["put", "create", "put"], _container.Requests);
    }

    [Theory]
    [InlineData(0, "put")]
    [InlineData((4 * 1024 * 1024) - 1, "put")]
    [InlineData(4 * 1024 * 1024, "stage commit")]
    [InlineData((8 * 1024 * 1024) + 1, "stage stage stage commit")]
    public async Task What_fits_into_a_block_is_one_request(int size, string requests)
    {
        await CreateAsync("other", "");
        _container.Requests.Clear();

        Assert.True(await Store.CreateAsync($"{Company}/a", "text/plain", new PatternStream(size), None));

        Assert.Equal(requests, string.Join(' ', _container.Requests));
        await using var blob = await Store.OpenAsync($"{Company}/a", None);
        Assert.True(await PatternStream.MatchesAsync(blob!.Content, size));
    }

    [Theory]
    [InlineData(10, "put")]
    [InlineData(5_000_000, "commit")]
    public async Task An_upload_that_meets_itself_was_done(int size, string request)
    {
        // The library sent it twice, and its first answer was lost.
        _container.After = done =>
        {
            if (done == request)
            {
                throw Answer.Fault(409, "BlobAlreadyExists");
            }
        };

        Assert.True(await Store.CreateAsync($"{Company}/a", "text/plain", new PatternStream(size), None));
        Assert.False(await Store.CreateAsync($"{Company}/a", "text/plain", new PatternStream(size), None));
    }

    [Fact]
    public async Task An_upload_whose_answers_are_all_lost_is_looked_for()
    {
        _container.After = request => Throw(request == "put", new AggregateException(Answer.Fault(500, null), new TaskCanceledException()));
        Assert.True(await CreateAsync("a", "1"));

        _container.After = _ => { };
        _container.Before = request => Throw(request == "put", Answer.Fault(500, "InternalError"));
        var fault = await Assert.ThrowsAsync<StorageUnavailableException>(() => CreateAsync("b", "1"));
        Assert.Equal("Blob storage could not do it (500 InternalError). Try again later.", fault.Message);
    }

    [Theory]
    [InlineData(403, "AuthorizationPermissionMismatch", "refuses access (403 AuthorizationPermissionMismatch)")]
    [InlineData(503, "ServerBusy", "is busy (503 ServerBusy)")]
    [InlineData(409, "ContainerBeingDeleted", "could not do it (409 ContainerBeingDeleted)")]
    [InlineData(0, null, "cannot be reached")]
    public async Task What_the_service_refuses_is_unavailable_and_shows_no_data(int status, string? code, string says)
    {
        await CreateAsync("a", "1");
        _container.Before = _ => throw Answer.Fault(status, code);

        foreach (var call in (Func<Task>[])[
            () => CreateAsync("b", "1"),
            () => Store.CreateAsync($"{Company}/c", "text/plain", new PatternStream(5_000_000), None),
            () => Store.OpenAsync($"{Company}/a", None),
            () => Store.DeleteAsync($"{Company}/a", None),
            () => ListAsync(""),
            () => ListAsync(Company)])
        {
            var fault = await Assert.ThrowsAsync<StorageUnavailableException>(call);
            Assert.Contains(says, fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("personal data", fault.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_content_that_breaks_off_behind_its_first_block_leaves_nothing_to_be_seen()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.CreateAsync($"{Company}/a", "text/plain", new PatternStream(9_000_000, breaksAt: 5_000_000), None));

        Assert.Null(await Store.OpenAsync($"{Company}/a", None));
        Assert.True(await CreateAsync("a", "1"));
    }

    [Fact]
    public async Task An_upload_takes_no_block_of_another_of_its_name()
    {
        const int Block = 4 * 1024 * 1024;
        await CreateAsync("other", "");
        var goOn = new TaskCompletionSource();
        var second = Task.FromResult(true);
        // The second upload sends its first block between the first one's block and its list, and stays there.
        _container.After = request =>
        {
            _container.After = _ => { };
            second = Store.CreateAsync($"{Company}/a", "text/plain", new HaltingStream(Block, 2, goOn.Task), None);
        };

        Assert.True(await Store.CreateAsync($"{Company}/a", "text/plain", new HaltingStream(Block, 1, Task.CompletedTask), None));
        goOn.SetResult();
        Assert.False(await second);

        await using var blob = await Store.OpenAsync($"{Company}/a", None);
        var bytes = new byte[Block];
        await blob!.Content.ReadExactlyAsync(bytes);
        Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept((byte)1));
    }

    private static void Throw(bool isMeant, Exception fault)
    {
        if (isMeant)
        {
            throw fault;
        }
    }

    /// <summary>One byte again and again, and its end only when it may go on.</summary>
    private sealed class HaltingStream(int length, byte value, Task goOn) : MemoryStream(Enumerable.Repeat(value, length).ToArray(), writable: false)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position == Length)
            {
                await goOn;
            }

            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
