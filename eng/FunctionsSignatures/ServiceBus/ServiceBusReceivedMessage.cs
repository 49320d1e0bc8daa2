// Checked against Azure.Messaging.ServiceBus 7.20.2.
namespace Azure.Messaging.ServiceBus;

// Holds what its factory is given: it is data alone.
public class ServiceBusReceivedMessage
{
    internal ServiceBusReceivedMessage()
    {
    }

    public BinaryData Body { get; internal set; } = null!;

    public string MessageId { get; internal set; } = null!;

    public string SessionId { get; internal set; } = null!;

    public int DeliveryCount { get; internal set; }

    public long SequenceNumber { get; internal set; }

    public DateTimeOffset EnqueuedTime { get; internal set; }

    public IReadOnlyDictionary<string, object> ApplicationProperties { get; internal set; } = null!;

    // The library reads it from the application properties, where the service puts it.
    public string? DeadLetterReason => ApplicationProperties.TryGetValue("DeadLetterReason", out var reason) ? reason as string : null;
}
