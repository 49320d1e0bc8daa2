using System.Net;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Sync;

namespace Kayse.Tests.Webhooks;

public sealed class DeliveryLogTests
{
    private static readonly CompanyId s_demo = CompanyId.Parse("demo");

    [Fact]
    public async Task The_log_is_listed_newest_first_page_by_page_and_filtered_by_state_type_and_time()
    {
        await using var firm = await WebhookFirm.StartAsync(("Webhooks:RetryDelays", "1s"));
        var webhook = await firm.AddIdAsync("crm");
        var sent = new List<(string Id, DateTimeOffset At)>();
        for (var i = 0; i < 12; i++)
        {
            firm.Host.Clock.Advance(TimeSpan.FromMinutes(1));
            await firm.AnswerAsync("crm", new { status = i % 4 == 0 ? 410 : 200 });
            sent.Insert(0, (await firm.SendAsync(i % 3 == 0 ? "message_sent" : "task_completed"), firm.Host.Clock.GetUtcNow()));
            await firm.Host.EventuallyAsync(async () => (await firm.DeliveriesAsync(webhook, "limit=100")).Count == i + 1);
            await firm.PatchAsync(webhook, new { active = true });
        }

        Assert.Equal(sent.Select(one => one.Id), await PagesAsync(firm, webhook, "", 5));
        Assert.Equal(Every(sent, 4), await PagesAsync(firm, webhook, "&state=failed", 1));
        Assert.Equal(sent.Select(one => one.Id).Except(Every(sent, 4)), await PagesAsync(firm, webhook, "&state=delivered", 2));
        Assert.Equal(Every(sent, 3), await PagesAsync(firm, webhook, "&type=message_sent", 3));
        Assert.Equal([sent[11].Id], await PagesAsync(firm, webhook, $"&type=message_sent&state=failed&to={Text(sent[5].At)}", 3));
        // From a time on, and before one.
        Assert.Equal(sent[2..6].Select(one => one.Id), await PagesAsync(firm, webhook, $"&from={Text(sent[5].At)}&to={Text(sent[1].At)}", 3));
        Assert.Empty(await PagesAsync(firm, webhook, "&state=waiting", 3));
    }

    [Theory]
    [InlineData("state=lost", "state")]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=0001-01-01", "to")]
    [InlineData("limit=0", "limit")]
    [InlineData("after=a%20b", "after")]
    public async Task A_filter_that_is_none_is_refused_and_named(string query, string field)
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm");
        using var answer = await firm.Http.GetAsync($"/api/companies/demo/webhooks/{webhook}/deliveries?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"\"{field}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_shows_the_app_key_masked_and_no_secret()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var created = await firm.AddAsync("crm", new { appKey = "app-key-of-the-firm" });
        var webhook = created.GetProperty("id").GetString()!;
        await firm.SendAsync();
        var id = (await firm.DeliveriesAsync(webhook, "delivered", 1))[0].GetProperty("id").GetString()!;

        var delivery = await firm.DeliveryAsync(webhook, id);
        var headers = delivery.GetProperty("attempts")[0].GetProperty("headers");
        Assert.Equal("***", headers.GetProperty("X-Public-Api-Key").GetString());
        Assert.Equal("application/json", headers.GetProperty("Content-Type").GetString());
        Assert.DoesNotContain("app-key-of-the-firm", delivery.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(created.GetProperty("secret").GetString()!, delivery.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliveries_are_purged_after_thirty_days_with_their_attempts_and_their_events_after_them()
    {
        await using var firm = await WebhookFirm.StartAsync(("Webhooks:RetryDelays", "1s"), ("Webhooks:DisableAfterDays", "0"));
        var webhook = await firm.AddIdAsync("crm");
        await firm.AnswerAsync("crm", new { status = 500 });
        var old = await firm.SendAsync();
        var oldDelivery = (await firm.DeliveriesAsync(webhook, "failed", 1, TimeSpan.FromSeconds(1)))[0].GetProperty("id").GetString()!;
        firm.Host.Clock.Advance(TimeSpan.FromDays(29));
        var young = await firm.SendAsync();
        await firm.DeliveriesAsync(webhook, "failed", 2, TimeSpan.FromSeconds(1));
        firm.Host.Clock.Advance(TimeSpan.FromDays(2));

        await firm.Host.Get<Retention>().RunAsync(s_demo, CancellationToken.None);

        Assert.Equal([young], (await firm.DeliveriesAsync(webhook)).Select(delivery => delivery.GetProperty("eventId").GetString()));
        Assert.Equal([young], (await firm.DeliveriesAsync(webhook, "state=failed")).Select(delivery => delivery.GetProperty("eventId").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await firm.Http.GetAsync($"/api/companies/demo/webhooks/{webhook}/deliveries/{oldDelivery}")).StatusCode);
        Assert.NotNull(await firm.Host.Get<Kayse.Core.Events.EventStore>().FindAsync(s_demo, old, CancellationToken.None));
        firm.Host.Clock.Advance(TimeSpan.FromDays(2));
        await firm.Host.Get<Retention>().RunAsync(s_demo, CancellationToken.None);
        Assert.Null(await firm.Host.Get<Kayse.Core.Events.EventStore>().FindAsync(s_demo, old, CancellationToken.None));
    }

    [Fact]
    public async Task An_event_that_was_replayed_is_kept_for_its_replay()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm");
        var id = await firm.SendAsync();
        var first = (await firm.DeliveriesAsync(webhook, "delivered", 1))[0].GetProperty("id").GetString()!;
        firm.Host.Clock.Advance(TimeSpan.FromDays(29));
        Assert.Equal(HttpStatusCode.Accepted, (await firm.PostAsync($"/api/companies/demo/webhooks/{webhook}/deliveries/{first}/replay", new { })).StatusCode);
        await firm.DeliveriesAsync(webhook, "delivered", 2);
        firm.Host.Clock.Advance(TimeSpan.FromDays(20));

        await firm.Host.Get<Retention>().RunAsync(s_demo, CancellationToken.None);

        var left = Assert.Single(await firm.DeliveriesAsync(webhook));
        Assert.Equal(id, (await firm.DeliveryAsync(webhook, left.GetProperty("id").GetString()!)).GetProperty("payload").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Erasing_a_firm_leaves_no_subscription_delivery_or_secret()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm");
        await firm.SendAsync();
        await firm.DeliveriesAsync(webhook, "delivered", 1);
        using var erased = await firm.Http.DeleteAsync("/api/companies/demo");
        Assert.Equal(HttpStatusCode.OK, erased.StatusCode);

        var store = firm.Host.Get<Kayse.Core.Storage.IEntityStore>();
        foreach (var table in new[] { Kayse.Core.Storage.Tables.Subscriptions, Kayse.Core.Storage.Tables.Deliveries })
        {
            Assert.Empty(await store.PartitionsAsync(table, "demo", CancellationToken.None).ToListAsync());
        }

        Assert.Empty(await firm.Host.Get<Kayse.Core.Storage.ISecretStore>().NamesAsync("demo--", CancellationToken.None));
    }

    private static IEnumerable<string> Every(List<(string Id, DateTimeOffset At)> sent, int n) => sent.Where((_, i) => (sent.Count - 1 - i) % n == 0).Select(one => one.Id);

    private static string Text(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O"));

    private static async Task<IReadOnlyList<string>> PagesAsync(WebhookFirm firm, string webhook, string filter, int limit)
    {
        var (seen, after) = (new List<string>(), "");
        while (true)
        {
            var page = await firm.Host.GetJsonAsync($"/api/companies/demo/webhooks/{webhook}/deliveries?limit={limit}{filter}{after}");
            var items = page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("eventId").GetString()!).ToList();
            Assert.True(items.Count <= limit);
            seen.AddRange(items);
            if (page.GetProperty("next") is not { ValueKind: JsonValueKind.String } next)
            {
                return seen;
            }

            after = $"&after={next.GetString()}";
        }
    }
}
