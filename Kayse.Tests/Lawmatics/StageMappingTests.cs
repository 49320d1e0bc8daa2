using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Mapping;

namespace Kayse.Tests.Lawmatics;

/// <summary>Into which stage a matter goes.</summary>
public sealed class StageMappingTests(OutboundFixture fixture) : IClassFixture<OutboundFixture>
{
    private const string Route = $"{LawmaticsHost.Base}/stages";

    private static readonly IReadOnlyList<CrmStage> s_stages =
    [
        new("147", "New Lead", "4", "Intake", true, 1), new("149", "Retained", "4", "Intake", true, 3), new("153", "Family Law Intake", "4", "Intake", true, 5), new("154", "Injury Intake", "4", "Intake", true, 6),
        new("151", "Open", "5", "Matters", false, 1),
    ];

    private readonly TestHost _host = fixture.Host;

    [Theory]
    [InlineData("Divorce — Standard", null, "Family Law Intake")]
    [InlineData("child custody", null, "Family Law Intake")]
    [InlineData("Motor Vehicle Accident", null, "Injury Intake")]
    [InlineData("Zantac", "Mass Tort", "New Lead")]
    [InlineData("Something nobody has heard of", null, "New Lead")]
    [InlineData(null, "Family Law", "Family Law Intake")]
    [InlineData(null, null, "New Lead")]
    public void Every_case_type_has_a_default(string? caseType, string? area, string stage) =>
        Assert.Equal(stage, LawmaticsStages.Choose(StageMapping.None, caseType, area, s_stages, []).Stage?.Name);

    [Theory]
    [InlineData("Mass Tort", "Mass Torts")]
    [InlineData("family law", "Family Law")]
    [InlineData("Lawn Care", null)]
    public void A_practice_area_is_found_by_its_name_without_regard_to_case_and_plural(string name, string? found) =>
        Assert.Equal(found, StageDefaults.AreaOf(name, [new CrmCaseType("986", "Family Law"), new CrmCaseType("988", "Mass Torts")])?.Name);

    [Fact]
    public void Without_an_intake_pipeline_the_first_stage_there_is_is_taken() =>
        Assert.Equal("Open", StageDefaults.StageOf("Family Law", [s_stages[4]])?.Name);

    [Fact]
    public void What_was_saved_counts_for_more_than_a_default_and_a_case_types_own_entry_for_more_than_the_one_for_all()
    {
        var saved = new StageMapping([new("*", "New Lead", "147"), new("Adoption", null, null), new("DUI", "Retained", "149")]);

        Assert.Equal("New Lead", LawmaticsStages.Choose(saved, "Divorce", null, s_stages, []).Stage?.Name);
        Assert.Equal("Retained", LawmaticsStages.Choose(saved, "dui", null, s_stages, []).Stage?.Name);
        Assert.Null(LawmaticsStages.Choose(saved, "Adoption", null, s_stages, []).Stage);
        Assert.True(LawmaticsStages.Choose(new StageMapping([new("*", "Gone", "1")]), "Divorce", null, s_stages, []).IsStageGone);
    }

    [Fact]
    public async Task Each_case_type_is_shown_with_its_default_and_lawmatics_stages_are_listed()
    {
        var view = await _host.GetJsonAsync(Route);

        var divorce = Entry(view, "Divorce — Standard");
        Assert.Equal(("Family Law Intake", "153", "Intake", "Family Law", true), (
            Outbound.Text(divorce, "crm"), Outbound.Text(divorce, "crmId"), Outbound.Text(divorce, "pipeline"), Outbound.Text(divorce, "practiceArea"), divorce.GetProperty("default").GetBoolean()));
        Assert.Contains("New Lead", view.GetProperty("stages").EnumerateArray().Select(stage => Outbound.Text(stage, "name")));
        Assert.DoesNotContain(view.GetProperty("entries").EnumerateArray(), entry => entry.GetProperty("crm").ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public async Task A_saved_stage_is_where_the_next_matter_goes()
    {
        using var put = await _host.Http.PutAsJsonAsync(Route, new { entries = new[] { new { kayse = "Boundary dispute", crm = (string?)"consultation", practiceArea = (string?)"Estate Planning" } } });
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        var entry = Entry(await put.Content.ReadFromJsonAsync<JsonElement>(), "Boundary dispute");
        Assert.Equal(("Consultation", "148", false), (Outbound.Text(entry, "crm"), Outbound.Text(entry, "crmId"), entry.GetProperty("default").GetBoolean()));

        var synced = await _host.SyncAsync(Outbound.Created("mat_stage", json => json["case"]!["caseType"] = "Boundary dispute"));

        var matter = (await _host.KeptAsync("matters")).Single(one => one.GetProperty("id").GetInt64().ToString() == Outbound.Text(synced, "matterId"));
        Assert.Equal(("Consultation", "Estate Planning"), (Outbound.Text(matter, "stage"), Outbound.Text(matter, "practiceArea")));
    }

    [Theory]
    [InlineData("""{"entries":null}""", "entries")]
    [InlineData("""{"entries":[{"kayse":" ","crm":"New Lead"}]}""", "entries[0].kayse")]
    [InlineData("""{"entries":[{"kayse":"A","crm":"No such stage"}]}""", "entries[0].crm")]
    [InlineData("""{"entries":[{"kayse":"A","crmId":"99999"}]}""", "entries[0].crmId")]
    [InlineData("""{"entries":[{"kayse":"A","crm":"New Lead","practiceArea":"Space Law"}]}""", "entries[0].practiceArea")]
    [InlineData("""{"entries":[{"kayse":"A","crm":"New Lead"},{"kayse":"a","crm":"Retained"}]}""", "entries[1].kayse")]
    public async Task What_lawmatics_does_not_have_is_named_and_nothing_is_saved(string body, string field)
    {
        var before = (await _host.GetJsonAsync(Route)).GetProperty("entries").GetRawText();

        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _host.Http.PutAsync(Route, content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray().Select(error => Outbound.Text(error, "field")));
        Assert.Equal(before, (await _host.GetJsonAsync(Route)).GetProperty("entries").GetRawText());
    }

    [Fact]
    public async Task The_status_map_has_retained_as_active_and_lists_the_stages_without_a_status()
    {
        var view = await _host.GetJsonAsync($"{LawmaticsHost.Base}/statuses");

        Assert.Contains(view.GetProperty("entries").EnumerateArray(), pair => (Outbound.Text(pair, "kayse"), Outbound.Text(pair, "crm")) == ("active", "Retained"));
        var unmapped = view.GetProperty("unmapped").EnumerateArray().Select(stage => Outbound.Text(stage, "name")).ToList();
        Assert.Contains("Consultation", unmapped);
        Assert.DoesNotContain("Retained", unmapped);
    }

    [Fact]
    public async Task A_status_map_is_saved_several_stages_may_be_one_status_and_one_stage_only_one()
    {
        await using var host = await Outbound.StartAsync();
        var route = $"{LawmaticsHost.Base}/statuses";
        using var put = await host.Http.PutAsJsonAsync(route, new { entries = new object[] { new { kayse = "active", crm = "Retained" }, new { kayse = "active", crm = "Open", crmId = "151" } } });
        using var twice = await host.Http.PutAsJsonAsync(route, new { entries = new[] { new { kayse = "active", crm = "Retained" }, new { kayse = "lost", crm = "retained" } } });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (put.StatusCode, twice.StatusCode));
        Assert.Contains("entries[1].crm", await twice.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var mapping = await host.Get<LawmaticsStatuses>().MappingAsync(LawmaticsHost.Demo, CancellationToken.None);
        Assert.Equal(("active", "active", "Lost"), (mapping.ToKayse("Retained", "149"), mapping.ToKayse("Open", "151"), mapping.ToKayse("Lost", "150")));
        Assert.False((await host.GetJsonAsync(route)).GetProperty("default").GetBoolean());
    }

    [Fact]
    public async Task An_entry_of_the_status_map_that_names_neither_a_stage_nor_a_sub_status_is_kept_and_warned_about()
    {
        await using var host = await Outbound.StartAsync();
        using var put = await host.Http.PutAsJsonAsync($"{LawmaticsHost.Base}/statuses", new { entries = new[] { new { kayse = "active", crm = "Retaned" }, new { kayse = "booked", crm = "consultation booked" } } });
        var view = await put.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Contains("Consultation Booked", view.GetProperty("subStatuses").EnumerateArray().Select(one => Outbound.Text(one, "name")));
        Assert.Equal(["Lawmatics has neither a stage nor a sub status Retaned."], view.GetProperty("warnings").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(2, view.GetProperty("entries").GetArrayLength());

        await host.InLawmaticsAsync("POST", "sub_statuses", new { name = "Retaned", status = "hired" });
        using var refreshed = await host.Http.PostAsync($"{Route}/refresh", null);
        Assert.Empty((await host.GetJsonAsync($"{LawmaticsHost.Base}/statuses")).GetProperty("warnings").EnumerateArray());
    }

    [Fact]
    public async Task A_default_stage_that_is_gone_in_lawmatics_is_chosen_anew()
    {
        await using var host = await Outbound.StartAsync();
        await host.SyncAsync(Outbound.Created("mat_before"));
        await host.InLawmaticsAsync("DELETE", "stages/153");

        var synced = await host.SyncAsync(Outbound.Created("mat_after"), Outbound.Second);

        Assert.Equal("done", Outbound.Text(synced, "state"));
        Assert.Equal("New Lead", Outbound.Text((await host.KeptAsync("matters"))[^1], "stage"));
    }

    [Fact]
    public async Task A_chosen_stage_that_is_gone_is_said_and_nothing_is_sent_elsewhere()
    {
        await using var host = await Outbound.StartAsync();
        using var put = await host.Http.PutAsJsonAsync(Route, new { entries = new[] { new { kayse = "*", crmId = "148" } } });
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        await host.InLawmaticsAsync("DELETE", "stages/148");

        var synced = await host.SyncAsync(Outbound.Created("mat_gone"), Outbound.Second);

        Assert.Equal("failed", Outbound.Text(synced, "state"));
        Assert.Contains("stage mapping", Outbound.Text(Outbound.Step(synced, "matter"), "error"), StringComparison.Ordinal);
        Assert.Empty(await host.KeptAsync("matters"));
        using var refreshed = await host.Http.PostAsync($"{Route}/refresh", null);
        Assert.Contains((await refreshed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("entries").EnumerateArray(), entry => entry.GetProperty("gone").GetBoolean());
    }

    [Fact]
    public async Task A_practice_area_that_lawmatics_does_not_have_is_said_and_the_matter_is_made()
    {
        var synced = await _host.SyncAsync(Outbound.Created("mat_area", json =>
        {
            json["case"] = new JsonObject { ["caseType"] = "Sorcery" };
            json["data"]!["matter"]!["practiceArea"] = "Sorcery";
        }));

        Assert.Equal("done", Outbound.Text(synced, "state"));
        Assert.Contains("no practice area of the name", Outbound.Text(Outbound.Step(synced, "matter"), "error"), StringComparison.Ordinal);
    }

    private static JsonElement Entry(JsonElement view, string caseType) => view.GetProperty("entries").EnumerateArray().Single(entry => Outbound.Text(entry, "kayse") == caseType);
}
