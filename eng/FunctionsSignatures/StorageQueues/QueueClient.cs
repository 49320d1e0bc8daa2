// Checked against Azure.Storage.Queues 12.28.1.
using Azure.Storage.Queues.Models;

namespace Azure.Storage.Queues;

public class QueueClient
{
    protected QueueClient()
    {
    }

    public virtual Task<Response> CreateIfNotExistsAsync(IDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public virtual Task<Response<SendReceipt>> SendMessageAsync(string messageText, TimeSpan? visibilityTimeout = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
