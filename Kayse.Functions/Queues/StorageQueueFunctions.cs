using Kayse.Core.Events;
using Kayse.Core.Webhooks;
using Kayse.Functions.Azure;
using Kayse.Functions.Orchestrations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ReceivedMessage = Azure.Storage.Queues.Models.QueueMessage;

namespace Kayse.Functions.Queues;

/// <summary>The same queues on Storage Queues, where there is no Service Bus. A message that failed is sent anew, for later; one that is given up becomes a row.</summary>
/// <param name="handling">Handles the messages.</param>
/// <param name="queues">Sends them again. Lazy, since these functions exist, switched off, where there is Service Bus.</param>
/// <param name="durable">The way to Durable.</param>
/// <param name="clock">Says when a message is tried again.</param>
public sealed class StorageQueueFunctions(MessageHandling handling, Lazy<StorageQueue> queues, DurableConnection durable, TimeProvider clock)
{
    // Not "Storage": the host looks for "AzureWebJobsStorage" first, and always finds it.
    private const string Connection = "Queues";
    private const string Poison = "-poison";

    /// <summary>Events to be routed, and those that the platform sends by queue.</summary>
    [Function("PlatformEventsStorage")]
    public Task PlatformEventsAsync([QueueTrigger(EventIntake.Queue, Connection = Connection)] ReceivedMessage message, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        HandleAsync(EventIntake.Queue, message, client, cancellationToken);

    /// <summary>Webhook deliveries.</summary>
    [Function("WebhookDeliveriesStorage")]
    public Task WebhookDeliveriesAsync([QueueTrigger(WebhookFanOut.Queue, Connection = Connection)] ReceivedMessage message, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        HandleAsync(WebhookFanOut.Queue, message, client, cancellationToken);

    /// <summary>Events that the host itself gave up.</summary>
    [Function("PlatformEventsPoison")]
    public Task PlatformEventsPoisonAsync([QueueTrigger(EventIntake.Queue + Poison, Connection = Connection)] ReceivedMessage message, CancellationToken cancellationToken) =>
        KeepAsync(EventIntake.Queue, message, cancellationToken);

    /// <summary>Deliveries that the host itself gave up.</summary>
    [Function("WebhookDeliveriesPoison")]
    public Task WebhookDeliveriesPoisonAsync([QueueTrigger(WebhookFanOut.Queue + Poison, Connection = Connection)] ReceivedMessage message, CancellationToken cancellationToken) =>
        KeepAsync(WebhookFanOut.Queue, message, cancellationToken);

    private async Task HandleAsync(string queue, ReceivedMessage message, DurableTaskClient client, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        durable.Use(client);
        var (read, tries) = StorageQueue.Read(queue, message.MessageId, message.Body.ToString());
        var outcome = await handling.HandleAsync(read, tries + (int)message.DequeueCount - 1, cancellationToken);
        // When this returns, the host deletes the message: what is to come of it has to be durable before.
        if (outcome.Error is { } error)
        {
            await queues.Value.KeepDeadLetterAsync(read, outcome.Tries, error, CancellationToken.None);
        }
        else if (outcome.Again is { } wait)
        {
            await queues.Value.SendAgainAsync(read, outcome.Tries, clock.GetUtcNow() + wait, CancellationToken.None);
        }
    }

    private Task KeepAsync(string queue, ReceivedMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (read, _) = StorageQueue.Read(queue, message.MessageId, message.Body.ToString());
        var outcome = handling.Abandoned(read);
        return queues.Value.KeepDeadLetterAsync(read, outcome.Tries, outcome.Error!, cancellationToken);
    }
}
