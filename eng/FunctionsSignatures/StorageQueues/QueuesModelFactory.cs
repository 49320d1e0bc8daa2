// Checked against Azure.Storage.Queues 12.28.1.
namespace Azure.Storage.Queues.Models;

public static class QueuesModelFactory
{
    public static SendReceipt SendReceipt(string messageId, DateTimeOffset insertionTime, DateTimeOffset expirationTime, string popReceipt, DateTimeOffset timeNextVisible) => new();
}
