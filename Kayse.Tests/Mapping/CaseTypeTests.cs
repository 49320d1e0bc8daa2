using System.Net;
using System.Text.Json;
using Kayse.Tests.LawRuler;
using Kayse.Tests.Web;

namespace Kayse.Tests.Mapping;

public sealed class CaseTypeTests(MappingHost at) : IClassFixture<MappingHost>, IAsyncLifetime
{
    public Task InitializeAsync() => at.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Case_types_are_loaded_from_law_ruler_with_id_and_name_and_each_says_what_it_is_linked_to()
    {
        await at.LinkAsync("Auto accident", "inno mva");
        var view = await at.GetAsync("case-types");

        Assert.Equal(["109 Zantac ", "222 INNO MVA Auto accident", "231 Camp Lejeune "], view.GetProperty("caseTypes").EnumerateArray().Select(type => $"{Chain.Text(type, "id")} {Chain.Text(type, "name")} {Chain.Text(type, "kayse")}"));
        var entry = Assert.Single(view.GetProperty("entries").EnumerateArray());
        Assert.Equal(("Auto accident", "INNO MVA", "222"), (Chain.Text(entry, "kayse"), Chain.Text(entry, "crm"), Chain.Text(entry, "crmId")));
        Assert.Equal(["2 of Law Ruler's case types are not linked: mapped fields of them are not sent."], MappingHost.Texts(view, "warnings"));
        Assert.Equal(at.Host.Clock.GetUtcNow(), view.GetProperty("loadedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task They_are_linked_by_id_by_name_or_by_both()
    {
        var view = await at.PutAsync("case-types", new { entries = new object[] { new { kayse = "A", crmId = "231" }, new { kayse = "B", crm = "Zantac", crmId = "109" }, new { kayse = "A", crm = "INNO MVA" } } });
        Assert.Equal(["A Camp Lejeune 231", "B Zantac 109", "A INNO MVA 222"], view.GetProperty("entries").EnumerateArray().Select(link => $"{Chain.Text(link, "kayse")} {Chain.Text(link, "crm")} {Chain.Text(link, "crmId")}"));
        Assert.Empty(MappingHost.Texts(view, "warnings"));
    }

    [Theory]
    [InlineData("""[{"kayse":"A","crm":"No Such Type"}]""", "entries[0].crm")]
    [InlineData("""[{"kayse":"A","crmId":"999"}]""", "entries[0].crmId")]
    [InlineData("""[{"kayse":"A","crmId":"a/b"}]""", "entries[0].crmId")]
    [InlineData("""[{"kayse":" ","crm":"Zantac"}]""", "entries[0].kayse")]
    [InlineData("""[{"kayse":"*","crm":"Zantac"}]""", "entries[0].kayse")]
    [InlineData("""[{"kayse":"A"}]""", "entries[0].crm")]
    [InlineData("""[{"kayse":"A","crm":"Zantac"},{"kayse":"B","crmId":"109"}]""", "entries[1].crm")]
    [InlineData("""[null]""", "entries")]
    [InlineData("null", "entries")]
    public async Task A_link_that_makes_no_sense_is_refused_and_names_the_field(string entries, string field)
    {
        var (status, problem) = await at.TryPutAsync("case-types", new { entries = JsonSerializer.Deserialize<JsonElement>(entries) });
        Assert.Equal((HttpStatusCode.BadRequest, field), (status, Chain.Text(problem.GetProperty("errors")[0], "field")));
        Assert.Empty((await at.GetAsync("case-types")).GetProperty("entries").EnumerateArray());
    }

    [Fact]
    public async Task Of_two_case_types_of_one_name_the_id_must_say_which()
    {
        await Chain.PortalAsync(at.Host, new { caseTypes = new[] { new { id = 109, name = "Zantac" }, new { id = 300, name = "zantac" } } });
        await at.PostAsync("case-types/refresh");

        var (status, problem) = await at.TryPutAsync("case-types", new { entries = new[] { new { kayse = "A", crm = "Zantac" } } });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("crmId", problem.ToString(), StringComparison.Ordinal);
        var view = await at.PutAsync("case-types", new { entries = new[] { new { kayse = "A", crm = "Zantac", crmId = "300" } } });
        Assert.Equal([null, "A"], view.GetProperty("caseTypes").EnumerateArray().Select(type => Chain.Text(type, "kayse")));
    }

    [Fact]
    public async Task A_refresh_keeps_links_marks_what_is_gone_and_lets_it_stay()
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await Chain.PortalAsync(at.Host, new { caseTypes = new[] { new { id = 109, name = "Zantac" } } });
        Assert.False((await at.GetAsync("case-types")).GetProperty("entries")[0].GetProperty("gone").GetBoolean());

        var (_, view) = await at.PostAsync("case-types/refresh");

        Assert.True(view.GetProperty("entries")[0].GetProperty("gone").GetBoolean());
        Assert.Contains("Law Ruler has the case type INNO MVA no more.", MappingHost.Texts(view, "warnings"));
        var kept = await at.PutAsync("case-types", new { entries = new[] { new { kayse = "Auto", crm = "INNO MVA", crmId = "222" }, new { kayse = "Zantac", crm = "Zantac", crmId = "109" } } });
        Assert.Equal([true, false], kept.GetProperty("entries").EnumerateArray().Select(link => link.GetProperty("gone").GetBoolean()));
    }

    [Theory]
    [InlineData("500", "fault of its own")]
    [InlineData("429", "slow down")]
    [InlineData("html200", "cannot be read")]
    [InlineData("reset", "broke")]
    [InlineData("truncated", "broke")]
    public async Task A_failed_load_is_shown_with_its_reason_and_keeps_what_was_loaded(string kind, string reason)
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await at.Host.FaultAsync(new { system = "lawruler", operation = "casetypes", kind, count = 1, applied = "no" });

        var (status, view) = await at.PostAsync("case-types/refresh");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(reason, Chain.Text(view.GetProperty("error"), "reason"), StringComparison.Ordinal);
        Assert.Equal(3, view.GetProperty("caseTypes").GetArrayLength());
        Assert.False(view.GetProperty("entries")[0].GetProperty("gone").GetBoolean());
        Assert.Equal(view.ToString(), (await at.GetAsync("case-types")).ToString());
        at.Host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(JsonValueKind.Null, (await at.PostAsync("case-types/refresh")).Json.GetProperty("error").ValueKind);
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_said_with_the_setting_that_holds_it()
    {
        await Chain.PortalAsync(at.Host, new { options = new { lookupsApi = false } });
        var (_, view) = await at.PostAsync("case-types/refresh");
        Assert.Contains("/ApiCaseTypes/GetCaseTypes. Check the setting fields.caseTypesPath", Chain.Text(view.GetProperty("error"), "reason"), StringComparison.Ordinal);
        Assert.Contains(
            (await at.Host.GetJsonAsync("/api/companies/demo/audit?limit=10")).GetProperty("items").EnumerateArray(),
            line => (Chain.Text(line, "action"), Chain.Text(line, "outcome")) == ("case_types_loaded", "failed") && Chain.Text(line, "detail")!.Contains("caseTypesPath", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_firm_that_is_not_connected_is_told_so_and_links_by_name()
    {
        await at.Host.OpenFirmAsync("unconnected");
        var view = await at.Host.GetJsonAsync("/api/companies/unconnected/integrations/lawruler/case-types");
        Assert.Contains("not connected", Chain.Text(view.GetProperty("error"), "reason"), StringComparison.Ordinal);
        Assert.Empty(view.GetProperty("caseTypes").EnumerateArray());

        using var byId = await at.Host.Http.PutAsync("/api/companies/unconnected/integrations/lawruler/case-types", new StringContent("""{"entries":[{"kayse":"A","crmId":"109"}]}"""));
        Assert.Equal(["entries[0].crm"], await CompanyTests.FieldsAsync(byId));
        using var byName = await at.Host.Http.PutAsync("/api/companies/unconnected/integrations/lawruler/case-types", new StringContent("""{"entries":[{"kayse":"A","crm":"Zantac"}]}"""));
        Assert.Equal(HttpStatusCode.OK, byName.StatusCode);
    }
}
