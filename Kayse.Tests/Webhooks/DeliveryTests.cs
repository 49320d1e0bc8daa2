using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Webhooks;
using Kayse.Core.Workflows;

namespace Kayse.Tests.Webhooks;

public sealed class DeliveryTests
{
    [Fact]
    public async Task An_event_is_delivered_signed_in_both_ways_over_the_exact_bytes()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddAsync("crm", new { appKey = "app-key-of-the-firm" });
        var secret = webhook.GetProperty("secret").GetString()!;
        var id = await firm.SendAsync("call_started", new { campaign = new { id = "42" }, call = new { call_id = "call_1" } }, new { externalSource = "lawruler", externalSourceId = "1", caseType = "Zantac" });

        var request = (await firm.ReceivedAsync("crm", 1))[0];

        var body = request.GetProperty("body").GetString()!;
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);
        string Header(string name) => request.GetProperty("headers").EnumerateObject().Single(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value.GetString()!;
        Assert.Equal("POST", request.GetProperty("method").GetString());
        Assert.Equal("application/json", Header("Content-Type"));
        Assert.Matches(@"^Kayse-Webhooks/\d+\.\d+$", Header("User-Agent"));
        Assert.Equal("call_started", Header("X-Kayse-Event"));
        Assert.StartsWith("dlv_", Header("X-Kayse-Delivery"), StringComparison.Ordinal);
        Assert.Equal("app-key-of-the-firm", Header("X-Public-Api-Key"));
        Assert.Equal(id, Header("webhook-id"));
        Assert.Equal(firm.Host.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(), Header("webhook-timestamp"));
        Assert.Equal(WebhookSignature.Kayse(SignatureFormat.Hex, secret, bytes, default), Header("X-Kayse-Signature"));
        Assert.Equal(WebhookSignature.Standard(secret, id, long.Parse(Header("webhook-timestamp")), bytes), Header("webhook-signature"));
        Assert.DoesNotContain("X-Kayse-Signature-Previous", request.GetProperty("headers").ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            $$$$"""{"id":"{{{{id}}}}","type":"call_started","timestamp":"2026-11-20T15:05:10Z","company_id":"demo","campaign_id":"42","case":{"externalSource":"lawruler","externalSourceId":"1","caseType":"Zantac"},"data":{"campaign":{"id":"42"},"call":{"call_id":"call_1"}}}""",
            body);
    }

    [Fact]
    public async Task A_delivery_that_failed_is_tried_again_under_the_same_id_and_its_attempts_are_in_the_log()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm");
        await firm.AnswerAsync("crm", new { sequence = new object[] { new { status = 500, body = "out of order" }, new { status = 200, body = "thanks" } } });
        var id = await firm.SendAsync();

        var received = await firm.ReceivedAsync("crm", 2, TimeSpan.FromSeconds(1));
        var delivery = await firm.DeliveryAsync(webhook, (await firm.DeliveriesAsync(webhook, "delivered", 1))[0].GetProperty("id").GetString()!);

        Assert.All(received, request => Assert.Equal(id, request.GetProperty("headers").GetProperty("webhook-id").GetString()));
        Assert.NotEqual(received[0].GetProperty("headers").GetProperty("webhook-timestamp").GetString(), received[1].GetProperty("headers").GetProperty("webhook-timestamp").GetString());
        Assert.Equal(id, delivery.GetProperty("payload").GetProperty("id").GetString());
        var attempts = delivery.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal([500, 200], attempts.Select(attempt => attempt.GetProperty("status").GetInt32()));
        Assert.Equal(["out of order", "thanks"], attempts.Select(attempt => attempt.GetProperty("answer").GetString()));
        Assert.Equal("Answered 500.", attempts[0].GetProperty("error").GetString());
        Assert.Equal(JsonValueKind.String, attempts[0].GetProperty("nextAttemptAt").ValueKind);
        Assert.Equal(received[0].GetProperty("headers").GetProperty("X-Kayse-Signature").GetString(), attempts[0].GetProperty("headers").GetProperty("X-Kayse-Signature").GetString());
    }

    [Fact]
    public async Task What_has_waited_long_for_a_slow_receiver_is_delivered_all_the_same()
    {
        await using var firm = await WebhookFirm.StartAsync(("Webhooks:Concurrency", "1"));
        await firm.AnswerAsync("slow", new { delayMs = 3000 });
        var webhook = await firm.AddIdAsync("slow");
        for (var i = 0; i < 14; i++)
        {
            await firm.SendAsync();
        }

        await firm.DeliveriesAsync(webhook, "delivered", 14, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_test_sends_a_marked_sample_at_once_also_to_a_webhook_that_is_off()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm", new { active = false });
        await firm.AnswerAsync("crm", new { status = 418, body = "short and stout" });
        foreach (var type in SampleEvents.Types)
        {
            using var answer = await firm.PostAsync($"/api/companies/demo/webhooks/{webhook}/test", new { type });
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var delivery = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal("failed", delivery.GetProperty("state").GetString());
            Assert.Equal(418, delivery.GetProperty("lastAttempt").GetProperty("status").GetInt32());
            Assert.Equal("short and stout", delivery.GetProperty("lastAttempt").GetProperty("answer").GetString());
        }

        var received = await firm.ReceivedAsync("crm");
        Assert.Equal(SampleEvents.Types, received.Select(request => JsonDocument.Parse(request.GetProperty("body").GetString()!).RootElement.GetProperty("type").GetString()));
        Assert.All(received, request => Assert.True(JsonDocument.Parse(request.GetProperty("body").GetString()!).RootElement.GetProperty("test").GetBoolean()));
        Assert.Equal("ok", (await firm.WebhookAsync(webhook)).GetProperty("health").GetString());
    }

    [Fact]
    public async Task A_turn_that_is_taken_once_more_makes_no_second_attempt()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm");
        await firm.AnswerAsync("crm", new { status = 500 });
        var id = await firm.SendAsync();
        var waiting = (await firm.DeliveriesAsync(webhook, "waiting", 1))[0];
        var key = new DeliveryKey(CompanyId.Parse("demo"), webhook, id, waiting.GetProperty("id").GetString()!);

        var turn = await firm.Host.Get<WebhookDeliveries>().TakeTurnAsync(key, CancellationToken.None);

        Assert.Equal(new DeliveryTurn("waiting", waiting.GetProperty("nextAttemptAt").GetDateTimeOffset()), turn);
        Assert.Single(await firm.ReceivedAsync("crm"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_delivery_whose_workflow_is_gone_goes_on(bool isDeleted)
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm");
        await firm.AnswerAsync("crm", new { status = 200, sequence = new[] { new { status = 500 } } });
        await firm.SendAsync();
        var id = (await firm.DeliveriesAsync(webhook, "waiting", 1))[0].GetProperty("id").GetString()!;
        await firm.Host.EventuallyAsync(async () => await firm.Host.Get<IWorkflowEngine>().PurgeInstanceAsync($"demo.delivery.{id}", CancellationToken.None));
        if (isDeleted)
        {
            await firm.Http.DeleteAsync($"/api/companies/demo/webhooks/{webhook}");
        }

        // Long enough that it counts as stranded.
        firm.Host.Clock.Advance(TimeSpan.FromMinutes(22));
        await firm.Host.Get<Sweep>().RunAsync(CancellationToken.None);
        await firm.NoneWaitsAsync(webhook);
        Assert.Single(await firm.DeliveriesAsync(webhook, isDeleted ? "state=skipped" : "state=delivered"));
    }
}
