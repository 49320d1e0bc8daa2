using Kayse.Core.Events;
using Kayse.Core.Webhooks;

namespace Kayse.Tests.Webhooks;

public sealed class MatchingTests
{
    [Fact]
    public void No_events_chosen_means_all_also_those_that_are_not_known_yet()
    {
        var all = new SubscriptionFilter("whk_1", [], [], []);
        Assert.All([.. EventTypes.Known, .. EventTypes.OfKayse, "call_teleported"], type => Assert.True(all.Matches(type, null, null)));
    }

    [Theory]
    [InlineData("call_ended", "42", true)]
    [InlineData("call_ended", "43", false)]
    [InlineData("call_ended", null, false)]
    [InlineData("transcript_updated", "42", true)]
    [InlineData("task_completed", null, true)]
    [InlineData("document_uploaded", "43", true)]
    public void A_campaign_filter_holds_for_call_events_and_no_others(string type, string? campaign, bool expected) =>
        Assert.Equal(expected, new SubscriptionFilter("whk_1", ["call_ended", "transcript_updated", "task_completed", "document_uploaded"], [], ["42"]).Matches(type, null, campaign));

    [Theory]
    [InlineData("Zantac", true)]
    [InlineData("zantac ", true)]
    [InlineData("Roundup", false)]
    [InlineData(null, false)]
    public void A_case_type_filter_compares_names_without_regard_to_case(string? caseType, bool expected) =>
        Assert.Equal(expected, new SubscriptionFilter("whk_1", [], ["Zantac", "Camp Lejeune"], []).Matches("task_completed", caseType, null));

    [Fact]
    public async Task An_event_goes_to_those_that_want_it_and_to_no_others()
    {
        await using var firm = await WebhookFirm.StartAsync();
        await firm.AddAsync("all");
        await firm.AddAsync("calls", new { events = EventTypes.Calls });
        await firm.AddAsync("campaign", new { events = new[] { "call_started" }, campaigns = new[] { "42" } });
        await firm.AddAsync("zantac", new { caseTypes = new[] { "Zantac" } });
        var started = await firm.SendAsync("call_started", new { campaign = new { id = "42" }, call = new { call_id = "c_1" } });
        var other = await firm.SendAsync("call_started", new { campaign = new { id = "43" }, call = new { call_id = "c_2" } }, new { caseType = "Roundup" });
        var task = await firm.SendAsync("task_completed", about: new { caseType = "Zantac" });
        var unknown = await firm.SendAsync("call_teleported");

        Assert.Equal([started, other, task, unknown], await IdsAsync(firm, "all", 4));
        Assert.Equal([started, other], await IdsAsync(firm, "calls", 2));
        Assert.Equal([started], await IdsAsync(firm, "campaign", 1));
        Assert.Equal([task], await IdsAsync(firm, "zantac", 1));
    }

    [Fact]
    public async Task The_type_of_a_case_that_the_event_only_names_is_looked_up()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var known = (await firm.Host.GetJsonAsync("/api/companies/demo/cases")).GetProperty("items")[0];
        await firm.AddAsync("zantac", new { caseTypes = new[] { known.GetProperty("caseType").GetString() } });
        var byLead = await firm.SendAsync("task_completed", about: new { externalSource = "lawruler", externalSourceId = known.GetProperty("externalSourceId").GetString() });
        var byId = await firm.SendAsync("form_submitted", about: new { id = known.GetProperty("id").GetString() });
        await firm.SendAsync("task_completed", about: new { externalSource = "lawruler", externalSourceId = "999" });

        Assert.Equal([byLead, byId], await IdsAsync(firm, "zantac", 2));
    }

    [Fact]
    public async Task An_event_for_a_webhook_that_is_off_is_recorded_as_skipped_and_can_be_replayed_later()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm", new { active = false });
        var id = await firm.SendAsync();
        var skipped = Assert.Single(await firm.DeliveriesAsync(webhook, "skipped", 1));
        Assert.Equal("The webhook was switched off.", skipped.GetProperty("reason").GetString());
        Assert.Empty(await firm.ReceivedAsync("crm"));
        var path = $"/api/companies/demo/webhooks/{webhook}/deliveries/{skipped.GetProperty("id").GetString()}/replay";
        Assert.Equal(System.Net.HttpStatusCode.Conflict, (await firm.PostAsync(path, new { })).StatusCode);

        await firm.PatchAsync(webhook, new { active = true });
        Assert.Equal(System.Net.HttpStatusCode.Accepted, (await firm.PostAsync(path, new { })).StatusCode);

        Assert.Equal([id], await IdsAsync(firm, "crm", 1));
    }

    // In no promised order, so compared in the order of sending.
    private static async Task<IReadOnlyList<string>> IdsAsync(WebhookFirm firm, string receiver, int count)
    {
        var received = await firm.ReceivedAsync(receiver, count);
        // Whatever else was to come has been handled when nothing is pending any more.
        await firm.Host.EventuallyAsync(async () => (await firm.Host.GetJsonAsync("/api/companies/demo/integrations")).GetProperty("items")[0].GetProperty("pending").GetInt32() == 0);
        received = await firm.ReceivedAsync(receiver);
        return [.. received.Select(request => request.GetProperty("headers").GetProperty("webhook-id").GetString()!).OrderBy(id => int.Parse(id.Split('_')[^1], System.Globalization.CultureInfo.InvariantCulture))];
    }
}
