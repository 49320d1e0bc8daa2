using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Functions.Azure;
using Kayse.Functions.Orchestrations;
using Kayse.Functions.Queues;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Moq;
using OurMessage = Kayse.Core.Storage.QueueMessage;
using ReceivedMessage = Azure.Storage.Queues.Models.QueueMessage;

namespace Kayse.Functions.Tests.Queues;

public sealed class StorageQueueFunctionTests : IAsyncLifetime
{
    private const string Ours = """{"id":"evt_1","session":"demo-3","body":"{}"}""";
    private readonly AzureHost _host = new();
    private readonly List<(string Text, TimeSpan? Wait)> _sent = [];
    private StorageQueue _queue = null!;

    public Task InitializeAsync()
    {
        var queue = new Mock<QueueClient>();
        queue.Setup(any => any.SendMessageAsync(It.IsAny<string>(), It.IsAny<TimeSpan?>(), It.IsAny<TimeSpan?>(), It.IsAny<CancellationToken>()))
            .Callback((string text, TimeSpan? wait, TimeSpan? _, CancellationToken _) => _sent.Add((text, wait)))
            .ReturnsAsync(Response.FromValue(QueuesModelFactory.SendReceipt("m", default, default, "p", default), Mock.Of<Response>()));
        var client = new Mock<QueueServiceClient>();
        client.Setup(any => any.GetQueueClient(EventIntake.Queue)).Returns(queue.Object);
        _queue = new StorageQueue(client.Object, _host.Get<IEntityStore>(), _host.Clock);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_message_is_given_to_its_handler_as_it_was_sent()
    {
        OurMessage? seen = null;

        await RunAsync(message => Task.FromResult(seen = message), Ours);

        Assert.Equal(new OurMessage(EventIntake.Queue, "evt_1", "demo-3", "{}"), seen);
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task A_failed_message_is_sent_anew_for_later_with_its_tries()
    {
        await RunAsync(_ => throw new InvalidOperationException("Jane Roe"), """{"id":"evt_1","session":"demo-3","body":"{}","tries":3}""");

        var (text, wait) = Assert.Single(_sent);
        Assert.Equal((new OurMessage(EventIntake.Queue, "evt_1", "demo-3", "{}"), 4), StorageQueue.Read(EventIntake.Queue, "other", text));
        Assert.Equal(TimeSpan.FromSeconds(16), wait);
    }

    [Theory]
    [InlineData(9, 1)]
    [InlineData(0, 10)]
    public async Task After_ten_tries_it_is_a_dead_letter_that_can_be_requeued(int tries, int dequeues)
    {
        await RunAsync(_ => throw new InvalidOperationException("Jane Roe"), $$"""{"id":"evt_1","session":"demo-3","body":"{}","tries":{{tries}}}""", dequeues);

        Assert.Empty(_sent);
        var letter = Assert.Single(await _queue.DeadLettersAsync(null, 10, CancellationToken.None));
        Assert.Equal(("InvalidOperationException", 10, "demo-3", "{}"), (letter.Error, letter.Tries, letter.Session, letter.Body));
        Assert.True(await _queue.RequeueAsync(letter.Id, CancellationToken.None));
        Assert.Equal((new OurMessage(EventIntake.Queue, "evt_1", "demo-3", "{}"), 0), StorageQueue.Read(EventIntake.Queue, "other", Assert.Single(_sent).Text));
        Assert.Empty(await _queue.DeadLettersAsync(null, 10, CancellationToken.None));
    }

    [Fact]
    public async Task A_refused_message_is_a_dead_letter_at_once_with_the_reason()
    {
        await RunAsync(_ => throw new RefusedMessageException("companyId: There is no such firm."), Ours);

        Assert.Equal(("companyId: There is no such firm.", 1), (await _queue.DeadLettersAsync(null, 10, CancellationToken.None)).Select(letter => (letter.Error, letter.Tries)).Single());
    }

    [Theory]
    [InlineData("""{"id":"evt_1","type":"task_completed","companyId":"demo"}""")]
    [InlineData("no json")]
    [InlineData("null")]
    public async Task What_is_none_of_ours_is_given_to_the_handler_whole(string text)
    {
        OurMessage? seen = null;

        await RunAsync(message => Task.FromResult(seen = message), text);

        Assert.Equal(("m1", text), (seen!.Id, seen.Body));
    }

    [Fact]
    public async Task What_the_host_itself_gave_up_is_kept_as_a_dead_letter()
    {
        await Functions(_ => Task.CompletedTask).PlatformEventsPoisonAsync(Message(Ours, 1), CancellationToken.None);

        var letter = Assert.Single(await _queue.DeadLettersAsync(null, 10, CancellationToken.None));
        Assert.Equal((EventIntake.Queue, 10, "{}"), (letter.Queue, letter.Tries, letter.Body));
        Assert.StartsWith("The host gave it up", letter.Error, StringComparison.Ordinal);
        Assert.Contains(_host.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("became a dead letter", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"id":"evt_1","type":"task_completed","companyId":"demo"}""", "demo-0")]
    [InlineData("""{"blob":"demo/incoming/evt_1"}""", "demo-0")]
    [InlineData("""{"companyId":"Not a firm"}""", "-0")]
    [InlineData("[7]", "-0")]
    [InlineData("no json", "-0")]
    public async Task A_dead_letter_of_the_platforms_own_message_goes_with_its_firm(string text, string session)
    {
        await RunAsync(_ => throw new RefusedMessageException("no"), text);

        Assert.Equal(session, Assert.Single(await _queue.DeadLettersAsync(null, 10, CancellationToken.None)).Session);
        Assert.Equal(session == "demo-0" ? 1 : 0, await _queue.PurgeAsync(Core.Companies.CompanyId.Parse("demo"), DateTimeOffset.MaxValue, CancellationToken.None));
        Assert.Equal(session == "demo-0" ? 0 : 1, await _queue.PurgeAsync(null, DateTimeOffset.MaxValue, CancellationToken.None));
    }

    [Theory]
    [InlineData("PlatformEventsStorage", "platform-events")]
    [InlineData("WebhookDeliveriesStorage", "webhook-deliveries")]
    [InlineData("PlatformEventsPoison", "platform-events-poison")]
    [InlineData("WebhookDeliveriesPoison", "webhook-deliveries-poison")]
    public void The_triggers_take_the_same_queues_and_what_the_host_gave_up(string name, string queue)
    {
        var trigger = Assert.IsType<QueueTriggerAttribute>(AzureHost.Functions.Single(function => function.Name == name).Trigger);

        Assert.Equal((queue, "Queues"), (trigger.QueueName, trigger.Connection));
    }

    private static ReceivedMessage Message(string text, int dequeues) => QueuesModelFactory.QueueMessage("m1", "receipt", BinaryData.FromString(text), dequeues);

    private StorageQueueFunctions Functions(Func<OurMessage, Task> handle) =>
        new(new MessageHandling([new Handler(handle)], new LoggerFactory([_host.Log]).CreateLogger<MessageHandling>()), new Lazy<StorageQueue>(_queue), new DurableConnection(), _host.Clock);

    private Task RunAsync(Func<OurMessage, Task> handle, string text, int dequeues = 1) =>
        Functions(handle).PlatformEventsAsync(Message(text, dequeues), AzureHost.Durable(), CancellationToken.None);

    private sealed class Handler(Func<OurMessage, Task> handle) : IQueueHandler
    {
        public string Queue => EventIntake.Queue;

        public Task HandleAsync(OurMessage message, CancellationToken cancellationToken) => handle(message);
    }
}
