using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;

namespace Kayse.Tests.LawRuler;

public sealed class WebhookCaseTests(WebhookHost at) : IClassFixture<WebhookHost>
{
    [Fact]
    public async Task Two_leads_of_one_contact_share_a_client()
    {
        var (first, second) = (WebhookHost.NewLead(), WebhookHost.NewLead());
        await at.PostAsync(first, ("Contact ID", "shared1"), ("Phone", "5055550142"));
        await at.PostAsync(second, ("primary_contact_id", "shared1"), ("Contact ID", null), ("Email", "new@example.com"));

        Assert.NotEqual((await at.CaseAsync(first))!.Id, (await at.CaseAsync(second))!.Id);
        Assert.Equal((await at.CaseAsync(first))!.ClientId, (await at.CaseAsync(second))!.ClientId);
        Assert.Equal(("new@example.com", "+15055550142"), ((await at.ClientAsync(first)).Email, (await at.ClientAsync(first)).Phone));
    }

    [Fact]
    public async Task Two_contacts_of_one_name_are_two_clients()
    {
        var (first, second) = (WebhookHost.NewLead(), WebhookHost.NewLead());
        await at.PostAsync(first);
        await at.PostAsync(second);

        Assert.NotEqual((await at.CaseAsync(first))!.ClientId, (await at.CaseAsync(second))!.ClientId);
    }

    [Fact]
    public async Task A_blank_contact_id_keeps_the_cases_client()
    {
        var lead = WebhookHost.NewLead();
        await at.PostAsync(lead);
        var before = (await at.CaseAsync(lead))!.ClientId;

        await at.PostAsync(lead, ("Contact ID", "N/A"), ("Email", "new@example.com"));

        Assert.Equal(before, (await at.CaseAsync(lead))!.ClientId);
        Assert.Equal("new@example.com", (await at.ClientAsync(lead)).Email);
    }

    [Fact]
    public async Task The_same_post_twice_is_unchanged()
    {
        var lead = WebhookHost.NewLead();
        var fields = WebhookHost.Fields(lead, ("Phone", "(505) 555-0142"), ("DOB", "1/2/1980"), ("CreatedDate", "11/20/2026 3:14:00 PM"), ("StatusID", "1"), ("Custom1", "a"));
        Assert.Equal("created", (await at.PostAsync(fields)).Result);
        var before = await at.CaseAsync(lead);
        at.Host.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("unchanged", (await at.PostAsync(fields)).Result);

        Assert.Equal(before!.UpdatedAt, (await at.CaseAsync(lead))!.UpdatedAt);
        Assert.Equal("updated", (await at.PostAsync(lead, ("Custom1", "b"))).Result);
        Assert.Equal("updated", (await at.PostAsync(lead, ("Email", "new@example.com"))).Result);
    }

    [Fact]
    public async Task Posts_for_one_lead_at_the_same_moment_lose_no_field()
    {
        for (var round = 0; round < 15; round++)
        {
            var lead = WebhookHost.NewLead();
            (string, string)[] parts = [("Phone", "5055550142"), ("City", "Santa Fe"), ("Description", "text"), ("Custom1", "1"), ("Custom2", "2"), ("DOB", "1/2/1980")];
            var replies = await Task.WhenAll(parts.Select(part => Task.Run(() => at.PostAsync(lead, (part.Item1, part.Item2)))));

            Assert.All(replies, reply => Assert.Equal(200, reply.Status));
            Assert.Single(replies, reply => reply.Result == "created");
            Assert.Single(replies.Select(reply => reply.Json.GetProperty("caseId").GetString()).Distinct());
            var (matter, client) = (await at.CaseAsync(lead), await at.ClientAsync(lead));
            Assert.Equal(("+15055550142", "Santa Fe", new DateOnly(1980, 1, 2)), (client.Phone, client.City, client.DateOfBirth));
            Assert.Equal(("text", "1", "2"), (matter!.Description, matter.Fields.Values["Custom1"], matter.Fields.Values["Custom2"]));
        }
    }

    [Fact]
    public async Task Dates_and_phones_are_understood_or_warned_about()
    {
        var lead = WebhookHost.NewLead();
        var good = await at.PostAsync(lead, ("Phone", "505.555.0142"), ("CreatedDate", "2026-07-01T12:00:00Z"), ("Date of Birth", "02/29/1980"));
        Assert.Empty(good.Warnings);
        Assert.Equal(new DateTimeOffset(2026, 7, 1, 16, 0, 0, TimeSpan.Zero), (await at.CaseAsync(lead))!.ExternalCreatedAt);
        Assert.Equal(("+15055550142", new DateOnly(1980, 2, 29)), ((await at.ClientAsync(lead)).Phone, (await at.ClientAsync(lead)).DateOfBirth));

        var odd = await at.PostAsync(lead, ("Phone", "call me"), ("CreatedDate", "soon"), ("Date of Birth", "2/30/1980"));

        Assert.Equal(3, odd.Warnings.Count);
        Assert.Equal(new DateTimeOffset(2026, 7, 1, 16, 0, 0, TimeSpan.Zero), (await at.CaseAsync(lead))!.ExternalCreatedAt);
        Assert.Equal(new DateOnly(1980, 2, 29), (await at.ClientAsync(lead)).DateOfBirth);
    }

    [Fact]
    public async Task A_real_change_of_status_is_one_event_and_a_repeat_is_none()
    {
        var lead = WebhookHost.NewLead();
        await at.PostAsync(lead);
        Assert.Equal(("New Lead", "lawruler"), ((await at.CaseAsync(lead))!.Status, (await at.CaseAsync(lead))!.StatusOrigin));
        foreach (var status in new[] { "Approved", "Approved", "APPROVED **", "null", "Sent e-Sign", "Approved" })
        {
            await at.PostAsync(lead, ("Status", status));
        }

        Assert.Equal(["Approved by lawruler", "Sent e-Sign by lawruler", "Approved by lawruler"], await at.StatusEventsAsync(lead));
        Assert.Empty((await at.CaseAsync(lead))!.StatusEventsDue);
    }

    [Fact]
    public async Task Statuses_posted_at_the_same_moment_are_each_an_event()
    {
        for (var round = 0; round < 10; round++)
        {
            var lead = WebhookHost.NewLead();
            await at.PostAsync(lead);
            string[] statuses = ["Approved", "Sent e-Sign", "Not Retained", "Review Needed"];

            await Task.WhenAll(statuses.Select(status => Task.Run(() => at.PostAsync(lead, ("Status", status)))));

            Assert.Equal(statuses.Select(status => $"{status} by lawruler").Order(StringComparer.Ordinal), (await at.StatusEventsAsync(lead)).Order(StringComparer.Ordinal));
            Assert.Equal($"{(await at.CaseAsync(lead))!.Status} by lawruler", (await at.StatusEventsAsync(lead))[^1]);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_echo_of_a_status_that_Kayse_wrote_is_unchanged_whether_it_comes_early_or_late(bool early)
    {
        var lead = WebhookHost.NewLead();
        await at.PostAsync(lead, ("Status ID", "1"));
        var id = (await at.CaseAsync(lead))!.Id;
        var statuses = at.Host.Get<CaseStatuses>();
        await statuses.AnnounceWriteAsync(WebhookHost.Demo, id, "postcall.call_1", "Sent e-Sign", default);
        if (!early)
        {
            await statuses.FinishWriteAsync(WebhookHost.Demo, id, "postcall.call_1", "Sent e-Sign", at.Host.Clock.GetUtcNow(), default);
        }

        var echo = await at.PostAsync(lead, ("Status", "Sent e-Sign"), ("Status ID", "3"));
        var again = await at.PostAsync(lead, ("Status", "Sent e-Sign"), ("Status ID", "3"));
        await statuses.FinishWriteAsync(WebhookHost.Demo, id, "postcall.call_1", "Sent e-Sign", at.Host.Clock.GetUtcNow(), default);

        Assert.Equal(("unchanged", "unchanged"), (echo.Result, again.Result));
        Assert.Equal(["Sent e-Sign by kayse"], await at.StatusEventsAsync(lead));
        Assert.Equal(("Sent e-Sign", "kayse", "3"), ((await at.CaseAsync(lead))!.Status, (await at.CaseAsync(lead))!.StatusOrigin, (await at.CaseAsync(lead))!.StatusId));
    }

    [Fact]
    public async Task A_person_who_sets_a_status_between_echo_and_finish_has_the_last_word()
    {
        var lead = WebhookHost.NewLead();
        await at.PostAsync(lead);
        var id = (await at.CaseAsync(lead))!.Id;
        await at.Host.Get<CaseStatuses>().AnnounceWriteAsync(WebhookHost.Demo, id, "postcall.call_1", "Sent e-Sign", default);
        await at.PostAsync(lead, ("Status", "Sent e-Sign"));
        await at.PostAsync(lead, ("Status", "Approved"));

        await at.Host.Get<CaseStatuses>().FinishWriteAsync(WebhookHost.Demo, id, "postcall.call_1", "Sent e-Sign", at.Host.Clock.GetUtcNow(), default);

        Assert.Equal("Approved", (await at.CaseAsync(lead))!.Status);
        Assert.Equal(["Sent e-Sign by kayse", "Approved by lawruler"], await at.StatusEventsAsync(lead));
    }

    [Fact]
    public async Task A_status_that_was_refused_to_Kayse_counts_when_a_person_sets_it()
    {
        var lead = WebhookHost.NewLead();
        await at.PostAsync(lead);
        var id = (await at.CaseAsync(lead))!.Id;
        await at.Host.Get<CaseStatuses>().AnnounceWriteAsync(WebhookHost.Demo, id, "postcall.call_1", "Approved", default);
        await at.Host.Get<CaseStatuses>().WithdrawWriteAsync(WebhookHost.Demo, id, "postcall.call_1", default);

        Assert.Equal("updated", (await at.PostAsync(lead, ("Status", "Approved"))).Result);

        Assert.Equal(["Approved by lawruler"], await at.StatusEventsAsync(lead));
    }

    [Fact]
    public void Stars_case_and_outer_blanks_do_not_make_another_status() => Assert.True(StatusMapping.Same(" consultation complete", "Consultation Complete**"));
}
