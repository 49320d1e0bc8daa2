using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Webhooks;

namespace Kayse.Core.Events;

/// <summary>
/// Takes events in: an entry in <c>pending</c>, the event's row with what reacts to it, the messages, in that order; each durable before the next. When it
/// returns, the event will be handled whatever happens to the process. One that nothing reacts to is its row alone.
/// </summary>
public sealed class EventIntake(EventStore events, PendingWork pending, IQueue queue, Subscriptions subscriptions, WebhookFanOut fanOut, IEnumerable<EventConcern> concerns, TimeProvider clock)
{
    /// <summary>The queue whose messages <see cref="EventRouter"/> handles.</summary>
    public const string Queue = "platform-events";

    /// <summary>The kind of an event in <see cref="PendingWork"/>.</summary>
    public const string PendingKind = "event";

    private readonly EventConcern[] _concerns = [.. concerns];

    /// <summary>Takes all of the events, or none when one conflicts with what is stored.</summary>
    /// <returns>The indexes of those whose id is stored with other content; empty when all were taken.</returns>
    public async Task<IReadOnlyList<int>> AcceptAsync(IReadOnlyList<PlatformEvent> accepted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        var hashes = accepted.Select(item => EventStore.Hash(item.Json)).ToList();
        var reactions = await Task.WhenAll(accepted.Select(item => ReactionsAsync(item, cancellationToken)));
        var known = new bool[accepted.Count];
        var conflicts = new List<int>();
        // One alone that nothing reacts to is judged by its insertion: there is nothing else to take back.
        var isOneRow = accepted.Count == 1 && reactions[0].AreNone;
        for (var i = 0; i < accepted.Count && !isOneRow; i++)
        {
            var row = await events.FindAsync(accepted[i].CompanyId, accepted[i].Id.ToString(), cancellationToken);
            known[i] = row is not null;
            if (row is not null && row.Value.Hash != hashes[i])
            {
                conflicts.Add(i);
            }
        }

        if (conflicts.Count > 0)
        {
            return conflicts;
        }

        var taken = await Task.WhenAll(accepted.Select((item, i) => known[i] ? AcceptAgainAsync(item, cancellationToken) : AcceptOneAsync(item, hashes[i], reactions[i], cancellationToken)));
        return [.. Enumerable.Range(0, taken.Length).Where(i => !taken[i])];
    }

    /// <summary>Sends an event's message; handling one twice has no effect.</summary>
    public Task SendAsync(CompanyId company, string eventId, DateTimeOffset? notBefore, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.Serialize(new EventMessage(company, eventId), KayseJson.Default.EventMessage);
        return queue.SendAsync(new QueueMessage(Queue, eventId, $"{company}-{Partitions.Hash(eventId) % 4}", body), notBefore, cancellationToken);
    }

    // Its first acceptance may have broken off before its messages were sent.
    private async Task<bool> AcceptAgainAsync(PlatformEvent item, CancellationToken cancellationToken)
    {
        var id = item.Id.ToString();
        if (await pending.ContainsAsync(item.CompanyId, PendingKind, id, cancellationToken))
        {
            await SendAsync(item.CompanyId, id, null, cancellationToken);
        }

        if (await pending.ContainsAsync(item.CompanyId, WebhookFanOut.PendingKind, id, cancellationToken))
        {
            await fanOut.SendAgainAsync(item.CompanyId, id, cancellationToken);
        }

        return true;
    }

    private async Task<bool> AcceptOneAsync(PlatformEvent item, string hash, Reactions reactions, CancellationToken cancellationToken)
    {
        var (id, now) = (item.Id.ToString(), clock.GetUtcNow());
        await Task.WhenAll(
            reactions.Connectors.Count > 0 ? pending.AddAsync(item.CompanyId, PendingKind, id, cancellationToken) : Task.CompletedTask,
            reactions.Subscriptions.Count > 0 ? pending.AddAsync(item.CompanyId, WebhookFanOut.PendingKind, id, cancellationToken) : Task.CompletedTask);
        if (!await events.InsertAsync(item, hash, reactions.Connectors, reactions.Subscriptions, now, cancellationToken))
        {
            // Another request was faster; its pending entries are these.
            return await events.FindAsync(item.CompanyId, id, cancellationToken) is { } row && row.Value.Hash == hash;
        }

        await Task.WhenAll(
            reactions.Connectors.Count > 0 ? SendAsync(item.CompanyId, id, null, cancellationToken) : Task.CompletedTask,
            fanOut.SendAsync(item.CompanyId, id, now, reactions.Subscriptions, cancellationToken));
        return true;
    }

    private async Task<Reactions> ReactionsAsync(PlatformEvent item, CancellationToken cancellationToken) =>
        new(Connectors(item), await subscriptions.MatchAsync(item, cancellationToken));

    /// <summary>Whose reactions the event is for.</summary>
    private string[] Connectors(PlatformEvent item) => [.. _concerns.Where(concern => concern.Concerns(item)).Select(concern => concern.Connector)];

    /// <summary>What reacts to an event: CRMs, and the webhook subscriptions that it matched.</summary>
    private sealed record Reactions(IReadOnlyList<string> Connectors, IReadOnlyList<string> Subscriptions)
    {
        public bool AreNone => Connectors.Count == 0 && Subscriptions.Count == 0;
    }
}

/// <summary>What a message of the event queue says: ids only.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Event">The event.</param>
public sealed record EventMessage(CompanyId Company, string Event);
