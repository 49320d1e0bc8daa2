using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Kayse.Core.Storage;
using Kayse.Functions.Azure;
using Moq;

namespace Kayse.Functions.Tests.Azure;

public sealed class StorageQueueTests
{
    private readonly Mock<QueueServiceClient> _client = new();
    private readonly Mock<QueueClient> _channel = new();
    private readonly List<(string Text, TimeSpan? Wait, TimeSpan? Life)> _sent = [];
    private readonly HastyClock _clock = new();
    private readonly StorageQueue _queue;

    public StorageQueueTests()
    {
        Sends().Callback((string text, TimeSpan? wait, TimeSpan? life, CancellationToken _) => _sent.Add((text, wait, life))).ReturnsAsync((Response<SendReceipt>)null!);
        _client.Setup(client => client.GetQueueClient(It.IsAny<string>())).Returns(_channel.Object);
        _queue = new StorageQueue(_client.Object, new AzureEntityStore(new FakeTables(), _clock), _clock);
    }

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_message_is_read_as_it_was_sent_and_never_ends_by_itself()
    {
        var message = Message("m1") with { Body = "{\"id\":\"é\"}" };

        await _queue.SendAsync(message, null, None);

        Assert.Equal("""{"id":"m1","session":"demo-0","body":"{\"id\":\"é\"}"}""", _sent.Single().Text);
        Assert.Equal((message, 0), StorageQueue.Read("contract", "other", _sent.Single().Text));
        Assert.Equal((null, TimeSpan.FromSeconds(-1)), (_sent.Single().Wait, _sent.Single().Life));
    }

    [Theory]
    [InlineData(-10, null)]
    [InlineData(0, null)]
    [InlineData(0.001, 1)]
    [InlineData(59.5, 60)]
    [InlineData(60, 60)]
    [InlineData(604_800, 604_800)]
    [InlineData(604_801, 604_800)]
    [InlineData(100_000_000, 604_800)]
    public async Task A_message_is_put_off_by_whole_seconds_no_sooner_and_for_seven_days_at_most(double seconds, int? wait)
    {
        await _queue.SendAsync(Message("m1"), _clock.GetUtcNow().AddSeconds(seconds), None);

        Assert.Equal(wait is { } some ? TimeSpan.FromSeconds(some) : null, _sent.Single().Wait);
    }

    [Fact]
    public async Task A_queue_is_made_when_it_is_not_there()
    {
        var isMade = false;
        _channel.Setup(channel => channel.CreateIfNotExistsAsync(null, It.IsAny<CancellationToken>())).Callback(() => isMade = true).ReturnsAsync(new Answer(201));
        Sends().Returns((string text, TimeSpan? wait, TimeSpan? life, CancellationToken _) =>
        {
            if (!isMade)
            {
                throw Answer.Fault(404, "QueueNotFound");
            }

            _sent.Add((text, wait, life));
            return Task.FromResult<Response<SendReceipt>>(null!);
        });

        await _queue.SendAsync([Message("m1"), Message("m2")], None);
        await _queue.SendAsync([], None);

        Assert.Equal(2, _sent.Count);
        _client.Verify(client => client.GetQueueClient("contract"));
    }

    [Fact]
    public async Task Dead_letters_are_listed_oldest_first_and_go_back_once()
    {
        for (var i = 0; i < 5; i++)
        {
            await _queue.KeepDeadLetterAsync(Message($"m{i}"), 10, "InvalidOperationException", None);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await _queue.DeadLettersAsync(null, 3, None);
        var rest = await _queue.DeadLettersAsync(first[^1].Id, 3, None);
        Assert.Equal((3, 2), (first.Count, rest.Count));
        Assert.Equal(("contract", "demo-0", "", 10, "InvalidOperationException"), (first[0].Queue, first[0].Session, first[0].Body, first[0].Tries, first[0].Error));
        Assert.Equal([.. first.Concat(rest).OrderBy(letter => letter.DeadAt)], first.Concat(rest));

        Assert.True(await _queue.RequeueAsync(first[1].Id, None));
        Assert.False(await _queue.RequeueAsync(first[1].Id, None));
        Assert.False(await _queue.RequeueAsync("a/b", None));
        Assert.Equal("m1", StorageQueue.Read("contract", "other", _sent.Single().Text).Message.Id);
        Assert.Equal(4, (await _queue.DeadLettersAsync(null, 10, None)).Count);
    }

    [Fact]
    public async Task A_dead_letter_that_cannot_be_sent_stays()
    {
        await _queue.KeepDeadLetterAsync(Message("m1"), 10, "X", None);
        var letter = (await _queue.DeadLettersAsync(null, 10, None)).Single();
        Sends().ThrowsAsync(Answer.Fault(500, "InternalError"));

        await Assert.ThrowsAsync<StorageUnavailableException>(() => _queue.RequeueAsync(letter.Id, None));

        Assert.Single(await _queue.DeadLettersAsync(null, 10, None));
    }

    [Theory]
    [InlineData(403, "AuthorizationPermissionMismatch", "refuses access (403 AuthorizationPermissionMismatch)")]
    [InlineData(503, "ServerBusy", "is busy (503 ServerBusy)")]
    [InlineData(0, null, "cannot be reached")]
    public async Task What_the_service_refuses_is_unavailable_and_shows_no_data(int status, string? code, string says)
    {
        Sends().ThrowsAsync(Answer.Fault(status, code));

        foreach (var call in (Func<Task>[])[() => _queue.SendAsync(Message("m1"), null, None), () => _queue.SendAsync([Message("m1")], None)])
        {
            var fault = await Assert.ThrowsAsync<StorageUnavailableException>(call);
            Assert.Contains(says, fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("personal data", fault.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_message_that_is_not_allowed_is_refused()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _queue.SendAsync(Message("m 1"), null, None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _queue.SendAsync([Message("m1"), Message("m 2")], None));

        Assert.Empty(_sent);
    }

    private static Kayse.Core.Storage.QueueMessage Message(string id) => new("contract", id, "demo-0", "");

    private Moq.Language.Flow.ISetup<QueueClient, Task<Response<SendReceipt>>> Sends() =>
        _channel.Setup(channel => channel.SendMessageAsync(It.IsAny<string>(), It.IsAny<TimeSpan?>(), It.IsAny<TimeSpan?>(), It.IsAny<CancellationToken>()));
}
