// Checked against Azure.Messaging.ServiceBus 7.20.2.
namespace Azure.Messaging.ServiceBus;

public enum ServiceBusTransportType
{
    AmqpTcp,
    AmqpWebSockets,
}
