// Checked against Azure.Messaging.ServiceBus 7.20.2.
namespace Azure.Messaging.ServiceBus;

// Holds what it is given: it is data alone.
public class ServiceBusMessage
{
    public ServiceBusMessage(string body) => Body = BinaryData.FromString(body);

    public BinaryData Body { get; set; }

    public string? MessageId { get; set; }

    public string? SessionId { get; set; }

    public string? ContentType { get; set; }

    public DateTimeOffset ScheduledEnqueueTime { get; set; }

    public IDictionary<string, object> ApplicationProperties { get; } = new Dictionary<string, object>();
}
