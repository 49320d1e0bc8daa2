using System.Globalization;
using Kayse.Core.Webhooks;
using Kayse.Core.Workflows;
using Kayse.Standalone;

namespace Kayse.Tests.Webhooks;

/// <summary>When a delivery that fails is tried again, by the host's clock.</summary>
public sealed class RetryTableTests
{
    [Fact]
    public async Task A_delivery_that_always_fails_is_attempted_eight_times_over_the_day_and_given_up()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm");
        await firm.AnswerAsync("crm", new { status = 500 });
        await firm.SendAsync();
        var id = (await firm.OnlyAsync(webhook)).Text("id")!;

        var delivery = await firm.AttemptedAsync(webhook, id, 8);

        var attempts = delivery.Attempts();
        var times = attempts.Select(attempt => attempt.Time("at")!.Value).ToList();
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], attempts.Select(attempt => attempt.GetProperty("number").GetInt32()));
        AssertGaps([5, 300, 1800, 7200, 18_000, 36_000, 21_600], times);
        Assert.True(times[^1] < times[0].AddHours(24));
        Assert.Equal(("failed", "Answered 500. Given up after 8 attempts."), (delivery.Text("state"), delivery.Text("reason")));
        Assert.Equal((null, null), (delivery.Time("nextAttemptAt"), attempts[^1].Time("nextAttemptAt")));
        await EndedAsync(firm, id);
        firm.Host.Clock.Advance(TimeSpan.FromDays(2));
        await firm.SendAsync();
        await firm.ReceivedAsync("crm", 9);
        Assert.Equal(8, (await firm.DeliveryAsync(webhook, id)).GetProperty("attemptCount").GetInt32());
    }

    [Fact]
    public async Task Another_table_is_kept_too()
    {
        await using var firm = await WebhookFirm.StartAsync(("Webhooks:RetryDelays", "30s, 90s"));
        var webhook = await firm.AddIdAsync("crm");
        await firm.AnswerAsync("crm", new { status = 500 });
        await firm.SendAsync();

        var delivery = await firm.AttemptedAsync(webhook, (await firm.OnlyAsync(webhook)).Text("id")!, 3);

        AssertGaps([30, 90], [.. delivery.Attempts().Select(attempt => attempt.Time("at")!.Value)]);
        Assert.Equal(("failed", "Answered 500. Given up after 3 attempts."), (delivery.Text("state"), delivery.Text("reason")));
    }

    [Theory]
    [InlineData("RetryDelays", "5m, 5s, 1h", "The delays must grow; only the last may be shorter than the one before it.")]
    [InlineData("RetryDelays", "20h, 20h", "The delays together must not be longer than 24 hours.")]
    [InlineData("RetryDelays", "soon", "'soon' is no delay. Expected a list such as \"5s, 5m, 30m, 2h, 5h, 10h, 6h\".")]
    [InlineData("RatePerSecond", "0", "Expected a number from 0.01 to 100000.")]
    [InlineData("Concurrency", "0", "Expected a number from 1 to 256.")]
    [InlineData("AttentionAfterHours", "-1", "Expected a number from 0 to 8760.")]
    [InlineData("DisableAfterDays", "five", "Expected a number from 0 to 365.")]
    public async Task A_setting_that_cannot_be_kept_is_named_at_the_start(string name, string value, string expected)
    {
        var refusal = await Assert.ThrowsAsync<StartException>(() => TestHost.StartAsync(new Dictionary<string, string?> { [$"Webhooks:{name}"] = value }));

        Assert.Contains($"Webhooks:{name}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_After_is_kept_in_seconds_and_as_a_date_and_makes_nothing_earlier()
    {
        await using var firm = await WebhookFirm.StartAsync();
        await using var receiver = await OutsideReceiver.StartAsync(firm.Host.Clock, request => request.Number switch
        {
            1 => OutsideAnswer.After(500, 1000),
            2 => new OutsideAnswer(503, request.At.AddHours(2).ToString("r", CultureInfo.InvariantCulture)),
            3 => OutsideAnswer.After(400, 1),
            4 => new OutsideAnswer(500, "Sun, 06 Nov 1994 08:49:37 GMT"),
            _ => new OutsideAnswer(500, "soon"),
        });
        var webhook = await firm.AddIdAsync("crm", new { url = receiver.Url });
        await firm.SendAsync();

        var attempts = (await firm.AttemptedAsync(webhook, (await firm.OnlyAsync(webhook)).Text("id")!, 6)).Attempts();

        var waits = attempts.Select(attempt => (attempt.Time("nextAttemptAt") - attempt.Time("at"))!.Value.TotalSeconds).ToList();
        Assert.Equal(1000, waits[0], 0.001);
        // A date has whole seconds, and the clock goes on between the attempt and its answer.
        Assert.InRange(waits[1], 7199, 7205);
        Assert.InRange(waits[2], 1620, 1985);
        Assert.InRange(waits[3], 6480, 7920);
        Assert.InRange(waits[4], 16_200, 19_800);
        Assert.All(attempts.Zip(attempts.Skip(1)), pair => Assert.True(pair.Second.Time("at") >= pair.First.Time("nextAttemptAt")));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_Retry_After_beyond_the_day_leaves_the_days_last_attempt(int status)
    {
        await using var firm = await WebhookFirm.StartAsync();
        await using var receiver = await OutsideReceiver.StartAsync(firm.Host.Clock, _ => new OutsideAnswer(status, "2147483647"));
        var webhook = await firm.AddIdAsync("crm", new { url = receiver.Url });
        await firm.SendAsync();

        var delivery = await firm.AttemptedAsync(webhook, (await firm.OnlyAsync(webhook)).Text("id")!, 2);

        Assert.InRange(delivery.Attempts()[1].Time("at")!.Value - delivery.Attempts()[0].Time("at")!.Value, TimeSpan.FromHours(23.9), TimeSpan.FromHours(24) - TimeSpan.FromTicks(1));
        Assert.Equal(("failed", $"Answered {status}. Given up after 2 attempts."), (delivery.Text("state"), delivery.Text("reason")));
    }

    [Fact]
    public async Task Only_a_failure_starts_a_workflow()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var (good, bad) = (await firm.AddIdAsync("good"), await firm.AddIdAsync("bad"));
        await firm.AnswerAsync("bad", new { sequence = new object[] { new { status = 500 } } });
        await firm.SendAsync();
        var (delivered, failed) = (await firm.OnlyAsync(good), await firm.OnlyAsync(bad));
        Assert.Equal(("delivered", "waiting"), (delivered.Text("state"), failed.Text("state")));

        await firm.Host.EventuallyAsync(async () => (await InstancesAsync(firm)).Count > 0);

        Assert.Equal($"demo.delivery.{failed.Text("id")}", Assert.Single(await InstancesAsync(firm)).Id);
        Assert.Equal("delivered", (await firm.AttemptedAsync(bad, failed.Text("id")!, 2)).Text("state"));
        await EndedAsync(firm, failed.Text("id")!);
    }

    [Fact]
    public async Task After_a_restart_the_retries_go_on_at_their_time()
    {
        await using var firm = await WebhookFirm.StartAsync();
        await using var receiver = await OutsideReceiver.StartAsync(firm.Host.Clock, request => new OutsideAnswer(request.Number < 4 ? 500 : 200));
        var webhook = await firm.AddIdAsync("crm", new { url = receiver.Url });
        await firm.SendAsync();
        var id = (await firm.OnlyAsync(webhook)).Text("id")!;
        var planned = (await firm.AttemptedAsync(webhook, id, 2)).Time("nextAttemptAt")!.Value;

        await firm.Host.RestartAsync(TimeSpan.FromMinutes(2));
        var third = (await firm.AttemptedAsync(webhook, id, 3)).Attempts()[2];
        // What fell due while no process ran comes at once.
        var due = third.Time("nextAttemptAt")!.Value;
        await firm.Host.RestartAsync();
        await firm.Host.RestartAsync(due - firm.Host.Clock.GetUtcNow() + TimeSpan.FromHours(1));
        var fourth = await firm.AttemptedAsync(webhook, id, 4);

        Assert.InRange(third.Time("at")!.Value - planned, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.Equal("delivered", fourth.Text("state"));
        Assert.Equal((4, 1), (receiver.Requests.Count, receiver.MostInFlight));
    }

    private static Task<IReadOnlyList<WorkflowInstance>> InstancesAsync(WebhookFirm firm) =>
        firm.Host.Get<IWorkflowEngine>().QueryAsync($"demo.{DeliveryKey.WorkflowPrefix}", null, null, 100, CancellationToken.None);

    private static Task EndedAsync(WebhookFirm firm, string delivery) => firm.Host.EventuallyAsync(
        async () => (await firm.Host.Get<IWorkflowEngine>().GetAsync($"demo.{DeliveryKey.WorkflowPrefix}{delivery}", CancellationToken.None))?.State == WorkflowState.Completed,
        DeliveryTime.Step);

    private static void AssertGaps(double[] seconds, IReadOnlyList<DateTimeOffset> times)
    {
        Assert.Equal(seconds.Length + 1, times.Count);
        // Ten per cent, and what the clock was moved on while the attempt was being made; the last comes earlier where the day would be over.
        Assert.All(seconds.Zip(times.Zip(times.Skip(1))), pair =>
        {
            var left = (RetrySchedule.LastAttempt(times[0]) - pair.Second.First).TotalSeconds;
            Assert.InRange((pair.Second.Second - pair.Second.First).TotalSeconds, Math.Min(pair.First * 0.9, left) - 5, (pair.First * 1.1) + 15);
        });
    }
}
