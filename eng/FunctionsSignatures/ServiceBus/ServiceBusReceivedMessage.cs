// Checked against Azure.Messaging.ServiceBus 7.20.2.
namespace Azure.Messaging.ServiceBus;

public class ServiceBusReceivedMessage
{
    internal ServiceBusReceivedMessage()
    {
    }

    public BinaryData Body => throw new NotSupportedException();

    public string MessageId => throw new NotSupportedException();

    public string SessionId => throw new NotSupportedException();

    public int DeliveryCount => throw new NotSupportedException();

    public IReadOnlyDictionary<string, object> ApplicationProperties => throw new NotSupportedException();
}
