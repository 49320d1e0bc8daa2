using System.Text.Json;

namespace Kayse.Tests.Webhooks;

/// <summary>What one destination does to its own deliveries, and does not do to its neighbours'.</summary>
public sealed class DestinationTests
{
    [Theory]
    [InlineData(429, 600)]
    [InlineData(503, 600)]
    [InlineData(429, 0)]
    [InlineData(503, 0)]
    public async Task A_destination_that_asks_for_less_gets_nothing_for_a_while_and_no_attempt_is_spent(int status, int seconds)
    {
        await using var firm = await WebhookFirm.StartAsync();
        var first = true;
        await using var receiver = await OutsideReceiver.StartAsync(
            firm.Host.Clock, _ => !Interlocked.Exchange(ref first, false) ? new OutsideAnswer(200) : seconds == 0 ? new OutsideAnswer(status) : OutsideAnswer.After(status, seconds));
        var (webhook, other) = (await firm.AddIdAsync("crm", new { url = receiver.Url }), await firm.AddIdAsync("other"));
        await firm.SendAsync();
        var asked = (await firm.OnlyAsync(webhook)).Attempts()[0].Time("at")!.Value;
        await LeftAloneAsync(firm);

        await firm.SendAsync();

        // The neighbour has both while the clock stands still.
        await firm.DeliveriesAsync(other, "delivered", 2);
        if (seconds > 0)
        {
            var waiting = await firm.DeliveriesAsync(webhook, "waiting", 2);
            var second = Assert.Single(waiting, delivery => delivery.GetProperty("attemptCount").GetInt32() == 0);
            Assert.StartsWith("The destination asked to be left alone for a while", second.Text("reason"), StringComparison.Ordinal);
            Assert.Single(receiver.Requests);
            firm.Host.Clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        var delivered = await firm.DeliveriesAsync(webhook, "delivered", 2, DeliveryTime.Step);
        Assert.Equal([1, 2], delivered.Select(delivery => delivery.GetProperty("attemptCount").GetInt32()).Order());
        // Left alone until it said, or for a moment when it did not say.
        Assert.All(receiver.Requests.Skip(1), request => Assert.InRange((request.At - asked).TotalSeconds, seconds == 0 ? 2 : seconds, seconds + 60));
        Assert.Equal(2, (await firm.DeliveriesAsync(other, "delivered", 2)).Count);
    }

    [Fact]
    public async Task A_410_ends_the_delivery_and_switches_the_webhook_off_with_the_reason()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm");
        await firm.AnswerAsync("crm", new { status = 410 });
        await firm.SendAsync();

        var delivery = (await firm.DeliveriesAsync(webhook, "failed", 1))[0];
        await firm.Host.EventuallyAsync(async () => !(await firm.WebhookAsync(webhook)).GetProperty("active").GetBoolean());
        await firm.SendAsync();
        var skipped = (await firm.DeliveriesAsync(webhook, "skipped", 1))[0];

        var reason = "The destination answered 410: it is gone for good.";
        var shown = await firm.WebhookAsync(webhook);
        Assert.Equal((1, "Answered 410."), (delivery.GetProperty("attemptCount").GetInt32(), delivery.Text("reason")));
        Assert.Equal(("disabled", reason), (shown.Text("health"), shown.Text("disabledReason")));
        Assert.Equal((0, reason), (skipped.GetProperty("attemptCount").GetInt32(), skipped.Text("reason")));
        Assert.Single(await firm.ReceivedAsync("crm"));
    }

    [Fact]
    public async Task A_hanging_destination_has_no_more_at_a_time_than_the_setting_says_and_holds_up_no_neighbour()
    {
        await using var firm = await WebhookFirm.StartAsync(("Webhooks:Concurrency", "3"));
        var gate = new TaskCompletionSource();
        // First a refusal of each, so that all come back at about the same time, each by its own workflow.
        await using var receiver = await OutsideReceiver.StartAsync(firm.Host.Clock, async request =>
        {
            await (request.Number == 1 ? Task.CompletedTask : gate.Task);
            return new OutsideAnswer(request.Number == 1 ? 400 : 200);
        });
        var webhook = await firm.AddIdAsync("crm", new { url = receiver.Url });
        var other = await firm.AddIdAsync("other");
        await SendAsync(firm, 12);
        await firm.DeliveriesAsync(webhook, "waiting", 12);
        await firm.ReceivedAsync("other", 12);

        firm.Host.Clock.Advance(TimeSpan.FromSeconds(6));
        await firm.Host.EventuallyAsync(async () => receiver.InFlight == 3
            && (await firm.DeliveriesAsync(webhook, "state=waiting")).Count(delivery => delivery.Text("reason") is "3 deliveries are with the destination already." or "Other deliveries of the firm are under way.") == 9);
        await SendAsync(firm, 4);
        await firm.ReceivedAsync("other", 16);
        Assert.Equal(3, receiver.MostInFlight);
        gate.SetResult();

        // The four that came last are refused once too.
        var delivered = await firm.DeliveriesAsync(webhook, "delivered", 16, DeliveryTime.Step);
        Assert.Equal(3, receiver.MostInFlight);
        Assert.All(delivered, delivery => Assert.Equal(2, delivery.GetProperty("attemptCount").GetInt32()));
        Assert.Equal(16, (await firm.DeliveriesAsync(other, "delivered", 16)).Count);
    }

    [Fact]
    public async Task A_destination_gets_no_more_a_second_than_the_setting_says()
    {
        await using var firm = await WebhookFirm.StartAsync(("Webhooks:RatePerSecond", "2"));
        await using var receiver = await OutsideReceiver.StartAsync(firm.Host.Clock, _ => new OutsideAnswer(200));
        var webhook = await firm.AddIdAsync("crm", new { url = receiver.Url });
        await SendAsync(firm, 14);

        var delivered = await firm.DeliveriesAsync(webhook, "delivered", 14, DeliveryTime.Step);

        Assert.All(delivered, delivery => Assert.Equal(1, delivery.GetProperty("attemptCount").GetInt32()));
        var times = receiver.Requests.Select(request => request.At).Order().ToList();
        // Twice the rate at once, and one more because what was sent in turn may arrive closer together.
        var most = 5;
        for (var i = 0; i < times.Count; i++)
        {
            for (var j = i; j < times.Count; j++)
            {
                Assert.True(j - i + 1 <= most + (2 * (times[j] - times[i]).TotalSeconds) + 0.001, $"{j - i + 1} came within {times[j] - times[i]}.");
            }
        }
    }

    [Fact]
    public async Task After_five_failures_in_a_row_a_destination_is_left_alone_until_one_probe_succeeds()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var (isDown, gate) = (true, new TaskCompletionSource());
        await using var receiver = await OutsideReceiver.StartAsync(firm.Host.Clock, async _ =>
        {
            await (isDown ? Task.CompletedTask : gate.Task);
            return new OutsideAnswer(isDown ? 500 : 200);
        });
        var webhook = await firm.AddIdAsync("crm", new { url = receiver.Url });
        for (var failed = 1; failed <= 5; failed++)
        {
            await firm.SendAsync();
            await firm.Host.EventuallyAsync(async () => (await firm.DeliveriesAsync(webhook)).Count(delivery => delivery.GetProperty("attemptCount").GetInt32() == 1) == failed);
        }

        await firm.AddIdAsync("other");
        await firm.SendAsync();
        await firm.ReceivedAsync("other", 1);
        await firm.DeliveriesAsync(webhook, "waiting", 6);
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(6));
        // All whose time has come are put off without an attempt.
        await firm.Host.EventuallyAsync(async () => (await firm.DeliveriesAsync(webhook, "state=waiting")).All(IsLeftAlone));
        Assert.Equal(5, receiver.Requests.Count);

        isDown = false;
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(4));
        await firm.Host.EventuallyAsync(() => Task.FromResult(receiver.InFlight > 0), DeliveryTime.Step);
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(2));
        // The other five have come and were sent away again, while the probe is being made.
        await firm.Host.EventuallyAsync(async () => (await firm.DeliveriesAsync(webhook, "state=waiting")).Count(delivery => delivery.Time("nextAttemptAt") > firm.Host.Clock.GetUtcNow()) == 5);
        Assert.Equal((6, 1), (receiver.Requests.Count, receiver.InFlight));
        gate.SetResult();

        var delivered = await firm.DeliveriesAsync(webhook, "delivered", 6, DeliveryTime.Step);
        Assert.Equal([1, 2, 2, 2, 2, 2], delivered.Select(delivery => delivery.GetProperty("attemptCount").GetInt32()).Order());
    }

    [Fact]
    public async Task A_probe_that_fails_leaves_the_destination_alone_for_twice_as_long()
    {
        await using var firm = await WebhookFirm.StartAsync(("Webhooks:RetryDelays", "1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s"));
        await using var receiver = await OutsideReceiver.StartAsync(firm.Host.Clock, _ => new OutsideAnswer(500));
        var webhook = await firm.AddIdAsync("crm", new { url = receiver.Url });
        await firm.SendAsync();

        var attempts = (await firm.AttemptedAsync(webhook, (await firm.OnlyAsync(webhook)).Text("id")!, 9)).Attempts();

        var gaps = attempts.Zip(attempts.Skip(1), (one, next) => (next.Time("at") - one.Time("at"))!.Value.TotalSeconds).ToList();
        Assert.All(gaps[..4], gap => Assert.InRange(gap, 0.9, 8));
        Assert.InRange(gaps[4], 10, 18);
        Assert.InRange(gaps[5], 20, 35);
        Assert.InRange(gaps[6], 40, 70);
        Assert.InRange(gaps[7], 80, 140);
    }

    [Fact]
    public async Task What_queues_behind_a_slow_destination_becomes_waiting_rows_and_is_delivered_in_the_end()
    {
        await using var firm = await WebhookFirm.StartAsync(("Webhooks:Concurrency", "1"));
        var webhook = await firm.AddIdAsync("slow");
        await firm.AnswerAsync("slow", new { delayMs = 5000 });
        await firm.AddIdAsync("other");
        await SendAsync(firm, 14);
        await firm.ReceivedAsync("other", 14);

        // Half a minute is the queue's patience: what is still in it then gives way.
        await firm.Host.EventuallyAsync(async () => (await firm.DeliveriesAsync(webhook)).Count == 14, TimeSpan.FromMilliseconds(500));
        var waiting = await firm.DeliveriesAsync(webhook, "state=waiting");
        Assert.InRange(waiting.Count, 3, 12);
        Assert.All(waiting, delivery => Assert.Equal(0, delivery.GetProperty("attemptCount").GetInt32()));
        Assert.Contains(waiting, delivery => delivery.Text("reason") == "The destination is slow, and other deliveries are before this one.");

        await firm.AnswerAsync("slow", new { status = 200 });
        var delivered = await firm.DeliveriesAsync(webhook, "delivered", 14, TimeSpan.FromMilliseconds(500));
        Assert.All(delivered, delivery => Assert.Equal(1, delivery.GetProperty("attemptCount").GetInt32()));
    }

    private static bool IsLeftAlone(JsonElement delivery) => delivery.Text("reason") == "The destination has failed several times in a row and is left alone for a while.";

    private static async Task SendAsync(WebhookFirm firm, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await firm.SendAsync();
        }
    }

    /// <summary>Waits until all processes can see that a destination is to be left alone: the note is made after the log's.</summary>
    private static Task LeftAloneAsync(WebhookFirm firm) => firm.Host.EventuallyAsync(
        async () => (await firm.Host.GetJsonAsync("/api/companies/demo/webhooks")).GetProperty("items").EnumerateArray().Any(webhook => webhook.Text("health") == "failing"));
}
