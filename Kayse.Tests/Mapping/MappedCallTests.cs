using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Events;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Mapping;

public sealed class MappedCallTests(MappingHost at) : IClassFixture<MappingHost>, IAsyncLifetime
{
    private static int s_calls;

    private string _last = string.Empty;

    public Task InitializeAsync() => at.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Each_value_goes_out_in_the_form_that_its_field_takes()
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await at.PostAsync("fields/refresh?caseType=Auto");
        await at.MapAsync(
            "Auto", ("analysis._customMedicine", "Custom1234"), ("analysis._customSince", "Custom1235"), ("case.fields.Finding", "Custom4124"), ("analysis._customStage", "Custom4125"),
            ("analysis._customSymptoms", "Custom4126"), ("client.dateOfBirth", "DOB"), ("client.firstName", "FirstName"), ("client.zip", "Zip"));

        var lead = await SendAsync("INNO MVA", new JsonObject
        {
            ["_customMedicine"] = true,
            ["_customSince"] = "January 2nd, 2000",
            ["_customStage"] = "stage ii",
            ["_customSymptoms"] = new JsonArray("nausea", "Pain, chronic"),
        }, ("Finding", "Whiplash"), ("Date of Birth", "4/3/1980"));

        Assert.Equal(
            "Custom1234=Yes&Custom1235=1/2/2000&Custom4124=Whiplash&Custom4125=Stage II&Custom4126=Nausea, Pain, chronic",
            string.Join('&', lead.GetProperty("customFields").EnumerateObject().OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => $"{field.Name}={field.Value}")));
        var fields = lead.GetProperty("fields");
        Assert.Equal(("04/03/1980", "Ana", false), (Chain.Text(fields, "DOB"), Chain.Text(fields, "FirstName"), fields.TryGetProperty("Zip", out _)));
    }

    [Fact]
    public async Task A_rejected_value_is_not_sent_the_rest_is_and_the_audit_log_names_the_field_but_never_the_value()
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await at.PostAsync("fields/refresh?caseType=Auto");
        await at.MapAsync("Auto", ("analysis._custom1235", "Custom1235"), ("analysis._customStage", "Custom4125"), ("client.lastName", "LastName"));

        var call = NextCall();
        var lead = await SendAsync("INNO MVA", new JsonObject { ["_custom1235"] = "some winter long ago", ["_customStage"] = "Stage Nine" }, call);

        Assert.Empty(lead.GetProperty("customFields").EnumerateObject());
        Assert.Equal("Ruiz", Chain.Text(lead.GetProperty("fields"), "LastName"));
        var details = (await Chain.AuditAsync(at.Host, call)).Where(line => Chain.Text(line, "outcome") == "warning").Select(line => Chain.Text(line, "detail"));
        Assert.Contains("These fields were not sent: Custom1235 (Date of first use): Its value does not fit a field of the type Date; a test with this case shows it. Custom4125 (Stage): Its value does not fit a field of the type SingleSelect; a test with this case shows it.", details);
        Assert.DoesNotContain(at.Host.Log.Lines, line => line.Contains("winter", StringComparison.Ordinal) || line.Contains("Stage Nine", StringComparison.Ordinal));
        Assert.DoesNotContain("winter", (await at.Host.WorkflowAsync($"postcall.{call}")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_mapping_of_a_case_type_that_is_not_linked_sends_nothing_and_the_audit_log_says_so()
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await at.MapAsync("Zantac", ("client.lastName", "LastName"));
        await at.MapAsync("*", ("client.email", "Email2"));
        var call = NextCall();

        var lead = await SendAsync("Zantac", new JsonObject { ["_custom1234"] = true }, call);

        Assert.False(lead.GetProperty("fields").TryGetProperty("LastName", out _));
        Assert.False(lead.GetProperty("fields").TryGetProperty("Email2", out _));
        // What the voice model put under a custom key is no mapping.
        Assert.Equal("Yes", Chain.Text(lead.GetProperty("customFields"), "Custom1234"));
        Assert.Contains(await Chain.AuditAsync(at.Host, call), line => Chain.Text(line, "outcome") == "warning" && Chain.Text(line, "detail")!.StartsWith("The case type Zantac is not linked", StringComparison.Ordinal));

        await at.LinkAsync("Zantac", "Zantac");
        Assert.Equal("Ruiz", Chain.Text((await SendAsync("Zantac", [])).GetProperty("fields"), "LastName"));
    }

    [Fact]
    public async Task A_linked_case_type_without_a_mapping_of_its_own_takes_the_one_for_all()
    {
        await at.PutAsync("case-types", new { entries = new[] { new { kayse = "Water", crm = "Camp Lejeune" }, new { kayse = "Auto", crm = "INNO MVA" } } });
        await at.MapAsync("*", ("case.type", "Hear"));
        await at.MapAsync("Auto", ("client.lastName", "Hear"));

        Assert.Equal("Camp Lejeune", Chain.Text((await SendAsync("Camp Lejeune", [])).GetProperty("fields"), "Hear"));
        Assert.Equal("Ruiz", Chain.Text((await SendAsync("INNO MVA", [])).GetProperty("fields"), "Hear"));
    }

    [Fact]
    public async Task A_campaign_replaces_adds_and_leaves_out()
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await at.PutAsync("mappings/Auto", new
        {
            fields = new[] { new { from = "client.firstName", to = "Hear" }, new { from = "client.lastName", to = "LastName" }, new { from = "client.email", to = "Email2" } },
            campaigns = new object[] { new { campaign = "42", fields = new object[] { new { from = "campaign.name", to = "hear" }, new { from = (string?)null, to = "Email2" }, new { from = "call.id", to = "Custom4124" } } } },
        });
        var (first, second) = (NextCall(), NextCall());

        var in42 = await SendAsync("INNO MVA", [], first);
        var other = await SendAsync("INNO MVA", [], second, campaign: "43");

        Assert.Equal("Hear=Zantac Settlement LastName=Ruiz Email2= Custom4124=" + first, Summary(in42));
        Assert.Equal("Hear=Ana LastName=Ruiz Email2=ana@example.com Custom4124=", Summary(other));
    }

    [Theory]
    [InlineData("sendMappedFields")]
    [InlineData("outboundCaseTypes")]
    public async Task Nothing_mapped_is_sent_when_the_toggle_is_off_or_the_case_type_is_not_sent_and_the_mapping_stays(string way)
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await at.MapAsync("Auto", ("client.lastName", "LastName"));
        await at.Host.PatchSettingsAsync(way == "sendMappedFields" ? (object)new { toggles = new { sendMappedFields = false } } : new { settings = new { outboundCaseTypes = new[] { "Zantac" } } });

        var lead = MappingHost.NewLead();
        await Chain.LeadAsync(at.Host, lead, new { caseType = "INNO MVA" });
        await at.Host.SendAsync(Call(NextCall(), lead, "INNO MVA", new JsonObject { ["_custom1234"] = true }, "42"));
        await at.Host.EventuallyAsync(
            async () => (await at.Host.Get<PendingWork>().AllAsync(WebhookHost.Demo, default)).Count == 0
                && (await at.Host.WorkflowAsync($"postcall.{_last}"))?.GetProperty("endedAt").ValueKind is null or JsonValueKind.String,
            Chain.Second);

        foreach (var form in await Chain.FormsAsync(at.Host, lead))
        {
            Assert.DoesNotContain(form, pair => pair.Key == "LastName" || pair.Key.StartsWith("Custom", StringComparison.Ordinal));
        }

        Assert.Single((await at.GetAsync("mappings/Auto")).GetProperty("fields").EnumerateArray());
    }

    [Fact]
    public async Task A_field_that_is_gone_is_not_sent_and_the_audit_log_says_so()
    {
        await at.LinkAsync("Boat", "Camp Lejeune");
        await at.PostAsync("fields/refresh?caseType=Boat");
        await at.MapAsync("Boat", ("client.lastName", "Custom9999"), ("client.email", "Custom4124"));
        var call = NextCall();

        var lead = await SendAsync("Camp Lejeune", [], call);

        Assert.Equal("ana@example.com", Chain.Text(lead.GetProperty("customFields"), "Custom4124"));
        Assert.False(lead.GetProperty("customFields").TryGetProperty("Custom9999", out _));
        Assert.Contains(await Chain.AuditAsync(at.Host, call), line => Chain.Text(line, "detail") == "These fields were not sent: Custom9999: Law Ruler's list of fields has no such field.");
    }

    [Fact]
    public async Task The_way_dates_are_written_is_a_setting()
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await at.PostAsync("fields/refresh?caseType=Auto");
        await at.MapAsync("Auto", ("analysis._customSince", "Custom1235"));
        await at.Host.PatchSettingsAsync(new { settings = new { fields = new { dateFormat = "yyyy-MM-dd" } } });
        Assert.Equal("2000-01-02", Chain.Text((await SendAsync("INNO MVA", new JsonObject { ["_customSince"] = "1/2/2000" })).GetProperty("customFields"), "Custom1235"));
    }

    [Fact]
    public async Task A_call_whose_mapped_fields_meet_faults_sends_them_once_the_crm_is_back()
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await at.MapAsync("Auto", ("client.lastName", "LastName"));
        await at.Host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "500", count = 2, applied = "no" });
        Assert.Equal("Ruiz", Chain.Text((await SendAsync("INNO MVA", [])).GetProperty("fields"), "LastName"));
    }

    private static string NextCall() => $"call_map{Interlocked.Increment(ref s_calls)}";

    private Task<JsonElement> SendAsync(string caseType, JsonObject custom, params (string Name, string Value)[] fields) => SendAsync(caseType, custom, NextCall(), "42", fields);

    /// <summary>Makes a case, sends a call about it and returns the lead when the chain has ended.</summary>
    private async Task<JsonElement> SendAsync(string caseType, JsonObject custom, string call, string campaign = "42", params (string Name, string Value)[] fields)
    {
        var (lead, _) = await at.CaseAsync(caseType, fields);
        await at.Host.SendAsync(Call(call, lead, caseType, custom, campaign));
        await EndAsync();
        return await at.Host.LeadAsync(lead);
    }

    private JsonObject Call(string call, long lead, string caseType, JsonObject custom, string campaign)
    {
        _last = call;
        return Chain.Call(at.Host, call, lead, json =>
        {
            json["case"]!["caseType"] = caseType;
            json["data"]!["campaign"] = new JsonObject { ["id"] = campaign, ["name"] = campaign == "42" ? "Zantac Settlement" : "Other" };
            Chain.Analysis(json)["custom_analysis_data"] = custom;
        });
    }

    private async Task EndAsync() => await at.Host.EndOfWorkflowAsync($"postcall.{_last}", Chain.Second);

    private static string Summary(JsonElement lead)
    {
        string? Field(string part, string name) => lead.GetProperty(part).TryGetProperty(name, out var value) ? value.GetString() : null;
        return $"Hear={Field("fields", "Hear") ?? Field("fields", "hear")} LastName={Field("fields", "LastName")} Email2={Field("fields", "Email2")} Custom4124={Field("customFields", "Custom4124")}";
    }
}
