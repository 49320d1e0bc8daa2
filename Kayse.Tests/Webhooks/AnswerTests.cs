using System.Globalization;
using System.Text.Json;

namespace Kayse.Tests.Webhooks;

/// <summary>Which answers are a success, and how much of them is read.</summary>
public sealed class AnswerTests
{
    [Fact]
    public async Task Every_2xx_is_a_success_and_no_other_answer_is()
    {
        await using var firm = await WebhookFirm.StartAsync();
        int[] statuses = [200, 201, 202, 204, 206, 299, 400, 401, 404, 422, 451, 499, 500, 502, 599];
        var webhooks = new Dictionary<int, string>();
        foreach (var status in statuses)
        {
            var receiver = status.ToString(CultureInfo.InvariantCulture);
            webhooks[status] = await firm.AddIdAsync(receiver);
            await firm.AnswerAsync(receiver, new { status });
        }

        await firm.SendAsync();

        foreach (var status in statuses)
        {
            var delivery = await firm.OnlyAsync(webhooks[status]);
            var attempt = Assert.Single(delivery.Attempts());
            Assert.Equal(status, attempt.GetProperty("status").GetInt32());
            Assert.Equal(status < 300 ? ("delivered", null) : ("waiting", $"Answered {status}."), (delivery.Text("state")!, attempt.Text("error")));
        }
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_where_it_leads_nothing_arrives()
    {
        await using var firm = await WebhookFirm.StartAsync();
        int[] statuses = [300, 301, 302, 303, 304, 307, 308];
        var webhooks = new Dictionary<int, string>();
        foreach (var status in statuses)
        {
            var receiver = status.ToString(CultureInfo.InvariantCulture);
            webhooks[status] = await firm.AddIdAsync(receiver);
            await firm.AnswerAsync(receiver, new { status, headers = new { Location = firm.Address("target") } });
        }

        await firm.SendAsync();

        foreach (var status in statuses)
        {
            var delivery = await firm.OnlyAsync(webhooks[status]);
            var attempt = Assert.Single(delivery.Attempts());
            Assert.Equal(("waiting", $"Answered {status}: redirects are not followed."), (delivery.Text("state"), attempt.Text("error")));
            Assert.NotNull(attempt.Time("nextAttemptAt"));
        }

        Assert.Empty(await firm.ReceivedAsync("target"));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 0)]
    [InlineData(4095, 0)]
    [InlineData(4096, 0)]
    [InlineData(4097, 0)]
    [InlineData(2_000_000, 0)]
    [InlineData(64 * 1024, 1000)]
    public async Task Of_an_answer_4_kB_are_kept_and_no_more_than_64_kB_waited_for(int bodyBytes, int trickleMs)
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm");
        await firm.AnswerAsync("crm", new { bodyBytes, trickleMs });
        await firm.SendAsync();

        var delivery = await firm.OnlyAsync(webhook);

        // The clock stands still: an answer that goes on after what is read has no time to run out.
        var attempt = Assert.Single(delivery.Attempts());
        Assert.Equal("delivered", delivery.Text("state"));
        Assert.Equal(bodyBytes == 0 ? null : new string('x', Math.Min(bodyBytes, 4096)), attempt.Text("answer"));
        Assert.Equal(bodyBytes > 4096, attempt.GetProperty("answerCut").GetBoolean());
    }

    [Theory]
    [InlineData(2)]
    [InlineData((64 * 1024) - 100)]
    public async Task A_body_that_goes_on_beyond_15_seconds_is_a_failure_though_the_status_was_200(int bodyBytes)
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm");
        await firm.AnswerAsync("crm", new { sequence = new object[] { new { bodyBytes, trickleMs = 1000 } } });
        await firm.SendAsync();

        var delivery = await firm.OnlyAsync(webhook, DeliveryTime.Step);

        var attempt = delivery.Attempts()[0];
        Assert.Equal("No complete answer within 15 seconds.", attempt.Text("error"));
        Assert.Equal(JsonValueKind.Null, attempt.GetProperty("status").ValueKind);
        Assert.InRange(attempt.GetProperty("durationMs").GetDouble(), 15_000, 25_000);
        Assert.Equal("delivered", (await firm.AttemptedAsync(webhook, delivery.Text("id")!, 2)).Text("state"));
    }

    [Theory]
    [InlineData(14.9, "delivered")]
    [InlineData(15, "waiting")]
    public async Task An_answer_has_15_seconds(double seconds, string state)
    {
        await using var firm = await WebhookFirm.StartAsync();
        var gate = new TaskCompletionSource();
        await using var receiver = await OutsideReceiver.StartAsync(firm.Host.Clock, async _ =>
        {
            await gate.Task;
            return new OutsideAnswer(200);
        });
        var webhook = await firm.AddIdAsync("crm", new { url = receiver.Url });
        await firm.SendAsync();
        await firm.Host.EventuallyAsync(() => Task.FromResult(receiver.InFlight == 1));
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(seconds));
        await firm.Host.EventuallyAsync(() => Task.FromResult(state == "delivered" || receiver.InFlight == 0));
        gate.SetResult();

        var delivery = await firm.OnlyAsync(webhook);

        Assert.Equal((state, seconds * 1000), (delivery.Text("state"), Assert.Single(delivery.Attempts()).GetProperty("durationMs").GetDouble()));
    }
}
