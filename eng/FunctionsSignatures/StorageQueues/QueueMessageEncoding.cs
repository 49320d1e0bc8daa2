// Checked against Azure.Storage.Queues 12.28.1.
namespace Azure.Storage.Queues;

public enum QueueMessageEncoding
{
    None,
    Base64,
}
