// Checked against Azure.Messaging.ServiceBus 7.20.2.
namespace Azure.Messaging.ServiceBus;

// Holds what it is given: it is data alone.
public class ServiceBusRetryOptions
{
    public int MaxRetries { get; set; }

    public TimeSpan Delay { get; set; }

    public TimeSpan MaxDelay { get; set; }

    public TimeSpan TryTimeout { get; set; }
}
