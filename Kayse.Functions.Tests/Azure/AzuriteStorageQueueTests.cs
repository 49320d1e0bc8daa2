#if !FUNCTIONS_SIGNATURES
using Kayse.Core.Storage;
using Kayse.Functions.Azure;

namespace Kayse.Functions.Tests.Azure;

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteStorageQueueTests : IDisposable
{
    private readonly Azurite _azurite;
    private readonly string _name = $"q{Guid.NewGuid():N}";
    private readonly StorageQueue _queue;
    private readonly CancellationTokenSource _end = new(TimeSpan.FromMinutes(1));

    public AzuriteStorageQueueTests(Azurite azurite)
    {
        _azurite = azurite;
        _queue = new StorageQueue(azurite.Queues(), new AzureEntityStore(azurite.Tables(), TimeProvider.System), TimeProvider.System);
    }

    private CancellationToken None => _end.Token;

    public void Dispose() => _end.Dispose();

    [Fact]
    public async Task A_message_is_there_as_it_was_sent_and_its_queue_is_made_for_it()
    {
        var sent = new QueueMessage(_name, "m1", "demo-3", "{\"id\":\"é\"}");

        await _queue.SendAsync(sent, null, None);

        Assert.Equal([sent], await ReceiveAsync());
    }

    [Fact]
    public async Task The_longest_body_fits()
    {
        foreach (var body in (string[])[new string('é', QueueMessage.MaxBodyBytes / 2), new string('"', QueueMessage.MaxBodyBytes)])
        {
            await _queue.SendAsync(new QueueMessage(_name, "m1", "demo-3", body), null, None);
            Assert.Equal(body, (await ReceiveAsync()).Single().Body);
        }
    }

    [Fact]
    public async Task Messages_are_sent_together()
    {
        await _queue.SendAsync([.. Enumerable.Range(0, 20).Select(i => new QueueMessage(_name, $"m{i}", "demo-0", ""))], None);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"m{i}").Order(), (await ReceiveAsync()).Select(message => message.Id).Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(400)]
    public async Task A_message_that_is_put_off_is_not_there_yet(int days)
    {
        await _queue.SendAsync(new QueueMessage(_name, "m1", "demo-0", ""), TimeProvider.System.GetUtcNow().AddDays(days), None);

        Assert.Empty(await ReceiveAsync());
        Assert.Equal(1, (await _azurite.Queues().GetQueueClient(_name).GetPropertiesAsync(None)).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task A_dead_letter_is_kept_and_goes_back_into_its_queue()
    {
        var message = new QueueMessage(_name, "m1", "demo-0", "body");
        await _queue.KeepDeadLetterAsync(message, 10, "InvalidOperationException", None);
        var letter = (await _queue.DeadLettersAsync(null, 1000, None)).Single(one => one.Queue == _name);

        Assert.Equal(("demo-0", "body", 10, "InvalidOperationException"), (letter.Session, letter.Body, letter.Tries, letter.Error));
        Assert.True(await _queue.RequeueAsync(letter.Id, None));
        Assert.False(await _queue.RequeueAsync(letter.Id, None));
        Assert.Equal([message], await ReceiveAsync());
    }

    private async Task<List<QueueMessage>> ReceiveAsync()
    {
        var received = new List<QueueMessage>();
        var queue = _azurite.Queues().GetQueueClient(_name);
        while ((await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5), None)).Value is { Length: > 0 } page)
        {
            received.AddRange(page.Select(message => StorageQueue.Read(_name, message.MessageId, message.MessageText).Message));
        }

        return received;
    }
}
#endif
