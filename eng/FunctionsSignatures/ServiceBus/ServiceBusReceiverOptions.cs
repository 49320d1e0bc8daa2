// Checked against Azure.Messaging.ServiceBus 7.20.2.
namespace Azure.Messaging.ServiceBus;

// Holds what it is given: it is data alone.
public class ServiceBusReceiverOptions
{
    public SubQueue SubQueue { get; set; }
}
