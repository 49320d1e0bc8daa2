using System.Net;
using System.Text.Json;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Mapping;

public sealed class FieldMappingTests(MappingHost at) : IClassFixture<MappingHost>, IAsyncLifetime
{
    public Task InitializeAsync() => at.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_mapping_of_a_case_type_that_is_not_linked_is_kept_and_blocked_with_a_warning_until_it_is_linked()
    {
        var saved = await at.MapAsync("Auto", ("client.firstName", "FirstName"));
        Assert.True(saved.GetProperty("blocked").GetBoolean());
        Assert.Equal(["The case type Auto is not linked: its mapping is blocked and nothing of it is sent. Link it first."], MappingHost.Texts(saved, "warnings"));

        await at.LinkAsync("Auto", "INNO MVA");

        var view = await at.GetAsync("mappings/Auto");
        Assert.False(view.GetProperty("blocked").GetBoolean());
        Assert.Empty(MappingHost.Texts(view, "warnings"));
        Assert.Equal("222", Chain.Text(Assert.Single(view.GetProperty("links").EnumerateArray()), "crmId"));
        Assert.Equal("FirstName", Chain.Text(Assert.Single(view.GetProperty("fields").EnumerateArray()), "to"));
    }

    [Fact]
    public async Task The_mapping_for_all_others_is_blocked_while_nothing_is_linked()
    {
        Assert.True((await at.MapAsync("*", ("client.firstName", "FirstName"))).GetProperty("blocked").GetBoolean());
        await at.LinkAsync("Auto", "INNO MVA");
        Assert.False((await at.GetAsync("mappings/*")).GetProperty("blocked").GetBoolean());
    }

    [Fact]
    public async Task A_linked_case_type_has_one_mapping_under_either_name()
    {
        await at.LinkAsync("Auto", "INNO MVA");
        var saved = await at.MapAsync("INNO MVA", ("client.firstName", "FirstName"));
        Assert.Equal("Auto", Chain.Text(saved, "caseType"));
        Assert.Equal(saved.ToString(), (await at.GetAsync("mappings/auto")).ToString());
    }

    [Theory]
    [InlineData("Motor")]
    [InlineData("INNO MVA")]
    public async Task A_mapping_is_taken_away_under_either_name_and_the_links_stay(string name)
    {
        // Made before they were linked, so that it stands under Law Ruler's name.
        await at.MapAsync("INNO MVA", ("client.firstName", "FirstName"));
        await at.LinkAsync("Motor", "INNO MVA");
        Assert.Single((await at.GetAsync("mappings/Motor")).GetProperty("fields").EnumerateArray());

        using var answer = await at.Host.Http.DeleteAsync($"/api/companies/demo/integrations/lawruler/mappings/{Uri.EscapeDataString(name)}");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var view = await at.GetAsync("mappings/Motor");
        Assert.Empty(view.GetProperty("fields").EnumerateArray());
        Assert.Single(view.GetProperty("links").EnumerateArray());
    }

    [Fact]
    public async Task What_the_answer_says_can_be_put_again_as_it_is()
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await at.PutAsync("mappings/Auto", new
        {
            fields = new[] { new { from = "analysis._custom1", to = "Custom4124" } },
            campaigns = new object[] { new { campaign = "42", fields = new object[] { new { from = (string?)null, to = "Custom4124" }, new { from = "client.city", to = "City" } } } },
        });
        var view = await at.GetAsync("mappings/Auto");
        Assert.Equal("Diagnosis", Chain.Text(view.GetProperty("fields")[0].GetProperty("field"), "label"));

        Assert.Equal(view.ToString(), (await at.PutAsync("mappings/Auto", view)).ToString());
    }

    [Theory]
    [InlineData("""{"fields":[{"from":"client.shoeSize","to":"Custom1"}]}""", "fields[0].from")]
    [InlineData("""{"fields":[{"from":"analysis.","to":"Custom1"}]}""", "fields[0].from")]
    [InlineData("""{"fields":[{"to":"Custom1"}]}""", "fields[0].from")]
    [InlineData("""{"fields":[{"from":"client.city"}]}""", "fields[0].to")]
    [InlineData("""{"fields":[{"from":"client.city","to":" kEY "}]}""", "fields[0].to")]
    [InlineData("""{"fields":[{"from":"client.city","to":"Custom1"},{"from":"client.zip","to":"custom1 "}]}""", "fields[1].to")]
    [InlineData("""{"fields":[null]}""", "fields")]
    [InlineData("""{}""", "fields")]
    [InlineData("""{"fields":[],"campaigns":[{"campaign":"4 2","fields":[]}]}""", "campaigns[0].campaign")]
    [InlineData("""{"fields":[],"campaigns":[{"campaign":"42","fields":[]},{"campaign":"42","fields":[]}]}""", "campaigns[1].campaign")]
    [InlineData("""{"fields":[],"campaigns":[{"campaign":"42"}]}""", "campaigns")]
    [InlineData("""{"fields":[],"campaigns":[{"campaign":"42","fields":[{"from":"client.city","to":"OverriddenLead"}]}]}""", "campaigns[0].fields[0].to")]
    [InlineData("""{"fields":[],"campaigns":[{"campaign":"42","fields":[{"from":"client.shoeSize","to":"City"}]}]}""", "campaigns[0].fields[0].from")]
    public async Task A_mapping_that_makes_no_sense_is_refused_and_names_the_field(string body, string field)
    {
        var (status, problem) = await at.TryPutAsync("mappings/Auto", JsonSerializer.Deserialize<JsonElement>(body));
        Assert.Equal((HttpStatusCode.BadRequest, field), (status, Chain.Text(problem.GetProperty("errors")[0], "field")));
        Assert.Empty((await at.GetAsync("mappings/Auto")).GetProperty("fields").EnumerateArray());
    }

    [Fact]
    public async Task A_mapping_larger_than_a_row_should_be_is_refused()
    {
        var (status, problem) = await at.TryPutAsync("mappings/Auto", new { fields = Enumerable.Range(0, 300).Select(i => new { from = $"case.fields.{new string('x', 100)}{i}", to = $"Custom{i}" }) });
        Assert.Equal((HttpStatusCode.BadRequest, "body"), (status, Chain.Text(problem.GetProperty("errors")[0], "field")));
    }

    [Fact]
    public async Task Saving_a_mapping_loads_the_fields_that_were_never_loaded_and_shows_why_it_could_not()
    {
        await Chain.PortalAsync(at.Host, new { caseTypes = new[] { new { id = 555, name = "Fresh" } }, options = new { unknownCaseType = "ignore" } });
        await at.PostAsync("case-types/refresh");
        await at.LinkAsync("Fresh", "Fresh");
        await at.Host.FaultAsync(new { system = "lawruler", operation = "fields", kind = "503", count = 1, applied = "no" });

        var failed = await at.MapAsync("Fresh", ("client.city", "Custom9"));
        Assert.Contains("fault of its own", Assert.Single(MappingHost.Texts(failed, "warnings")), StringComparison.Ordinal);
        Assert.False(failed.GetProperty("fields")[0].GetProperty("gone").GetBoolean());

        var loaded = await at.MapAsync("Fresh", ("client.city", "Custom9"));
        Assert.True(loaded.GetProperty("fields")[0].GetProperty("gone").GetBoolean());
        Assert.Equal(["Custom1234", "Custom1235", "Custom4124", "Custom4125", "Custom4126"], loaded.GetProperty("available").EnumerateArray().Select(field => Chain.Text(field, "key")));
        Assert.Equal(JsonValueKind.String, loaded.GetProperty("fieldsLoadedAt").ValueKind);
    }

    [Fact]
    public async Task A_firms_links_and_mappings_are_its_own()
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await at.MapAsync("Auto", ("client.firstName", "FirstName"));
        await at.Host.OpenFirmAsync("neighbour");

        var view = await at.Host.GetJsonAsync("/api/companies/neighbour/integrations/lawruler/mappings/Auto");

        Assert.Empty(view.GetProperty("fields").EnumerateArray());
        Assert.Empty(view.GetProperty("links").EnumerateArray());
    }
}
