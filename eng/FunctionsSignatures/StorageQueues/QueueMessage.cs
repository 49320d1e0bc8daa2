// Checked against Azure.Storage.Queues 12.28.1.
namespace Azure.Storage.Queues.Models;

// Holds what its factory is given: it is data alone.
public class QueueMessage
{
    internal QueueMessage()
    {
    }

    public string MessageId { get; internal set; } = null!;

    public BinaryData Body { get; internal set; } = null!;

    public long DequeueCount { get; internal set; }
}
