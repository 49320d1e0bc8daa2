// Checked against Azure.Storage.Queues 12.28.1.
using Azure.Core;

namespace Azure.Storage.Queues;

public class QueueServiceClient
{
    protected QueueServiceClient()
    {
    }

    public QueueServiceClient(string connectionString, QueueClientOptions options)
    {
    }

    public QueueServiceClient(Uri serviceUri, TokenCredential credential, QueueClientOptions? options = null)
    {
    }

    public virtual QueueClient GetQueueClient(string queueName) => throw new NotSupportedException();
}
