// Checked against Azure.Messaging.ServiceBus 7.20.2.
namespace Azure.Messaging.ServiceBus;

public static class ServiceBusModelFactory
{
    public static ServiceBusReceivedMessage ServiceBusReceivedMessage(
        BinaryData? body = null,
        string? messageId = null,
        string? sessionId = null,
        IDictionary<string, object>? properties = null,
        int deliveryCount = 0,
        long sequenceNumber = -1,
        DateTimeOffset enqueuedTime = default) => new()
        {
            Body = body!,
            MessageId = messageId!,
            SessionId = sessionId!,
            ApplicationProperties = (properties ?? new Dictionary<string, object>()).AsReadOnly(),
            DeliveryCount = deliveryCount,
            SequenceNumber = sequenceNumber,
            EnqueuedTime = enqueuedTime,
        };
}
