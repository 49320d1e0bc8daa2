// Checked against Azure.Storage.Queues 12.28.1.
using Azure.Core;

namespace Azure.Storage.Queues;

public class QueueClientOptions : ClientOptions
{
    public QueueMessageEncoding MessageEncoding { get; set; }
}
