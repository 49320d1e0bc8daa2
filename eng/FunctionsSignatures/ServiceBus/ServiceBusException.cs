// Checked against Azure.Messaging.ServiceBus 7.20.2.
namespace Azure.Messaging.ServiceBus;

// Holds what it is given: it is data alone.
public class ServiceBusException(string message, ServiceBusFailureReason reason, string? entityPath = null, Exception? innerException = null) : Exception(message, innerException)
{
    public ServiceBusFailureReason Reason { get; } = reason;

    public string? EntityPath { get; } = entityPath;
}
