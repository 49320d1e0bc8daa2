// Checked against Azure.Storage.Queues 12.28.1.
namespace Azure.Storage.Queues.Models;

public static class QueuesModelFactory
{
    public static SendReceipt SendReceipt(string messageId, DateTimeOffset insertionTime, DateTimeOffset expirationTime, string popReceipt, DateTimeOffset timeNextVisible) => new();

    public static QueueMessage QueueMessage(string messageId, string popReceipt, BinaryData body, long dequeueCount, DateTimeOffset? nextVisibleOn = null, DateTimeOffset? insertedOn = null, DateTimeOffset? expiresOn = null) =>
        new() { MessageId = messageId, Body = body, DequeueCount = dequeueCount };
}
