using System.Net;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Mapping;

public sealed class SampleRecordTests(MappingHost at) : IClassFixture<MappingHost>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        await at.ResetAsync();
        await at.LinkAsync("Auto", "INNO MVA");
        await at.PostAsync("fields/refresh?caseType=Auto");
        await at.MapAsync(
            "Auto", ("case.fields.Finding", "Custom4124"), ("case.fields.Since", "Custom1235"), ("client.email", "Email1"), ("client.zip", "Zip"), ("case.fields.Stage", "Custom4125"), ("client.lastName", "Custom9999"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_case_goes_through_the_mapping_to_the_lead_and_each_field_is_shown_before_and_after_with_law_rulers_answer()
    {
        var (_, matter) = await CaseAsync();
        var lead = await LeadAsync();

        var (status, result) = await RunAsync(matter, lead);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            [
                "Custom4124 (Diagnosis): Old -> Whiplash, sent Whiplash: sent",
                "Custom1235 (Date of first use):  -> 1/2/2000, sent 1/2/2000: sent",
                "Email1 (): old@example.com -> ana@example.com, sent ana@example.com: sent",
                "Zip (): 87501 -> 87501, sent : blank",
                "Custom4125 (Stage): Stage I -> Stage I, sent : rejected",
                "Custom9999 ():  -> , sent : gone",
            ],
            Fields(result));
        Assert.Equal("«Stage Nine» is none of the options Stage I, Stage II.", Chain.Text(result.GetProperty("fields")[4], "reason"));
        Assert.True(result.GetProperty("sent").GetBoolean());
        Assert.Contains($"Success Lead #{lead}", Chain.Text(result.GetProperty("answer"), "text"), StringComparison.Ordinal);
        Assert.Equal(("Auto", "INNO MVA"), (Chain.Text(result, "caseType"), Chain.Text(result.GetProperty("link"), "crm")));
        var form = Assert.Single(await Chain.FormsAsync(at.Host, lead));
        Assert.Equal(["Key", "LeadID", "OverriddenLead", "overridelead", "Custom4124", "Custom1235", "Email1"], form.Select(pair => pair.Key));
    }

    [Fact]
    public async Task A_dry_run_shows_the_same_and_sends_nothing()
    {
        var (_, matter) = await CaseAsync();
        var lead = await LeadAsync();
        var before = (await at.Host.LeadAsync(lead)).ToString();

        var (_, result) = await RunAsync(matter, lead, dryRun: true);

        Assert.Equal(
            [
                "Custom4124 (Diagnosis): Old -> Whiplash, sent Whiplash: would_be_sent",
                "Custom1235 (Date of first use):  -> 1/2/2000, sent 1/2/2000: would_be_sent",
                "Email1 (): old@example.com -> ana@example.com, sent ana@example.com: would_be_sent",
                "Zip (): 87501 -> 87501, sent : blank",
                "Custom4125 (Stage): Stage I -> Stage I, sent : rejected",
                "Custom9999 ():  -> , sent : gone",
            ],
            Fields(result));
        Assert.False(result.GetProperty("sent").GetBoolean());
        Assert.Equal(JsonValueKind.Null, result.GetProperty("answer").ValueKind);
        Assert.Empty(await Chain.FormsAsync(at.Host, lead));
        Assert.Equal(before, (await at.Host.LeadAsync(lead)).ToString());
    }

    [Fact]
    public async Task The_other_leads_and_the_cases_own_are_left_alone()
    {
        var (own, matter) = await CaseAsync();
        var before = (await at.Host.LeadAsync(own)).ToString();
        await RunAsync(matter, await LeadAsync());
        Assert.Equal(before, (await at.Host.LeadAsync(own)).ToString());
    }

    [Fact]
    public async Task A_lead_that_is_not_there_is_said_in_law_rulers_words_and_nothing_counts_as_sent()
    {
        var (_, matter) = await CaseAsync();
        var (_, result) = await RunAsync(matter, 999_999);

        Assert.False(result.GetProperty("sent").GetBoolean());
        Assert.StartsWith("Error: Lead not found.", Chain.Text(result.GetProperty("answer"), "text"), StringComparison.Ordinal);
        Assert.Contains("no such lead", Chain.Text(result.GetProperty("answer"), "message"), StringComparison.Ordinal);
        Assert.Equal("not_sent", Chain.Text(result.GetProperty("fields")[0], "outcome"));
        Assert.Contains("fields could not be read", Assert.Single(MappingHost.Texts(result, "warnings")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_that_law_ruler_silently_leaves_out_is_found()
    {
        var (_, matter) = await CaseAsync();
        var lead = await LeadAsync();
        await Chain.PortalAsync(at.Host, new { fields = new[] { new { key = "Custom1235", label = "Date of first use", inputType = "Date", section = "Exposure" } }, options = new { unknownField = "ignore" } });

        var (_, result) = await RunAsync(matter, lead);

        Assert.True(result.GetProperty("sent").GetBoolean());
        Assert.Equal(["differs", "sent"], result.GetProperty("fields").EnumerateArray().Take(2).Select(field => Chain.Text(field, "outcome")));
        Assert.Equal("Law Ruler says that it worked, but the field says something else.", Chain.Text(result.GetProperty("fields")[0], "reason"));
    }

    [Fact]
    public async Task Where_law_ruler_does_not_tell_what_fields_say_that_is_said()
    {
        await Chain.PortalAsync(at.Host, new { options = new { leadFields = false } });
        var (_, matter) = await CaseAsync();

        var (_, result) = await RunAsync(matter, await LeadAsync());

        var field = result.GetProperty("fields")[0];
        Assert.Equal(("sent", null), (Chain.Text(field, "outcome"), Chain.Text(field, "after")));
        Assert.Contains("does not tell", Chain.Text(field, "reason"), StringComparison.Ordinal);
        Assert.Equal("ana@example.com", Chain.Text(result.GetProperty("fields")[2], "after"));
    }

    [Theory]
    [InlineData("500", "no", "not_sent", "fault of its own")]
    [InlineData("429", "no", "not_sent", "slow down")]
    [InlineData("html200", "before", "sent", "cannot be read")]
    [InlineData("reset", "before", "sent", "broke")]
    [InlineData("login-redirect", "no", "not_sent", "cannot be read")]
    public async Task With_a_fault_the_answer_is_told_as_it_is_and_the_lead_itself_says_what_was_written(string kind, string applied, string outcome, string message)
    {
        var (_, matter) = await CaseAsync();
        var lead = await LeadAsync();
        await at.Host.FaultAsync(new { system = "lawruler", operation = "campaign", kind, count = 1, applied });

        var (status, result) = await RunAsync(matter, lead);

        Assert.Equal((HttpStatusCode.OK, false), (status, result.GetProperty("sent").GetBoolean()));
        Assert.Contains(message, Chain.Text(result.GetProperty("answer"), "message"), StringComparison.Ordinal);
        Assert.Equal(outcome, Chain.Text(result.GetProperty("fields")[0], "outcome"));
        at.Host.Clock.Advance(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task What_cannot_be_read_before_is_said_and_the_values_go_out_all_the_same()
    {
        var (_, matter) = await CaseAsync();
        await at.Host.FaultAsync(new { system = "lawruler", operation = "getlead", kind = "502", count = 1, applied = "no" });

        var (_, result) = await RunAsync(matter, await LeadAsync());

        Assert.Equal("Custom4124 (Diagnosis):  -> Whiplash, sent Whiplash: sent", Fields(result).First());
        Assert.Contains("could not be read: Law Ruler has a fault of its own", Assert.Single(MappingHost.Texts(result, "warnings")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_campaigns_overrides_count_when_it_is_named()
    {
        await at.PutAsync("mappings/Auto", new
        {
            fields = new[] { new { from = "client.firstName", to = "Custom4124" } },
            campaigns = new[] { new { campaign = "42", fields = new[] { new { from = "campaign.name", to = "Custom4124" } } } },
        });
        var (_, matter) = await CaseAsync();
        var lead = await LeadAsync();

        Assert.Equal("Ana", Chain.Text((await RunAsync(matter, lead, dryRun: true)).Json.GetProperty("fields")[0], "value"));
        Assert.Equal("Zantac Settlement", Chain.Text((await RunAsync(matter, lead, dryRun: true, campaign: "42")).Json.GetProperty("fields")[0], "value"));
    }

    [Theory]
    [InlineData("enableIntegration", "toggles.enableIntegration")]
    [InlineData("sendData", "toggles.sendData")]
    [InlineData("sendMappedFields", "toggles.sendMappedFields")]
    public async Task A_toggle_that_is_off_lets_nothing_out_but_a_dry_run_shows_it_with_a_warning(string toggle, string field)
    {
        var (_, matter) = await CaseAsync();
        var lead = await LeadAsync();
        await at.Host.PatchSettingsAsync(new { toggles = new Dictionary<string, bool> { [toggle] = false } });

        var (status, problem) = await RunAsync(matter, lead);
        Assert.Equal((HttpStatusCode.Conflict, field), (status, Chain.Text(problem.GetProperty("errors")[0], "field")));
        Assert.Empty(await Chain.FormsAsync(at.Host, lead));

        var (_, dry) = await RunAsync(matter, lead, dryRun: true);
        Assert.Equal("Whiplash", Chain.Text(dry.GetProperty("fields")[0], "value"));
        Assert.Contains("nothing is sent", Assert.Single(MappingHost.Texts(dry, "warnings")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_case_type_that_is_not_linked_or_not_sent_lets_nothing_out()
    {
        var (_, matter) = await CaseAsync();
        var lead = await LeadAsync();
        await at.Host.PatchSettingsAsync(new { settings = new { outboundCaseTypes = new[] { "Zantac" } } });
        var (status, problem) = await RunAsync(matter, lead);
        Assert.Equal((HttpStatusCode.Conflict, "settings.outboundCaseTypes"), (status, Chain.Text(problem.GetProperty("errors")[0], "field")));

        await at.Host.PatchSettingsAsync(new { settings = new { outboundCaseTypes = Array.Empty<string>() } });
        await at.PutAsync("case-types", new { entries = Array.Empty<object>() });
        (status, problem) = await RunAsync(matter, lead);
        Assert.Equal((HttpStatusCode.Conflict, "caseType"), (status, Chain.Text(problem.GetProperty("errors")[0], "field")));

        var (_, dry) = await RunAsync(matter, lead, dryRun: true);
        Assert.True(dry.GetProperty("blocked").GetBoolean());
        Assert.Contains("INNO MVA is not linked", Assert.Single(MappingHost.Texts(dry, "warnings")), StringComparison.Ordinal);
        Assert.Empty(dry.GetProperty("fields").EnumerateArray());
        Assert.Empty(await Chain.FormsAsync(at.Host, lead));
    }

    [Theory]
    [InlineData("INNO MVA")]
    [InlineData("auto")]
    public async Task The_case_types_whose_data_goes_out_may_be_named_in_either_system(string name)
    {
        await at.Host.PatchSettingsAsync(new { settings = new { outboundCaseTypes = new[] { name } } });
        var (_, matter) = await CaseAsync();
        Assert.True((await RunAsync(matter, await LeadAsync())).Json.GetProperty("sent").GetBoolean());
    }

    [Theory]
    [InlineData("""{"leadId":"711551","dryRun":true}""", "caseId")]
    [InlineData("""{"caseId":"case_0198c0ffee0070008000000000000000","leadId":711551}""", "caseId")]
    [InlineData("""{"caseId":"{case}","leadId":"7 1"}""", "leadId")]
    [InlineData("""{"caseId":"{case}"}""", "leadId")]
    [InlineData("""{"caseId":"{case}","leadId":["711551"]}""", "leadId")]
    [InlineData("""{"caseId":"{case}","leadId":"711551","campaign":"4/2"}""", "campaign")]
    public async Task What_is_missing_or_wrong_is_named(string body, string field)
    {
        var (_, matter) = await CaseAsync();
        var (status, problem) = await at.PostAsync("test-record", JsonSerializer.Deserialize<JsonElement>(body.Replace("{case}", matter.ToString(), StringComparison.Ordinal)));
        Assert.Equal((HttpStatusCode.BadRequest, field), (status, Chain.Text(problem.GetProperty("errors")[0], "field")));
    }

    [Fact]
    public async Task The_Key_is_in_no_answer_the_values_are_in_no_log_and_the_audit_log_has_the_line()
    {
        var (_, matter) = await CaseAsync();
        var lead = await LeadAsync();
        var (_, result) = await RunAsync(matter, lead);

        Assert.DoesNotContain("demo-key", result.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(at.Host.Log.Lines, line => line.Contains("Whiplash", StringComparison.Ordinal) || line.Contains("Stage Nine", StringComparison.Ordinal));
        var line = Assert.Single((await at.Host.GetJsonAsync("/api/companies/demo/audit?limit=100")).GetProperty("items").EnumerateArray(), line => Chain.Text(line, "action") == "test_record" && Chain.Text(line, "resource") == $"{lead}");
        Assert.Equal(("done", matter.ToString()), (Chain.Text(line, "outcome"), Chain.Text(line, "subject")));
        Assert.Equal("3 of 6 mapped fields were sent.", Chain.Text(line, "detail"));
    }

    private Task<(long Lead, CaseId Case)> CaseAsync() => at.CaseAsync("INNO MVA", ("Finding", "Whiplash"), ("Since", "2000-01-02"), ("Stage", "Stage Nine"));

    private async Task<long> LeadAsync()
    {
        var lead = MappingHost.NewLead();
        await Chain.LeadAsync(at.Host, lead, new
        {
            caseType = "INNO MVA",
            fields = new { FirstName = "Test", Email1 = "old@example.com", Zip = "87501" },
            customFields = new { Custom4124 = "Old", Custom4125 = "Stage I" },
        });
        return lead;
    }

    private Task<(HttpStatusCode Status, JsonElement Json)> RunAsync(CaseId matter, long lead, bool dryRun = false, string? campaign = null) =>
        at.PostAsync("test-record", new { caseId = matter.ToString(), leadId = $"{lead}", dryRun, campaign });

    private static IEnumerable<string> Fields(JsonElement result) => result.GetProperty("fields").EnumerateArray().Select(field =>
        $"{Chain.Text(field, "to")} ({Chain.Text(field, "label")}): {Chain.Text(field, "before")} -> {Chain.Text(field, "after")}, sent {Chain.Text(field, "value")}: {Chain.Text(field, "outcome")}");
}
