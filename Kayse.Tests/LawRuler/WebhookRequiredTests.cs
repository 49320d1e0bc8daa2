using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Sync;

namespace Kayse.Tests.LawRuler;

public sealed class WebhookRequiredTests(WebhookHost at) : IClassFixture<WebhookHost>
{
    public static TheoryData<string> GuideFields => [.. LawRulerWebhookSettings.GuideFields];

    public static TheoryData<string> PresetFields => [.. LawRulerWebhookSettings.LawRuler2026Fields];

    [Fact]
    public void The_required_sets_are_those_of_the_guides()
    {
        Assert.Equal(["Lead ID", "Contact ID", "First Name", "Last Name", "Email", "Case Type", "Status"], new LawRulerWebhookSettings().Required());
        Assert.Equal(
            ["Case Type", "Case Type ID", "Contact ID", "Created Date", "First Name", "Full Name", "Last Name", "Lead ID", "Status", "Status ID"],
            new LawRulerWebhookSettings { RequiredFields = ["lawruler-2026"] }.Required().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(GuideFields))]
    public async Task A_required_key_that_is_absent_is_refused_by_name_and_nothing_changes(string field)
    {
        var lead = WebhookHost.NewLead();
        var marker = $"marker-{lead}";

        var reply = await at.PostAsync(lead, (field, null), ("Custom1", marker));

        Assert.Equal(400, reply.Status);
        Assert.Equal([field], reply.ErrorFields);
        Assert.Null(await at.CaseAsync(lead));
        var kept = await at.InboundOfAsync(marker);
        Assert.Equal(("rejected", $"Missing: {field}."), (kept.State, kept.Reason));
        Assert.Contains($"Missing: {field}.", await at.AuditAsync("refused"));
    }

    [Theory]
    [MemberData(nameof(PresetFields))]
    public void The_preset_asks_for_each_of_its_ten_fields(string field)
    {
        var settings = new LawRulerWebhookSettings { RequiredFields = ["lawruler-2026"] };
        var all = LawRulerWebhookSettings.LawRuler2026Fields.Select(name => new InboundField(name, "1", false)).ToList();

        Assert.Empty(LeadPost.Read(all, settings).Missing);
        Assert.Equal([field], LeadPost.Read([.. all.Where(one => one.Name != field)], settings).Missing);
    }

    [Fact]
    public async Task Every_missing_key_is_named()
    {
        var reply = await at.PostAsync(new FormUrlEncodedContent([KeyValuePair.Create("First Name", "Ana"), KeyValuePair.Create("Status", "New Lead")]));

        Assert.Equal(400, reply.Status);
        Assert.Equal(["Lead ID", "Contact ID", "Last Name", "Email", "Case Type"], reply.ErrorFields);
    }

    [Fact]
    public async Task An_empty_request_is_refused_and_kept()
    {
        var reply = await at.PostAsync((HttpContent?)null);

        Assert.Equal(400, reply.Status);
        Assert.Equal(7, reply.ErrorFields.Count);
        Assert.Contains(await at.InboundAsync(), request => request is { State: "rejected", Fields: null or { Count: 0 } });
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("N/A")]
    [InlineData(".")]
    public async Task A_blank_lead_id_is_refused(string blank)
    {
        var reply = await at.PostAsync(blank);

        Assert.Equal(400, reply.Status);
        Assert.Equal(["Lead ID"], reply.ErrorFields);
    }

    [Theory]
    [InlineData("12/34")]
    [InlineData("a b")]
    [InlineData("..")]
    [InlineData("1?2#3")]
    public async Task A_lead_id_that_can_be_none_is_refused_with_what_was_expected(string lead)
    {
        var marker = $"marker-{WebhookHost.NewLead()}";
        var reply = await at.PostAsync(lead, ("Custom1", marker));

        Assert.Equal(400, reply.Status);
        Assert.Equal(["Lead ID"], reply.ErrorFields);
        Assert.StartsWith("Lead ID: Expected", (await at.InboundOfAsync(marker)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("N/A")]
    [InlineData(".")]
    public async Task Other_required_keys_may_be_blank_and_overwrite_nothing(string blank)
    {
        var lead = WebhookHost.NewLead();
        await at.PostAsync(lead, ("Full Name", "Ana M. Ruiz"), ("Phone", "5055550142"), ("DOB", "1/2/1980"), ("Description", "Text"), ("Custom9", "kept"), ("CreatedDate", "11/20/2026"));
        var (matter, client) = (await at.CaseAsync(lead), await at.ClientAsync(lead));

        var reply = await at.PostAsync(WebhookHost.Fields(lead).Keys.Concat(["Full Name", "Phone", "DOB", "Description", "Custom9", "CreatedDate"]).ToDictionary(name => name, name => name == "Lead ID" ? lead : blank, StringComparer.Ordinal));

        Assert.Equal((200, "unchanged"), (reply.Status, reply.Result));
        Assert.Equal(client, await at.ClientAsync(lead));
        Assert.Equal(matter!.UpdatedAt, (await at.CaseAsync(lead))!.UpdatedAt);
    }

    [Fact]
    public async Task One_blank_name_does_not_shorten_the_cases_name()
    {
        var lead = WebhookHost.NewLead();
        await at.PostAsync(lead);

        var reply = await at.PostAsync(lead, ("Last Name", "null"));

        Assert.Equal("unchanged", reply.Result);
        Assert.Equal("Ana Ruiz – Zantac", (await at.CaseAsync(lead))!.Name);
    }

    [Fact]
    public async Task A_refused_request_is_taken_up_again_when_the_setting_is_mended()
    {
        var lead = WebhookHost.NewLead();
        await at.PostAsync(lead, ("Email", null));
        var kept = await at.InboundOfAsync(lead);
        Assert.Equal(400, (await at.ReprocessAsync(kept.Id)).Status);

        await at.SetWebhookAsync(new { requiredFields = LawRulerWebhookSettings.GuideFields.Where(field => field != "Email") });
        var reply = await at.ReprocessAsync(kept.Id);
        await at.SetWebhookAsync(new { requiredFields = LawRulerWebhookSettings.GuideFields });

        Assert.Equal((200, "created"), (reply.Status, reply.Result));
        var after = await at.InboundOfAsync(lead);
        Assert.Equal(("processed", null, reply.Json.GetProperty("caseId").GetString()), (after.State, after.Reason, after.CaseId));
        Assert.NotNull(await at.CaseAsync(lead));
    }

    [Fact]
    public async Task A_refused_request_is_taken_up_again_when_an_alias_was_added()
    {
        var lead = WebhookHost.NewLead();
        var fields = WebhookHost.Fields(lead, ("Contact ID", null), ("Person No", "p1"));
        Assert.Equal(["Contact ID"], (await at.PostAsync(fields)).ErrorFields);

        await at.SetWebhookAsync(new { aliases = new Dictionary<string, string[]>(StringComparer.Ordinal) { ["Contact ID"] = ["person-no"] } });
        var reply = await at.ReprocessAsync((await at.InboundOfAsync(lead)).Id);

        Assert.Equal("created", reply.Result);
        Assert.Equal("p1", (await at.ClientAsync(lead)).ExternalSourceId);
    }

    [Fact]
    public async Task The_preset_is_chosen_by_its_name()
    {
        await at.SetWebhookAsync(new { requiredFields = new[] { "lawruler-2026" } });
        var reply = await at.PostAsync(WebhookHost.NewLead(), ("Email", null));
        await at.SetWebhookAsync(new { requiredFields = LawRulerWebhookSettings.GuideFields });

        Assert.Equal(["Case Type ID", "Created Date", "Full Name", "Status ID"], reply.ErrorFields.Order(StringComparer.Ordinal));
    }
}
