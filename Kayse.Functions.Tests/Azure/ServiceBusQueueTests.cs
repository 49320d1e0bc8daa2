using Azure.Messaging.ServiceBus;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Webhooks;
using Kayse.Functions.Azure;
using Moq;

namespace Kayse.Functions.Tests.Azure;

public sealed class ServiceBusQueueTests
{
    private readonly Mock<ServiceBusClient> _client = new();
    private readonly Mock<ServiceBusSender> _sender = new();
    private readonly Dictionary<string, List<ServiceBusReceivedMessage>> _dead = new() { [EventIntake.Queue] = [], [WebhookFanOut.Queue] = [] };
    private readonly List<long> _released = [];
    private readonly List<long> _completed = [];
    private readonly List<List<ServiceBusMessage>> _sent = [];
    private readonly HastyClock _clock = new();
    private readonly ServiceBusQueue _queue;
    private int _pageSize = 100;

    public ServiceBusQueueTests()
    {
        _sender.Setup(sender => sender.SendMessageAsync(It.IsAny<ServiceBusMessage>(), It.IsAny<CancellationToken>()))
            .Callback((ServiceBusMessage message, CancellationToken _) => _sent.Add([message])).Returns(Task.CompletedTask);
        _sender.Setup(sender => sender.SendMessagesAsync(It.IsAny<IEnumerable<ServiceBusMessage>>(), It.IsAny<CancellationToken>()))
            .Callback((IEnumerable<ServiceBusMessage> messages, CancellationToken _) => _sent.Add([.. messages])).Returns(Task.CompletedTask);
        _client.Setup(client => client.CreateSender(It.IsAny<string>())).Returns(_sender.Object);
        _client.Setup(client => client.CreateReceiver(It.IsAny<string>(), It.Is<ServiceBusReceiverOptions>(options => options.SubQueue == SubQueue.DeadLetter)))
            .Returns((string queue, ServiceBusReceiverOptions _) => Receiver(_dead[queue]));
        _queue = new ServiceBusQueue(_client.Object, _clock);
    }

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_message_has_its_id_its_session_and_its_body_as_it_is()
    {
        await _queue.SendAsync(Message("m1"), null, None);
        await _queue.SendAsync(Message("m2"), _clock.GetUtcNow().AddMinutes(-1), None);

        Assert.All(_sent, batch => Assert.Equal(("demo-3", "{\"id\":1}", default(DateTimeOffset)), (batch[0].SessionId, batch[0].Body.ToString(), batch[0].ScheduledEnqueueTime)));
        Assert.Equal(["m1", "m2"], _sent.Select(batch => batch[0].MessageId));
        Assert.All(_sent, batch => Assert.Empty(batch[0].ApplicationProperties));
        _client.Verify(client => client.CreateSender(EventIntake.Queue), Times.Once);
    }

    [Fact]
    public async Task A_message_that_is_put_off_is_scheduled_and_counts_its_tries()
    {
        var later = _clock.GetUtcNow().AddMinutes(5);

        await _queue.SendAsync(Message("m1"), later, None);
        await _queue.SendAgainAsync(Message("m1"), 3, later, None);

        Assert.All(_sent, batch => Assert.Equal(later, batch[0].ScheduledEnqueueTime));
        Assert.False(_sent[0][0].ApplicationProperties.ContainsKey(ServiceBusQueue.TriesProperty));
        Assert.Equal(3, _sent[1][0].ApplicationProperties[ServiceBusQueue.TriesProperty]);
    }

    [Fact]
    public async Task Messages_are_sent_together_by_queue_and_never_more_than_fit()
    {
        await _queue.SendAsync([.. Enumerable.Range(0, 45).Select(i => Message($"m{i}")), Message("w", WebhookFanOut.Queue)], None);

        Assert.Equal([20, 20, 5, 1], _sent.Select(batch => batch.Count));
        Assert.Equal(46, _sent.SelectMany(batch => batch).Select(message => message.MessageId).Distinct().Count());
        _client.Verify(client => client.CreateSender(WebhookFanOut.Queue), Times.Once);
    }

    [Fact]
    public async Task Of_messages_one_of_which_is_not_allowed_none_is_sent()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _queue.SendAsync([Message("m1"), Message("m 2")], None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _queue.SendAsync(Message("m 1"), null, None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _queue.SendAsync(Message("m1") with { Body = new string('x', QueueMessage.MaxBodyBytes + 1) }, null, None));

        Assert.Empty(_sent);
    }

    [Fact]
    public void A_received_message_is_what_was_sent_with_the_tries_it_had()
    {
        var received = ServiceBusModelFactory.ServiceBusReceivedMessage(body: new BinaryData("{}"), messageId: "m1", sessionId: "demo-1", properties: new Dictionary<string, object> { ["tries"] = 4 }, deliveryCount: 1);

        Assert.Equal(new QueueMessage("q", "m1", "demo-1", "{}"), ServiceBusQueue.Read("q", received));
        Assert.Equal(4, ServiceBusQueue.Tries(received));
        Assert.Equal(0, ServiceBusQueue.Tries(ServiceBusModelFactory.ServiceBusReceivedMessage(body: new BinaryData("{}"), deliveryCount: 1)));
    }

    [Fact]
    public async Task Dead_letters_are_paged_queue_by_queue()
    {
        Bury(EventIntake.Queue, 5, 7, 1000);
        Bury(WebhookFanOut.Queue, 1, 6);
        _pageSize = 2;
        var all = new List<string>();
        for (string? after = null; await _queue.DeadLettersAsync(after, 2, None) is { Count: > 0 } page; after = page[^1].Id)
        {
            all.AddRange(page.Select(letter => letter.Id));
        }

        Assert.Equal(["platform-events.5", "platform-events.7", "platform-events.1000", "webhook-deliveries.1", "webhook-deliveries.6"], all);
        Assert.Equal(5, (await _queue.DeadLettersAsync(null, 1000, None)).Count);
        Assert.Empty(await _queue.DeadLettersAsync("nonsense", 10, None));
    }

    [Fact]
    public async Task A_dead_letter_says_what_its_trigger_wrote_down()
    {
        var dead = new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
        Bury(EventIntake.Queue, new Dictionary<string, object> { ["tries"] = 9, ["dead-at"] = dead.ToUnixTimeMilliseconds(), ["DeadLetterReason"] = "InvalidOperationException" }, 10);
        Bury(EventIntake.Queue, new Dictionary<string, object> { ["DeadLetterReason"] = "MaxDeliveryCountExceeded" }, 20);

        var letters = await _queue.DeadLettersAsync(null, 10, None);

        Assert.Equal(new DeadLetter("platform-events.10", EventIntake.Queue, "demo-1", "body10", 10, "InvalidOperationException", dead), letters[0]);
        Assert.Equal((10, "MaxDeliveryCountExceeded"), (letters[1].Tries, letters[1].Error));
    }

    [Fact]
    public async Task A_dead_letter_goes_back_with_its_tries_at_zero_and_the_others_are_released()
    {
        Bury(EventIntake.Queue, new Dictionary<string, object> { ["tries"] = 10 }, [.. Enumerable.Range(1, 150)]);

        Assert.True(await _queue.RequeueAsync("platform-events.120", None));

        var sent = Assert.Single(_sent)[0];
        Assert.Equal(("id120", "demo-1", "body120"), (sent.MessageId, sent.SessionId, sent.Body.ToString()));
        Assert.Empty(sent.ApplicationProperties);
        Assert.Equal([120], _completed);
        Assert.Equal(149, _released.Count);
        Assert.DoesNotContain(120, _released);
    }

    [Theory]
    [InlineData("platform-events.6")]
    [InlineData("webhook-deliveries.5")]
    [InlineData("platform-events")]
    [InlineData("platform-events.-5")]
    [InlineData("other.5")]
    [InlineData("")]
    public async Task A_dead_letter_that_is_not_there_is_not_requeued(string id)
    {
        Bury(EventIntake.Queue, 5, 7);

        Assert.False(await _queue.RequeueAsync(id, None));

        Assert.Empty(_sent);
        Assert.Empty(_released);
    }

    [Fact]
    public async Task A_dead_letter_behind_too_many_others_is_not_searched_for_without_end()
    {
        Bury(EventIntake.Queue, [.. Enumerable.Range(1, 1200)]);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => _queue.RequeueAsync("platform-events.1150", None));

        Assert.Empty(_sent);
        Assert.Equal(1000, _released.Count);
    }

    [Fact]
    public async Task A_dead_letter_that_cannot_be_sent_stays_and_is_released()
    {
        Bury(EventIntake.Queue, 1, 2);
        _sender.Setup(sender => sender.SendMessageAsync(It.IsAny<ServiceBusMessage>(), It.IsAny<CancellationToken>())).ThrowsAsync(new ServiceBusException("personal data", ServiceBusFailureReason.ServiceBusy));

        await Assert.ThrowsAsync<StorageUnavailableException>(() => _queue.RequeueAsync("platform-events.2", None));

        Assert.Empty(_completed);
        Assert.Equal([1, 2], _released.Order());
    }

    public static TheoryData<Exception, string> Faults() => new()
    {
        { new ServiceBusException("personal data", ServiceBusFailureReason.ServiceBusy), "could not do it (ServiceBusy)" },
        { new ServiceBusException("personal data", ServiceBusFailureReason.ServiceTimeout), "could not do it (ServiceTimeout)" },
        { new ServiceBusException("personal data", ServiceBusFailureReason.QuotaExceeded), "could not do it (QuotaExceeded)" },
        { new ServiceBusException("personal data", ServiceBusFailureReason.MessagingEntityNotFound), "has not the queue" },
        { new ServiceBusException("personal data", ServiceBusFailureReason.ServiceCommunicationProblem), "cannot be reached" },
        { new UnauthorizedAccessException("personal data"), "refuses access (401)" },
        { new TimeoutException("personal data"), "cannot be reached" },
        { new TaskCanceledException("personal data"), "did not answer in time" },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task What_the_service_refuses_is_unavailable_and_shows_no_data(Exception fault, string says)
    {
        _sender.Setup(sender => sender.SendMessageAsync(It.IsAny<ServiceBusMessage>(), It.IsAny<CancellationToken>())).ThrowsAsync(fault);
        _sender.Setup(sender => sender.SendMessagesAsync(It.IsAny<IEnumerable<ServiceBusMessage>>(), It.IsAny<CancellationToken>())).ThrowsAsync(fault);
        var receiver = new Mock<ServiceBusReceiver>();
        receiver.Setup(one => one.PeekMessagesAsync(It.IsAny<int>(), It.IsAny<long?>(), It.IsAny<CancellationToken>())).ThrowsAsync(fault);
        _client.Setup(client => client.CreateReceiver(It.IsAny<string>(), It.IsAny<ServiceBusReceiverOptions>())).Returns(receiver.Object);

        foreach (var call in (Func<Task>[])[
            () => _queue.SendAsync(Message("m1"), null, None),
            () => _queue.SendAsync([Message("m1")], None),
            () => _queue.DeadLettersAsync(null, 1, None),
            () => _queue.RequeueAsync("platform-events.1", None)])
        {
            var unavailable = await Assert.ThrowsAsync<StorageUnavailableException>(call);
            Assert.Contains(says, unavailable.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("personal data", unavailable.ToString(), StringComparison.Ordinal);
        }
    }

    private static QueueMessage Message(string id, string queue = EventIntake.Queue) => new(queue, id, "demo-3", "{\"id\":1}");

    private void Bury(string queue, params int[] numbers) => Bury(queue, new Dictionary<string, object> { ["DeadLetterReason"] = "X" }, numbers);

    private void Bury(string queue, Dictionary<string, object> properties, params int[] numbers) => _dead[queue].AddRange(numbers.Select(number =>
        ServiceBusModelFactory.ServiceBusReceivedMessage(body: new BinaryData($"body{number}"), messageId: $"id{number}", sessionId: "demo-1", properties: properties, deliveryCount: 10, sequenceNumber: number)));

    // A receiver has its own place in the queue, and peeks where it is told to.
    private ServiceBusReceiver Receiver(List<ServiceBusReceivedMessage> messages)
    {
        var received = 0;
        var receiver = new Mock<ServiceBusReceiver>();
        receiver.Setup(one => one.PeekMessagesAsync(It.IsAny<int>(), It.IsNotNull<long?>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((int most, long? from, CancellationToken _) => [.. messages.Where(message => message.SequenceNumber >= from).Take(Math.Min(most, _pageSize))]);
        receiver.Setup(one => one.ReceiveMessagesAsync(It.IsAny<int>(), It.IsNotNull<TimeSpan?>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((int most, TimeSpan? _, CancellationToken _) =>
            {
                var page = messages.Skip(received).Take(Math.Min(most, _pageSize)).ToList();
                received += page.Count;
                return page;
            });
        receiver.Setup(one => one.CompleteMessageAsync(It.IsAny<ServiceBusReceivedMessage>(), It.IsAny<CancellationToken>()))
            .Callback((ServiceBusReceivedMessage message, CancellationToken _) => _completed.Add(message.SequenceNumber)).Returns(Task.CompletedTask);
        receiver.Setup(one => one.AbandonMessageAsync(It.IsAny<ServiceBusReceivedMessage>(), It.IsAny<IDictionary<string, object>>(), It.IsAny<CancellationToken>()))
            .Callback((ServiceBusReceivedMessage message, IDictionary<string, object>? _, CancellationToken _) => _released.Add(message.SequenceNumber)).Returns(Task.CompletedTask);
        return receiver.Object;
    }
}
