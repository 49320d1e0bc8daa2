using Azure.Messaging.ServiceBus;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Functions.Azure;
using Kayse.Functions.Orchestrations;
using Kayse.Functions.Queues;
using Kayse.Tests;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace Kayse.Functions.Tests.Queues;

public sealed class ServiceBusFunctionTests
{
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 11, 20, 15, 6, 0, TimeSpan.Zero));
    private readonly List<string> _order = [];
    private readonly List<ServiceBusMessage> _sent = [];
    private readonly Mock<ServiceBusMessageActions> _actions = new();
    private (string? Reason, Dictionary<string, object>? Properties) _dead;

    [Fact]
    public async Task A_handled_message_is_completed()
    {
        await RunAsync(_ => Task.CompletedTask, Message());

        Assert.Equal(["completed"], _order);
    }

    [Fact]
    public async Task A_failed_message_is_sent_anew_for_later_and_only_then_completed()
    {
        await RunAsync(_ => throw new InvalidOperationException("Jane Roe"), Message(tries: 2));

        Assert.Equal(["sent", "completed"], _order);
        var again = Assert.Single(_sent);
        Assert.Equal(("evt_1", "demo-3", "{}"), (again.MessageId, again.SessionId, again.Body.ToString()));
        Assert.Equal(3, again.ApplicationProperties[ServiceBusQueue.TriesProperty]);
        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromSeconds(8), again.ScheduledEnqueueTime);
    }

    [Fact]
    public async Task A_message_that_the_platform_sent_is_sent_anew_whatever_its_length_and_ids()
    {
        var envelope = new string('x', 100_000);
        var message = ServiceBusModelFactory.ServiceBusReceivedMessage(body: BinaryData.FromString(envelope), messageId: "an id of theirs", sessionId: "theirs", deliveryCount: 1);

        await RunAsync(_ => throw new InvalidOperationException(), message);

        var again = Assert.Single(_sent);
        Assert.Equal(("an id of theirs", "theirs", envelope), (again.MessageId, again.SessionId, again.Body.ToString()));
    }

    [Theory]
    [InlineData(9, 1)]
    [InlineData(4, 6)]
    public async Task After_ten_tries_it_is_a_dead_letter_with_the_faults_type_alone(int tries, int deliveries)
    {
        await RunAsync(_ => throw new InvalidOperationException("Jane Roe"), Message(tries, deliveries));

        Assert.Equal(["dead"], _order);
        Assert.Equal("InvalidOperationException", _dead.Reason);
        Assert.Equal(10, _dead.Properties![ServiceBusQueue.TriesProperty]);
        Assert.Equal(_clock.GetUtcNow().ToUnixTimeMilliseconds(), _dead.Properties[ServiceBusQueue.DeadAtProperty]);
    }

    [Fact]
    public async Task A_refused_message_is_a_dead_letter_at_once_with_the_reason()
    {
        await RunAsync(_ => throw new RefusedMessageException("companyId: There is no such firm."), Message());

        Assert.Equal(["dead"], _order);
        Assert.Equal("companyId: There is no such firm.", _dead.Reason);
    }

    [Fact]
    public async Task When_the_host_stops_nothing_is_settled_and_the_message_comes_again()
    {
        using var stopping = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(async token =>
        {
            await stopping.CancelAsync();
            token.ThrowIfCancellationRequested();
        }, Message(), cancellationToken: stopping.Token));

        Assert.Empty(_order);
    }

    [Fact]
    public async Task A_message_whose_copy_cannot_be_sent_is_not_completed()
    {
        var failing = new Mock<ServiceBusSender>();
        failing.Setup(sender => sender.SendMessageAsync(It.IsAny<ServiceBusMessage>(), It.IsAny<CancellationToken>())).ThrowsAsync(new TimeoutException());

        await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(_ => throw new InvalidOperationException(), Message(), sender: failing.Object));

        Assert.Empty(_order);
    }

    [Fact]
    public async Task One_firms_burst_does_not_delay_anothers_message()
    {
        var busy = new TaskCompletionSource();
        var handled = new List<string>();
        var handler = new Handler(async message =>
        {
            await (message.Session.StartsWith("busy-", StringComparison.Ordinal) ? busy.Task : Task.CompletedTask);
            handled.Add(message.Session);
        });
        var functions = Functions(handler, Sender());

        // What the trigger gives at the same time: a message of each session that it holds.
        var burst = Enumerable.Range(0, 4).Select(part => functions.PlatformEventsAsync(Message(session: $"busy-{part}"), _actions.Object, AzureHost.Durable(), CancellationToken.None)).ToList();
        await functions.PlatformEventsAsync(Message(session: "quiet-0"), _actions.Object, AzureHost.Durable(), CancellationToken.None);

        Assert.Equal(["quiet-0"], handled);
        busy.SetResult();
        await Task.WhenAll(burst);
        Assert.Equal(5, handled.Count);
    }

    [Fact]
    public async Task A_firms_events_are_spread_over_four_sessions_of_its_own()
    {
        var sessions = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Mock<IQueue>();
        queue.Setup(any => any.SendAsync(It.IsAny<QueueMessage>(), It.IsAny<DateTimeOffset?>(), It.IsAny<CancellationToken>()))
            .Callback((QueueMessage message, DateTimeOffset? _, CancellationToken _) =>
            {
                sessions.Add(message.Session);
                Assert.Equal(message.Body, $$"""{"company":"{{message.Session.Split('-')[0]}}","event":"{{message.Id}}"}""");
            })
            .Returns(Task.CompletedTask);
        await using var spread = new AzureHost(services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, queue.Object));

        for (var i = 0; i < 200; i++)
        {
            await spread.Get<EventIntake>().SendAsync(Core.Companies.CompanyId.Parse(i % 2 == 0 ? "one" : "two"), $"evt_{i}", null, CancellationToken.None);
        }

        Assert.Equal(["one-0", "one-1", "one-2", "one-3", "two-0", "two-1", "two-2", "two-3"], sessions.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("PlatformEvents", "platform-events")]
    [InlineData("WebhookDeliveries", "webhook-deliveries")]
    public void The_triggers_take_one_message_of_a_session_at_a_time_and_settle_it_themselves(string name, string queue)
    {
        var trigger = Assert.IsType<ServiceBusTriggerAttribute>(AzureHost.Functions.Single(function => function.Name == name).Trigger);

        Assert.Equal((queue, "ServiceBus", true, false), (trigger.QueueName, trigger.Connection, trigger.IsSessionsEnabled, trigger.AutoCompleteMessages));
    }

    private static ServiceBusReceivedMessage Message(int tries = 0, int deliveries = 1, string session = "demo-3") => ServiceBusModelFactory.ServiceBusReceivedMessage(
        body: BinaryData.FromString("{}"),
        messageId: "evt_1",
        sessionId: session,
        properties: tries == 0 ? null : new Dictionary<string, object>(StringComparer.Ordinal) { [ServiceBusQueue.TriesProperty] = tries },
        deliveryCount: deliveries);

    private ServiceBusFunctions Functions(IQueueHandler handler, ServiceBusSender sender)
    {
        var client = new Mock<ServiceBusClient>();
        client.Setup(any => any.CreateSender(EventIntake.Queue)).Returns(sender);
        _actions.Setup(any => any.CompleteMessageAsync(It.IsAny<ServiceBusReceivedMessage>(), It.IsAny<CancellationToken>())).Callback(() => _order.Add("completed")).Returns(Task.CompletedTask);
        _actions.Setup(any => any.DeadLetterMessageAsync(It.IsAny<ServiceBusReceivedMessage>(), It.IsAny<Dictionary<string, object>>(), It.IsAny<string>(), It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .Callback((ServiceBusReceivedMessage _, Dictionary<string, object>? properties, string? reason, string? _, CancellationToken _) =>
            {
                _order.Add("dead");
                _dead = (reason, properties);
            })
            .Returns(Task.CompletedTask);
        var queue = new ServiceBusQueue(client.Object, _clock);
        return new ServiceBusFunctions(new MessageHandling([handler], NullLogger<MessageHandling>.Instance), new Lazy<ServiceBusQueue>(queue), new DurableConnection(), _clock);
    }

    private ServiceBusSender Sender()
    {
        var sender = new Mock<ServiceBusSender>();
        sender.Setup(any => any.SendMessageAsync(It.IsAny<ServiceBusMessage>(), It.IsAny<CancellationToken>()))
            .Callback((ServiceBusMessage message, CancellationToken _) =>
            {
                _order.Add("sent");
                _sent.Add(message);
            })
            .Returns(Task.CompletedTask);
        return sender.Object;
    }

    private Task RunAsync(Func<CancellationToken, Task> handle, ServiceBusReceivedMessage message, ServiceBusSender? sender = null, CancellationToken cancellationToken = default) =>
        Functions(new Handler(_ => handle(cancellationToken)), sender ?? Sender()).PlatformEventsAsync(message, _actions.Object, AzureHost.Durable(), cancellationToken);

    private sealed class Handler(Func<QueueMessage, Task> handle) : IQueueHandler
    {
        public string Queue => EventIntake.Queue;

        public Task HandleAsync(QueueMessage message, CancellationToken cancellationToken) => handle(message);
    }
}
