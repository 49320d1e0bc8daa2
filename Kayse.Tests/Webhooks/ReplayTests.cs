using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Kayse.Tests.Webhooks;

public sealed class ReplayTests
{
    [Fact]
    public async Task A_replay_has_the_events_id_and_a_delivery_and_a_time_of_its_own()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm");
        var id = await firm.SendAsync();
        var first = (await firm.DeliveriesAsync(webhook, "delivered", 1))[0].GetProperty("id").GetString()!;
        firm.Host.Clock.Advance(TimeSpan.FromHours(1));

        var replay = await ReplayAsync(firm, webhook, first);
        var received = await firm.ReceivedAsync("crm", 2, TimeSpan.FromSeconds(1));

        Assert.Equal([id, id], received.Select(request => request.GetProperty("headers").GetProperty("webhook-id").GetString()));
        Assert.Equal([first, replay], received.Select(request => Header(request, "X-Kayse-Delivery")));
        Assert.InRange(long.Parse(Header(received[1], "webhook-timestamp")) - long.Parse(Header(received[0], "webhook-timestamp")), 3600, 3660);
        Assert.Equal(received[0].GetProperty("body").GetString(), received[1].GetProperty("body").GetString());
        await firm.DeliveriesAsync(webhook, "delivered", 2);
        Assert.Equal(first, (await firm.DeliveryAsync(webhook, replay)).GetProperty("replayOf").GetString());
        Assert.Equal(replay, (await firm.DeliveryAsync(webhook, first)).GetProperty("replayedAs").GetString());
    }

    [Fact]
    public async Task A_replay_that_fails_is_tried_again_for_a_day_of_its_own()
    {
        await using var firm = await WebhookFirm.StartAsync(("Webhooks:RetryDelays", "10s, 1m"));
        var webhook = await firm.AddIdAsync("crm");
        await firm.SendAsync();
        var first = (await firm.DeliveriesAsync(webhook, "delivered", 1))[0].GetProperty("id").GetString()!;
        firm.Host.Clock.Advance(TimeSpan.FromDays(2));
        await firm.AnswerAsync("crm", new { status = 500 });

        var replay = await ReplayAsync(firm, webhook, first);
        await firm.DeliveriesAsync(webhook, "failed", 1, TimeSpan.FromSeconds(5));

        Assert.Equal(3, (await firm.DeliveryAsync(webhook, replay)).GetProperty("attempts").GetArrayLength());
    }

    [Fact]
    public async Task All_that_failed_in_a_range_of_time_is_sent_again_once()
    {
        await using var firm = await WebhookFirm.StartAsync(("Webhooks:RetryDelays", "1s"));
        var webhook = await firm.AddIdAsync("crm");
        await firm.AnswerAsync("crm", new { status = 500 });
        var early = await firm.SendAsync();
        await firm.DeliveriesAsync(webhook, "failed", 1, TimeSpan.FromSeconds(1));
        firm.Host.Clock.Advance(TimeSpan.FromHours(2));
        var from = firm.Host.Clock.GetUtcNow();
        var failed = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            failed.Add(await firm.SendAsync());
        }

        // The destination's circuit is open for minutes: it is a while until each has had its attempts.
        await firm.DeliveriesAsync(webhook, "failed", 26, TimeSpan.FromMinutes(5));
        firm.Host.Clock.Advance(TimeSpan.FromMinutes(10));
        await firm.AnswerAsync("crm", new { status = 200 });

        await ReplayAllAsync(firm, webhook, new { state = "failed", from });
        await firm.Host.EventuallyAsync(
            async () =>
            {
                await firm.NextDueAsync(webhook);
                return (await firm.DeliveriesAsync(webhook, "limit=100&state=delivered")).Count >= 25;
            },
            DeliveryTime.Step);
        await ReplayAllAsync(firm, webhook, new { state = "failed", from });

        var delivered = await firm.DeliveriesAsync(webhook, "delivered", 25);
        Assert.Equal(failed.Order(StringComparer.Ordinal), delivered.Select(delivery => delivery.GetProperty("eventId").GetString()).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(early, delivered.Select(delivery => delivery.GetProperty("eventId").GetString()));
    }

    [Fact]
    public async Task A_replay_of_many_keeps_to_the_destinations_rate_and_goes_on_after_a_restart()
    {
        await using var firm = await WebhookFirm.StartAsync(("Webhooks:RatePerSecond", "2"));
        var webhook = await firm.AddIdAsync("crm", new { active = false });
        for (var i = 0; i < 45; i++)
        {
            await firm.SendAsync();
        }

        await firm.DeliveriesAsync(webhook, "skipped", 45);
        await firm.PatchAsync(webhook, new { active = true });
        // What comes from the moment of the replay on is not part of it.
        firm.Host.Clock.Advance(TimeSpan.FromMilliseconds(1));
        using var answer = await firm.PostAsync($"/api/companies/demo/webhooks/{webhook}/replay", new { state = "skipped" });
        var workflow = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        var started = firm.Host.Clock.GetUtcNow();
        // The first page of twenty takes ten seconds.
        await firm.Host.EventuallyAsync(async () => (await firm.Host.WorkflowAsync(workflow))?.GetProperty("steps") is { } steps && steps.GetArrayLength() == 1);
        await firm.Host.RestartAsync();
        await firm.DeliveriesAsync(webhook, "delivered", 45, TimeSpan.FromSeconds(1));

        Assert.True(firm.Host.Clock.GetUtcNow() - started > TimeSpan.FromSeconds(20), $"{firm.Host.Clock.GetUtcNow() - started}");
        var end = await firm.Host.EndOfWorkflowAsync(workflow, TimeSpan.FromSeconds(1));
        Assert.Equal("completed", end.GetProperty("state").GetString());
        Assert.Equal("Sent again: 45.", end.GetProperty("steps")[0].GetProperty("error").GetString());
        Assert.Equal(45, (await firm.DeliveriesAsync(webhook, "delivered", 45)).Select(delivery => delivery.GetProperty("eventId").GetString()).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_test_that_failed_is_not_sent_again_with_the_others()
    {
        await using var firm = await WebhookFirm.StartAsync(("Webhooks:RetryDelays", "1s"));
        var webhook = await firm.AddIdAsync("crm");
        await firm.AnswerAsync("crm", new { status = 500 });
        await firm.PostAsync($"/api/companies/demo/webhooks/{webhook}/test", new { type = "task_completed" });
        var id = await firm.SendAsync();
        await firm.DeliveriesAsync(webhook, "failed", 2, TimeSpan.FromSeconds(1));
        firm.Host.Clock.Advance(TimeSpan.FromMinutes(10));
        await firm.AnswerAsync("crm", new { status = 200 });

        await ReplayAllAsync(firm, webhook, new { state = "failed" });

        Assert.Equal(id, (await firm.DeliveriesAsync(webhook, "delivered", 1, TimeSpan.FromSeconds(1)))[0].GetProperty("eventId").GetString());
        Assert.Equal(3, (await firm.DeliveriesAsync(webhook)).Count);
    }

    [Theory]
    [InlineData("{}", "state")]
    [InlineData("""{"state":"delivered"}""", "state")]
    [InlineData("""{"state":"failed","from":"yesterday"}""", "from")]
    [InlineData("""{"state":"failed","to":"25:00"}""", "to")]
    public async Task A_range_that_is_none_is_refused_and_named(string body, string field)
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm");
        using var answer = await firm.PostAsync($"/api/companies/demo/webhooks/{webhook}/replay", JsonSerializer.Deserialize<JsonElement>(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0].GetProperty("field").GetString());
    }

    private static string Header(JsonElement request, string name) =>
        request.GetProperty("headers").EnumerateObject().Single(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value.GetString()!;

    private static async Task<string> ReplayAsync(WebhookFirm firm, string webhook, string delivery)
    {
        using var answer = await firm.PostAsync($"/api/companies/demo/webhooks/{webhook}/deliveries/{delivery}/replay", new { });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        // It can be looked at from the moment that it was answered.
        Assert.Equal(delivery, (await firm.DeliveryAsync(webhook, id)).GetProperty("replayOf").GetString());
        return id;
    }

    private static async Task ReplayAllAsync(WebhookFirm firm, string webhook, object range)
    {
        using var answer = await firm.PostAsync($"/api/companies/demo/webhooks/{webhook}/replay", range);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var workflow = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        await firm.Host.EndOfWorkflowAsync(workflow, TimeSpan.FromSeconds(1));
    }
}
