using Azure.Messaging.ServiceBus;
using Kayse.Core.Events;
using Kayse.Core.Webhooks;
using Kayse.Functions.Azure;
using Kayse.Functions.Orchestrations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Kayse.Functions.Queues;

/// <summary>
/// The queues on Service Bus. A session is a part of a firm's messages, so that one firm's burst does not delay another's. A message that failed is
/// sent anew, for later, and then completed: it holds up neither its session nor a place.
/// </summary>
/// <param name="handling">Handles the messages.</param>
/// <param name="queues">Sends them again. Lazy, since these functions exist, switched off, where there is no Service Bus.</param>
/// <param name="durable">The way to Durable.</param>
/// <param name="clock">Says when a message is tried again.</param>
public sealed class ServiceBusFunctions(MessageHandling handling, Lazy<ServiceBusQueue> queues, DurableConnection durable, TimeProvider clock)
{
    private const string Connection = "ServiceBus";

    /// <summary>Events to be routed, and those that the platform sends by queue.</summary>
    [Function("PlatformEvents")]
    public Task PlatformEventsAsync(
        [ServiceBusTrigger(EventIntake.Queue, Connection = Connection, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => HandleAsync(EventIntake.Queue, message, actions, client, cancellationToken);

    /// <summary>Webhook deliveries.</summary>
    [Function("WebhookDeliveries")]
    public Task WebhookDeliveriesAsync(
        [ServiceBusTrigger(WebhookFanOut.Queue, Connection = Connection, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => HandleAsync(WebhookFanOut.Queue, message, actions, client, cancellationToken);

    private async Task HandleAsync(string queue, ServiceBusReceivedMessage message, ServiceBusMessageActions actions, DurableTaskClient client, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(actions);
        durable.Use(client);
        var read = ServiceBusQueue.Read(queue, message);
        // Deliveries beyond the first are of this very copy: what a process that died had taken up.
        var outcome = await handling.HandleAsync(read, ServiceBusQueue.Tries(message) + message.DeliveryCount - 1, cancellationToken);
        if (outcome.Error is { } error)
        {
            var properties = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [ServiceBusQueue.TriesProperty] = outcome.Tries,
                [ServiceBusQueue.DeadAtProperty] = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            };
            await actions.DeadLetterMessageAsync(message, properties, error, null, CancellationToken.None);
            return;
        }

        if (outcome.Again is { } wait)
        {
            // Sent first: a crash between the two costs a second copy, the other way round it would lose the message.
            await queues.Value.SendAgainAsync(read, outcome.Tries, clock.GetUtcNow() + wait, CancellationToken.None);
        }

        await actions.CompleteMessageAsync(message, CancellationToken.None);
    }
}
