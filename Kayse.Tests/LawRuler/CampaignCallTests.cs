using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Connectors;
using Kayse.Core.Mapping;

namespace Kayse.Tests.LawRuler;

public sealed class CampaignCallTests(ChainFixture fixture) : IClassFixture<ChainFixture>
{
    private readonly TestHost _host = fixture.Host;

    [Fact]
    public async Task The_campaign_call_posts_exactly_these_parameters_to_its_page()
    {
        await _host.SendAsync(Samples.CallAnalyzed(_host));
        await _host.EndOfWorkflowAsync("postcall.call_9f2", Chain.Second);

        var request = Assert.Single(await _host.SandboxRequestsAsync("campaign"), one => Chain.Text(one, "body")!.Contains("LeadID=711551&", StringComparison.Ordinal));
        Assert.Equal(("POST", "/lawruler/demo/api-legalrcampaign.aspx", ""), (Chain.Text(request, "method"), Chain.Text(request, "path"), Chain.Text(request, "query")));
        Assert.Equal("application/x-www-form-urlencoded", request.GetProperty("headers").GetProperty("Content-Type").GetString());
        Assert.Equal(
            [
                "Key=demo-key", "LeadID=711551", "OverriddenLead=true", "overridelead=true", "Tags=Kayse", "Status=Sent e-Sign", "CellPhone=5055550142",
                "Custom1234=Yes", "Custom1235=1/1/2000", "Custom1236=No",
                "Call Summary=We spoke to Tilda about her Zantac case. She answered all questions and the call ended on a positive note.",
                "Call Transcript=Agent 00:01 Hello, this is Kayse. Am I speaking with Tilda?\nTilda 00:04 Yes, I am listening.\nAgent 00:09 There is now a settlement available. May I ask for your year of birth?\nTilda 00:15 1980.",
            ],
            Assert.Single(await Chain.FormsAsync(_host, 711551)).Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal(["Kayse"], (await _host.LeadAsync()).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
    }

    [Fact]
    public async Task The_Key_and_the_password_are_in_no_url()
    {
        await Chain.RunAsync(_host, "call_url", 810001);
        Assert.All(await _host.SandboxRequestsAsync(), request =>
            Assert.DoesNotMatch("demo-(key|password|secret)", $"{Chain.Text(request, "path")}?{Chain.Text(request, "query")}"));
    }

    [Fact]
    public async Task A_status_goes_through_the_mapping_and_without_one_unchanged()
    {
        using var answer = await _host.Http.PutAsJsonAsync("/api/companies/demo/integrations/lawruler/statuses", new { entries = new[] { new { kayse = "Retained", crm = "Signed Retainer Contract" } } });
        answer.EnsureSuccessStatusCode();
        await Chain.RunAsync(_host, "call_map", 810002, json => json["data"]!["status"] = "Retained");
        await Chain.RunAsync(_host, "call_nomap", 810003, json => json["data"]!["status"] = "Approved");

        Assert.Equal("Signed Retainer Contract", Chain.Text(await _host.LeadAsync(810002), "status"));
        Assert.Equal("Approved", Chain.Text(await _host.LeadAsync(810003), "status"));
    }

    [Fact]
    public async Task The_stars_of_a_mapped_status_are_no_part_of_its_name()
    {
        await MapAsync(new StatusPair("Retained", "Signed Retainer Contract **"));
        await Chain.RunAsync(_host, "call_stars", 810015, json => json["data"]!["status"] = "Retained");

        Assert.Contains(KeyValuePair.Create("Status", "Signed Retainer Contract"), Assert.Single(await Chain.FormsAsync(_host, 810015)));
    }

    [Fact]
    public async Task A_status_that_the_mapping_leads_to_two_statuses_is_left_out_and_said()
    {
        await MapAsync(new StatusPair("Retained", "Signed Retainer Contract"), new StatusPair("retained", "Approved"));
        var chain = await Chain.RunAsync(_host, "call_twice", 810016, json => json["data"]!["status"] = "Retained");

        Assert.Contains("2 entries for «Retained»", Chain.Text(Chain.Step(chain, "campaign_call"), "error"), StringComparison.Ordinal);
        Assert.DoesNotContain(Assert.Single(await Chain.FormsAsync(_host, 810016)), pair => pair.Key == "Status");
        await MapAsync();
    }

    private Task MapAsync(params StatusPair[] entries) => _host.Get<Mappings>().SetStatusesAsync(WebhookHost.Demo, "lawruler", new StatusMapping(entries), default);

    [Fact]
    public async Task Without_a_status_none_is_sent_and_the_leads_stays()
    {
        await Chain.RunAsync(_host, "call_nostatus", 810004, json => json["data"]!.AsObject().Remove("status"));
        Assert.DoesNotContain(Assert.Single(await Chain.FormsAsync(_host, 810004)), pair => pair.Key == "Status");
        Assert.Equal("New Lead", Chain.Text(await _host.LeadAsync(810004), "status"));
    }

    [Fact]
    public async Task A_status_that_law_ruler_does_not_know_is_refused_and_says_what_to_do()
    {
        var workflow = await Chain.RunAsync(_host, "call_badstatus", 810005, json => json["data"]!["status"] = "No Such Status");
        Assert.Equal("refused done done done", Chain.States(workflow));
        Assert.Contains("status mapping", Chain.Text(Chain.Step(workflow, "campaign_call"), "error"), StringComparison.Ordinal);
        Assert.Equal("completed_with_problems", Chain.Text(workflow, "state"));
    }

    [Fact]
    public async Task Text_that_looks_like_markup_passes_request_validation()
    {
        var workflow = await Chain.RunAsync(_host, "call_markup", 810006, json =>
        {
            Chain.Analysis(json)["call_summary"] = "She wrote <script>alert(1)</script> &#65; and 1 < 2";
            Chain.Analysis(json)["custom_analysis_data"] = new JsonObject { ["_custom1234"] = "<b>" };
        });
        Assert.Equal("done", Chain.Text(Chain.Step(workflow, "campaign_call"), "state"));
        var lead = await _host.LeadAsync(810006);
        Assert.Equal("She wrote &lt;script>alert(1)&lt;/script> &amp;#65; and 1 < 2", lead.GetProperty("fields").GetProperty("Call Summary").GetString());
        Assert.Equal("&lt;b>", lead.GetProperty("customFields").GetProperty("Custom1234").GetString());
    }

    [Fact]
    public async Task Keys_that_cannot_be_parameters_are_left_out_and_the_audit_log_says_which()
    {
        await Chain.RunAsync(_host, "call_smuggle", 810007, json => Chain.Analysis(json)["custom_analysis_data"] =
            new JsonObject { ["_customKey"] = "x", ["_custom_LeadID"] = "1", ["_customOPERATION"] = "GetStatus", ["key"] = "y", ["_custom5"] = 1234567 });
        var form = Assert.Single(await Chain.FormsAsync(_host, 810007));
        Assert.Equal("demo-key", Assert.Single(form, pair => pair.Key.Contains("key", StringComparison.OrdinalIgnoreCase)).Value);
        Assert.Contains(KeyValuePair.Create("Custom5", "1234567"), form);
        var warning = Assert.Single(await Chain.AuditAsync(_host, "call_smuggle"), line => Chain.Text(line, "outcome") == "warning");
        Assert.Contains("_customKey, _custom_LeadID, _customOPERATION", Chain.Text(warning, "detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kEy")]
    [InlineData(" LeadID")]
    [InlineData("dupcheck")]
    [InlineData("K\u200Bey")]
    public async Task A_mapping_to_a_reserved_name_is_refused_and_names_the_field(string to)
    {
        using var answer = await _host.Http.PutAsJsonAsync("/api/companies/demo/integrations/lawruler/mappings/*", new { fields = new[] { new { from = "client.firstName", to } } });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("fields[0].to", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_status_that_a_person_set_between_two_tries_is_kept_and_said()
    {
        await Chain.LeadAsync(_host, 810009);
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "500", count = 1, applied = "no" });
        await _host.SendAsync(Chain.Call(_host, "call_person", 810009, json => json["data"]!["status"] = "Review Needed"));
        await _host.EventuallyAsync(async () => await _host.WorkflowAsync("postcall.call_person") is { } waiting && Chain.States(waiting) == "waiting");
        using var answer = await _host.Http.PatchAsJsonAsync($"{_host.SandboxUrl}/_sandbox/lawruler/demo/leads/810009", new { status = "Not Retained" });
        answer.EnsureSuccessStatusCode();

        var workflow = await _host.EndOfWorkflowAsync("postcall.call_person", Chain.Second);

        var step = Chain.Step(workflow, "campaign_call");
        Assert.Equal(("done", 2), (Chain.Text(step, "state"), step.GetProperty("attempts").GetInt32()));
        Assert.Contains("set by a person", Chain.Text(step, "error"), StringComparison.Ordinal);
        var lead = await _host.LeadAsync(810009);
        Assert.Equal("Not Retained", Chain.Text(lead, "status"));
        Assert.Equal("Yes", lead.GetProperty("customFields").GetProperty("Custom1234").GetString());
    }

    [Fact]
    public async Task A_status_that_a_person_set_while_the_step_waited_for_the_rate_limit_is_kept()
    {
        await Chain.LeadAsync(_host, 810012);
        await Chain.SendWebhookAsync(_host, 810012);
        await _host.FaultAsync(new { system = "lawruler", operation = "getstatus", kind = "slow", count = 1, applied = "before", delayMs = 2000 });
        await _host.SendAsync(Chain.Call(_host, "call_limited", 810012, json => json["data"]!["status"] = "Review Needed"));
        await _host.EventuallyAsync(async () => await Chain.CountAsync(_host, "getstatus", 810012) == 1);
        await _host.Get<ConnectionLimits>().BlockAsync(WebhookHost.Demo, "lawruler", _host.Clock.GetUtcNow().AddMinutes(5), default);
        await _host.EventuallyAsync(async () => await _host.WorkflowAsync("postcall.call_limited") is { } waiting && Chain.States(waiting) == "waiting", Chain.Second);
        using var answer = await _host.Http.PatchAsJsonAsync($"{_host.SandboxUrl}/_sandbox/lawruler/demo/leads/810012", new { status = "Not Retained" });
        answer.EnsureSuccessStatusCode();
        await _host.WebhooksAnsweredAsync();

        var workflow = await _host.EndOfWorkflowAsync("postcall.call_limited", TimeSpan.FromSeconds(5));

        Assert.Equal("done done done done", Chain.States(workflow));
        Assert.Equal("Not Retained", Chain.Text(await _host.LeadAsync(810012), "status"));
    }

    [Fact]
    public async Task A_status_that_law_ruler_writes_late_does_not_come_after_a_persons()
    {
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "reset", count = 1, applied = "late", lateMs = 20_000 });
        await Chain.LeadAsync(_host, 810013);
        await _host.SendAsync(Chain.Call(_host, "call_late", 810013, json => json["data"]!["status"] = "Review Needed"));
        await _host.EventuallyAsync(async () => Chain.Text(await _host.LeadAsync(810013), "status") == "Review Needed", Chain.Second);
        using var answer = await _host.Http.PatchAsJsonAsync($"{_host.SandboxUrl}/_sandbox/lawruler/demo/leads/810013", new { status = "Not Retained" });
        answer.EnsureSuccessStatusCode();

        Assert.Equal("done done done done", Chain.States(await _host.EndOfWorkflowAsync("postcall.call_late", Chain.Second)));
        Assert.Equal("Not Retained", Chain.Text(await _host.LeadAsync(810013), "status"));
    }

    [Fact]
    public async Task Our_own_status_found_on_a_retry_is_not_taken_for_a_persons()
    {
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "502", count = 1, applied = "before" });
        var workflow = await Chain.RunAsync(_host, "call_own", 810010, json => json["data"]!["status"] = "Consultation Complete");
        Assert.Equal("done done done done", Chain.States(workflow));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, Chain.Step(workflow, "campaign_call").TryGetProperty("error", out var error) ? error.ValueKind : System.Text.Json.JsonValueKind.Null);
        Assert.Equal("Consultation Complete", Chain.Text(await _host.LeadAsync(810010), "status"));
    }

    [Fact]
    public async Task A_redirect_to_the_login_page_is_not_followed()
    {
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "login-redirect", count = 1, applied = "no" });
        var workflow = await Chain.RunAsync(_host, "call_login", 810011);
        Assert.Equal(2, Chain.Step(workflow, "campaign_call").GetProperty("attempts").GetInt32());
        Assert.DoesNotContain(await _host.SandboxRequestsAsync(), request => Chain.Text(request, "path")!.Contains("login", StringComparison.OrdinalIgnoreCase));
    }
}
