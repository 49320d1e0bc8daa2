// Checked against Azure.Messaging.ServiceBus 7.20.2.
using Azure.Core;

namespace Azure.Messaging.ServiceBus;

public class ServiceBusClient : IAsyncDisposable
{
    protected ServiceBusClient()
    {
    }

    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential, ServiceBusClientOptions options)
    {
    }

    public virtual ServiceBusSender CreateSender(string queueOrTopicName) => throw new NotSupportedException();

    public virtual ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions options) => throw new NotSupportedException();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
