using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Kayse.Core.Companies;
using Kayse.Core.Webhooks;

namespace Kayse.Tests.Webhooks;

/// <summary>Deliveries to a receiver that answers by chance. <c>KAYSE_DELIVERY_RUNS</c> says how many runs of some deliveries each.</summary>
public sealed class DeliveryPropertyTests
{
    private const int MostTurns = 300;

    private static readonly int s_runs = int.TryParse(Environment.GetEnvironmentVariable("KAYSE_DELIVERY_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var runs) ? runs : 3;

    private readonly ConcurrentDictionary<string, OutsideAnswer[]> _scripts = new(StringComparer.Ordinal);
    private int _events;

    private enum Deed
    {
        Nothing,
        Repeat,
        Restart,
        ComeLate,
    }

    [Fact]
    public async Task Whatever_the_receiver_answers_attempts_are_one_at_a_time_in_order_within_the_day_and_come_to_an_end()
    {
        await using var firm = await WebhookFirm.StartAsync(("Webhooks:AttentionAfterHours", "0"), ("Webhooks:DisableAfterDays", "0"));
        await using var receiver = await OutsideReceiver.StartAsync(firm.Host.Clock, async request =>
        {
            // A moment of real time, in which a second attempt at the same delivery would show.
            await Task.Delay(5);
            var script = _scripts[request.EventId];
            return script[Math.Min(request.Number, script.Length) - 1];
        });

        // On a thread without a synchronization context: the property waits for its tasks.
        await Task.Run(() => Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(s_runs), Prop.ForAll(Runs().ToArbitrary(), run => RunAsync(firm, receiver, run).GetAwaiter().GetResult())));
    }

    private async Task RunAsync(WebhookFirm firm, OutsideReceiver receiver, Run run)
    {
        var webhook = await firm.AddIdAsync("crm", new { url = receiver.Url });
        var keys = new List<DeliveryKey>();
        foreach (var script in run.Scripts)
        {
            var id = $"evt_property_{Interlocked.Increment(ref _events)}";
            _scripts[id] = script;
            keys.Add(DeliveryKey.Of(CompanyId.Parse("demo"), webhook, id, firm.Host.Clock.GetUtcNow()));
            await firm.Host.SendAsync(new { id, type = "task_completed", occurredAt = "2026-11-20T15:05:10Z", companyId = "demo", data = new { task = new { id = "task_71" } } });
        }

        for (var turn = 0; turn < MostTurns; turn++)
        {
            await DoAsync(firm, receiver, keys, run.Deeds[turn % run.Deeds.Length], turn);
            if (await SettledAsync(firm, webhook, keys.Count) is not { } next)
            {
                break;
            }

            firm.Host.Clock.Advance(next - firm.Host.Clock.GetUtcNow());
        }

        var deliveries = await firm.DeliveriesAsync(webhook, "limit=100");
        Assert.Equal(keys.Select(key => key.Id).Order(StringComparer.Ordinal), deliveries.Select(delivery => delivery.Text("id")).Order(StringComparer.Ordinal));
        foreach (var delivery in deliveries)
        {
            Judge(await firm.DeliveryAsync(webhook, delivery.Text("id")!), receiver, run.Deeds.Contains(Deed.Restart));
        }

        Assert.Equal(1, receiver.MostOfOne);
        using var deleted = await firm.Http.DeleteAsync($"/api/companies/demo/webhooks/{webhook}");
        deleted.EnsureSuccessStatusCode();
    }

    private static async Task DoAsync(WebhookFirm firm, OutsideReceiver receiver, List<DeliveryKey> keys, Deed deed, int turn)
    {
        switch (deed)
        {
            case Deed.Repeat:
                await firm.Host.Get<WebhookFanOut>().SendAsync(keys[turn % keys.Count], null, CancellationToken.None);
                await firm.Host.Get<WebhookFanOut>().SendAsync(keys[turn % keys.Count], null, CancellationToken.None);
                break;
            case Deed.Restart:
                await firm.Host.RestartAsync();
                break;
            // Never while an attempt is being made: the receiver would still have it when the next one comes.
            case Deed.ComeLate when receiver.InFlight == 0:
                firm.Host.Clock.Advance(TimeSpan.FromMinutes(turn));
                break;
        }
    }

    /// <summary>Waits until no turn is due; returns when the next is, or null when all deliveries have ended.</summary>
    private static async Task<DateTimeOffset?> SettledAsync(WebhookFirm firm, string webhook, int count)
    {
        DateTimeOffset? next = null;
        await firm.Host.EventuallyAsync(
            async () =>
            {
                var deliveries = await firm.DeliveriesAsync(webhook, "limit=100");
                var waiting = deliveries.Where(delivery => delivery.Text("state") == "waiting").Select(delivery => delivery.Time("nextAttemptAt")).ToList();
                next = waiting.Min();
                return deliveries.Count == count && waiting.TrueForAll(at => at > firm.Host.Clock.GetUtcNow());
            },
            // Slowly: on a busy machine the day would else end while an attempt is being made.
            TimeSpan.FromMilliseconds(250));
        return next;
    }

    private static void Judge(JsonElement delivery, OutsideReceiver receiver, bool wasRestarted)
    {
        var attempts = delivery.Attempts();
        if (attempts.Count == 0)
        {
            // Its turn never came, for the destination asked to be left alone beyond its day.
            Assert.Equal(("failed", true), (delivery.Text("state"), delivery.Text("reason")?.StartsWith("Its day ", StringComparison.Ordinal)));
            return;
        }

        var last = attempts[^1];
        var isDelivered = last.Text("error") is null;
        Assert.Equal(isDelivered ? "delivered" : "failed", delivery.Text("state"));
        Assert.Null(delivery.Time("nextAttemptAt"));
        // A retry that was planned is not made only when its turn came after the day, or at its end to a destination that is left alone.
        Assert.Equal(delivery.Text("reason")?.StartsWith("Its day ", StringComparison.Ordinal) == true, last.Time("nextAttemptAt") is not null);
        Assert.Equal(Enumerable.Range(1, attempts.Count), attempts.Select(attempt => attempt.GetProperty("number").GetInt32()));
        Assert.InRange(attempts.Count, 1, 8);
        Assert.All(attempts.SkipLast(1), attempt => Assert.NotNull(attempt.Text("error")));
        Assert.All(attempts.Zip(attempts.Skip(1)), pair => Assert.True(pair.Second.Time("at") >= pair.First.Time("nextAttemptAt") && pair.First.Time("nextAttemptAt") > pair.First.Time("at")));
        Assert.True(last.Time("at") < delivery.Time("createdAt")!.Value.AddHours(24));
        var seen = receiver.Requests.Count(request => request.Delivery == delivery.Text("id"));
        Assert.InRange(seen, attempts.Count(attempt => attempt.GetProperty("status").ValueKind == JsonValueKind.Number), wasRestarted ? int.MaxValue : attempts.Count);
    }

    private static Gen<Run> Runs() =>
        from count in Gen.Choose(2, 5)
        from scripts in Scripts().ArrayOf(count)
        from deeds in Gen.Frequency((24, Gen.Constant(Deed.Nothing)), (8, Gen.Constant(Deed.Repeat)), (4, Gen.Constant(Deed.ComeLate)), (1, Gen.Constant(Deed.Restart))).ArrayOf(40)
        select new Run(scripts, deeds);

    private static Gen<OutsideAnswer[]> Scripts() =>
        from length in Gen.Choose(0, 9)
        from failures in Answers().ArrayOf(length)
        from end in Gen.Elements(200, 204, 500)
        select (OutsideAnswer[])[.. failures, new OutsideAnswer(end)];

    private static Gen<OutsideAnswer> Answers() =>
        from status in Gen.Elements(400, 404, 429, 500, 500, 502, 503)
        from retryAfter in Gen.Frequency(
            (4, Gen.Constant<string?>(null)), (2, Gen.Choose(0, 20_000).Select(seconds => (string?)seconds.ToString(CultureInfo.InvariantCulture))), (1, Gen.Elements<string?>("soon", "99999999", "Fri, 20 Nov 2026 23:00:00 GMT")))
        from isReset in Gen.Frequency((5, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new OutsideAnswer(status, retryAfter, isReset);

    private sealed record Run(OutsideAnswer[][] Scripts, Deed[] Deeds)
    {
        public override string ToString() =>
            $"{string.Join('\n', Scripts.Select(script => string.Join(", ", script.Select(answer => $"{answer.Status} {answer.RetryAfter}{(answer.IsReset ? " reset" : "")}"))))}\n{string.Join(' ', Deeds)}";
    }
}
