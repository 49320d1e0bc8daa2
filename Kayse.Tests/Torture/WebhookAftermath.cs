using System.Diagnostics;
using System.Text.Json;

namespace Kayse.Tests.Torture;

/// <summary>What must be so of webhooks when nobody is killed any more, by the delivery log and by what the receivers got.</summary>
/// <param name="world">The processes.</param>
/// <param name="events">The events that were acknowledged.</param>
/// <param name="kills">When the host was killed: from just before to just after.</param>
internal sealed class WebhookAftermath(WebhookWorld world, IReadOnlyList<WebhookEvent> events, IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> kills)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>How many requests came to the receivers.</summary>
    public int Requests { get; private set; }

    /// <summary>How many of them brought a receiver that had taken an event already the same one again.</summary>
    public int Doubles { get; private set; }

    /// <summary>Waits until each delivery is in the log, and until none waits for a receiver that takes it.</summary>
    public async Task EndAsync()
    {
        await NoneLeftAsync("events are pending", world.PendingAsync);
        foreach (var receiver in WebhookReceiver.All.Where(one => !one.States.Contains("waiting")))
        {
            await SettledAsync(receiver);
        }
    }

    /// <summary>Waits until no delivery to a receiver waits any more.</summary>
    public Task SettledAsync(WebhookReceiver receiver) =>
        NoneLeftAsync($"deliveries to {receiver.Name} wait", async () => (await world.DeliveriesAsync(receiver, "?state=waiting")).Count);

    // As long as they get fewer.
    private static async Task NoneLeftAsync(string what, Func<Task<int>> count)
    {
        var (watch, least) = (Stopwatch.StartNew(), int.MaxValue);
        for (var left = await count(); left > 0; left = await count())
        {
            if (left < least)
            {
                least = left;
                watch.Restart();
            }

            Assert.True(watch.Elapsed < s_patience, $"{left} {what}, and they do not get fewer.");
            await Task.Delay(s_pause);
        }
    }

    /// <summary>Checks everything.</summary>
    public async Task CheckAsync()
    {
        foreach (var receiver in WebhookReceiver.All)
        {
            var log = (await world.DeliveriesAsync(receiver)).Select(LoggedDelivery.Of).ToList();
            var received = await world.ReceivedAsync(receiver);
            CheckLog(receiver, log);
            CheckReceived(receiver, log, received);
            Requests += received.Count;
        }

        Assert.Empty((await world.Client.AllAsync("/api/operator/dead-letters")).Select(letter => letter.GetRawText()));
        Assert.Equal(0, await world.PendingAsync());
        // The sandbox keeps no more than 20,000: with these, all that came was seen.
        Assert.InRange(Requests, events.Count, 19_999);
    }

    private void CheckLog(WebhookReceiver receiver, IReadOnlyList<LoggedDelivery> log)
    {
        var originals = log.Where(delivery => delivery.ReplayOf is null).ToList();
        Assert.Equal(
            events.Where(receiver.Gets).Select(one => (receiver.Name, one.Id, one.Type)).Order(),
            originals.Select(delivery => (receiver.Name, delivery.Event, delivery.Type)).Order());
        Assert.Equal(log.Count, log.DistinctBy(delivery => delivery.Id).Count());
        var elsewhere = originals.Where(delivery => !receiver.States.Contains(delivery.State)).ToList();
        Assert.True(elsewhere.Count == 0, $"{receiver.Name}: {string.Join('\n', elsewhere)}");
    }

    private void CheckReceived(WebhookReceiver receiver, IReadOnlyList<LoggedDelivery> log, IReadOnlyList<Reception> received)
    {
        Assert.All(received.Where(one => one.BodyId is not null), one => Assert.Equal((receiver.Name, one.WebhookId), (receiver.Name, one.BodyId)));
        var known = log.ToDictionary(delivery => delivery.Id);
        Assert.All(received, one => Assert.Equal((receiver.Name, one.WebhookId), (receiver.Name, known[one.Delivery].Event)));
        var byDelivery = received.ToLookup(one => one.Delivery);
        Assert.All(log.Where(delivery => delivery.State == "delivered"), delivery => Assert.True(
            byDelivery[delivery.Id].Any(one => one.Status == 200), $"{receiver.Name} never took {delivery}."));
        // What a kill cut off was received and not recorded; every attempt that was recorded was received.
        Assert.All(log, delivery => Assert.True(
            byDelivery[delivery.Id].Count() >= delivery.Attempts && byDelivery[delivery.Id].Count() <= delivery.Attempts + kills.Count + 1, $"{receiver.Name}: {byDelivery[delivery.Id].Count()} received of {delivery}."));
        if (receiver.TakesAll)
        {
            Assert.Empty(events.Where(receiver.Gets).Select(one => one.Id).Except(received.Where(one => one.Status == 200).Select(one => one.WebhookId)));
        }

        if (receiver.TakesAtOnce)
        {
            Assert.All(received.GroupBy(one => one.WebhookId), same => CheckDoubles(receiver, [.. same.OrderBy(one => one.At)]));
        }
    }

    private void CheckDoubles(WebhookReceiver receiver, IReadOnlyList<Reception> same)
    {
        foreach (var (before, after) in same.Zip(same.Skip(1)))
        {
            Assert.True(kills.Any(kill => kill.From <= after.At && kill.To >= before.At), $"{receiver.Name} got {before} and {after}, and no kill was between.");
            Doubles++;
        }
    }

    /// <summary>A delivery of the log.</summary>
    private sealed record LoggedDelivery(string Id, string Event, string Type, string State, string? Reason, int Attempts, string? ReplayOf)
    {
        public static LoggedDelivery Of(JsonElement json) => new(
            json.GetProperty("id").GetString()!, json.GetProperty("eventId").GetString()!, json.GetProperty("type").GetString()!, json.GetProperty("state").GetString()!,
            json.GetProperty("reason").GetString(), json.GetProperty("attemptCount").GetInt32(), json.GetProperty("replayOf").GetString());
    }
}
