using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;

namespace Kayse.Core.Webhooks;

/// <summary>
/// Sends a message for each subscription that an event matched. The messages of one subscription take turns in as many sessions as it may have deliveries at
/// a time, so that a slow destination holds up itself alone. Until each delivery is in the log, the event stands in <see cref="PendingWork"/>.
/// </summary>
public sealed class WebhookFanOut(IQueue queue, EventStore events, DeliveryLog log, PendingWork pending, WebhookSettings settings)
{
    /// <summary>The queue whose messages <see cref="WebhookDeliveries"/> handles.</summary>
    public const string Queue = "webhook-deliveries";

    /// <summary>The kind of an event in <see cref="PendingWork"/> whose deliveries are not all in the log.</summary>
    public const string PendingKind = "deliveries";

    /// <summary>Sends the messages of an event.</summary>
    public Task SendAsync(CompanyId company, string eventId, DateTimeOffset receivedAt, IEnumerable<string> subscriptions, CancellationToken cancellationToken) =>
        queue.SendAsync([.. subscriptions.Select(subscription => Message(DeliveryKey.Of(company, subscription, eventId, receivedAt)))], cancellationToken);

    /// <summary>Sends a delivery's message, to be handled no sooner than a time.</summary>
    public Task SendAsync(DeliveryKey delivery, DateTimeOffset? notBefore, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return queue.SendAsync(Message(delivery), notBefore, cancellationToken);
    }

    /// <summary>Sends the messages of an event again whose deliveries are not done.</summary>
    public async Task SendAgainAsync(CompanyId company, string eventId, CancellationToken cancellationToken)
    {
        if (await events.FindAsync(company, eventId, cancellationToken) is not { Value: var row })
        {
            return;
        }

        var messages = new List<QueueMessage>();
        foreach (var subscription in row.Subscriptions ?? [])
        {
            var delivery = DeliveryKey.Of(company, subscription, eventId, row.ReceivedAt);
            if (await log.FindAsync(company, subscription, delivery.Id, cancellationToken) is not { Value.State: not DeliveryStates.Waiting })
            {
                messages.Add(Message(delivery));
            }
        }

        await queue.SendAsync(messages, cancellationToken);
        await FinishAsync(company, eventId, row, cancellationToken);
    }

    /// <summary>Notes that nothing is left to do for an event, once each of its deliveries is in the log.</summary>
    public async Task FinishAsync(CompanyId company, string eventId, StoredEvent row, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(row);
        // The last first: it was sent last, so while one is missing it is most likely that one.
        foreach (var subscription in (row.Subscriptions ?? []).Reverse())
        {
            if (!await log.ContainsAsync(company, subscription, DeliveryKey.Of(company, subscription, eventId, row.ReceivedAt).Id, cancellationToken))
            {
                return;
            }
        }

        await pending.ClearAsync(company, PendingKind, eventId, cancellationToken);
    }

    private QueueMessage Message(DeliveryKey delivery)
    {
        var session = $"{delivery.Company}-{delivery.Subscription}-{Partitions.Hash(delivery.Event) % settings.Concurrency}";
        return new QueueMessage(Queue, delivery.Id, session, JsonSerializer.Serialize(delivery, KayseJson.Default.DeliveryKey));
    }
}
