using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;

namespace Kayse.Core.Webhooks;

/// <summary>Sends a sample to a webhook at once, also to one that is switched off; nothing else reacts to it, it is not tried again, and it says nothing about the webhook's health.</summary>
public sealed class WebhookTests(EventStore events, DeliveryAttempts attempts, TimeProvider clock)
{
    /// <summary>Sends a sample of a type.</summary>
    /// <returns>The delivery as it stands in the log.</returns>
    public async Task<Delivery> SendAsync(CompanyId company, Subscription subscription, string type, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        var sample = SampleEvents.Make(company, type, clock);
        await events.InsertAsync(sample, EventStore.Hash(sample.Json), [], [], clock.GetUtcNow(), cancellationToken);
        var row = (await events.FindAsync(company, sample.Id.ToString(), cancellationToken))!.Value;
        var key = new DeliveryKey(company, subscription.Id, sample.Id.ToString(), Ids.New("dlv", clock));
        var delivery = new Delivery { Id = key.Id, Event = key.Event, Type = type, State = DeliveryStates.Waiting, FirstAt = clock.GetUtcNow(), IsTest = true };
        return await attempts.MakeTestAsync(new DeliveryCase(key, row, null, delivery, subscription), cancellationToken);
    }
}
