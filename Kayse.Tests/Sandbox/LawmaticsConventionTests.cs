using System.Text.Json;

namespace Kayse.Tests.Sandbox;

/// <summary>What all lists, reads and errors of Lawmatics have in common.</summary>
public sealed class LawmaticsConventionTests
{
    [Fact]
    public async Task Fields_are_answered_as_named_in_their_order_and_relationships_give_only_id_and_type()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var id = await sandbox.MatterAsync(new { first_name = "Ana", email = "ana@example.com", stage_id = 148, practice_area_id = "986" });
        var data = await sandbox.DataAsync("GET", $"prospects/{id}?fields=updated_at,stage,first_name,practice_area,nonsense");
        Assert.Equal(["updated_at", "first_name"], data.GetProperty("attributes").EnumerateObject().Select(a => a.Name));
        Assert.Equal("{\"stage\":{\"data\":{\"id\":\"148\",\"type\":\"stage\"}},\"practice_area\":{\"data\":{\"id\":\"986\",\"type\":\"practice_area\"}}}", data.GetProperty("relationships").GetRawText());
    }

    [Fact]
    public async Task All_fields_are_all_attributes_and_all_relationships()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var id = await sandbox.ContactAsync(new { first_name = "Ana" });
        var matter = await sandbox.MatterAsync(new { contact_id = id });
        var data = await sandbox.DataAsync("GET", $"contacts/{id}?fields=all");
        Assert.Equal("PNC", data.GetProperty("attributes").GetProperty("contact_type").GetString());
        Assert.Equal(matter.ToString(), data.GetProperty("relationships").GetProperty("prospects").GetProperty("data")[0].GetProperty("id").GetString());
        Assert.Equal(JsonValueKind.Null, data.GetProperty("relationships").GetProperty("company").GetProperty("data").ValueKind);
    }

    [Fact]
    public async Task Lists_come_newest_first_in_pages_of_25_whose_links_lead_elsewhere()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var ids = await sandbox.SeedAsync("matters", new { first_name = "Ana {n}", email = "ana{n}@example.com", count = 55 });
        var (_, page) = await sandbox.CallAsync("GET", "prospects?page=2&per_page=100");
        Assert.Equal(ids.Reverse().Skip(25).Take(25), page.GetProperty("data").EnumerateArray().Select(LawmaticsSandbox.Id));
        Assert.Equal("{\"total_pages\":3,\"limit_per_page\":25,\"total_entries\":55}", page.GetProperty("meta").GetRawText());
        Assert.Equal("{\"self\":\"/v1/prospect?page=2\",\"next\":\"/v1/prospect?page=3\",\"prev\":\"/v1/prospect?page=1\"}", page.GetProperty("links").GetRawText());
        var (_, last) = await sandbox.CallAsync("GET", "prospects?page=3");
        Assert.Equal((5, false), (last.GetProperty("data").GetArrayLength(), last.GetProperty("links").TryGetProperty("next", out _)));
        Assert.Equal(0, (await sandbox.DataAsync("GET", "prospects?page=4")).GetArrayLength());
        var (_, files) = await sandbox.CallAsync("GET", "files");
        Assert.Equal("/v1/documents?page=1", files.GetProperty("links").GetProperty("self").GetString());
    }

    [Fact]
    public async Task Custom_fields_come_whole_and_without_meta()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        await sandbox.SeedAsync("custom_fields", new { name = "Extra {n}", type = "Contact", field_type = "list", options = new[] { "a", "b" }, count = 30 });
        var (_, json) = await sandbox.CallAsync("GET", "custom_fields?fields=all");
        Assert.Equal((46, false, false), (json.GetProperty("data").GetArrayLength(), json.TryGetProperty("meta", out _), json.TryGetProperty("links", out _)));
        Assert.Equal(["a", "b"], json.GetProperty("data")[0].GetProperty("attributes").GetProperty("list_options").EnumerateArray().Select(o => o.GetProperty("name").GetString()));
        Assert.Equal(0, (await sandbox.DataAsync("GET", "custom_fields?page=2")).GetArrayLength());
    }

    [Theory]
    [InlineData("filter_by=first_name&filter_on=ana", new[] { "Ana" })]
    [InlineData("filter_by=first_name&filter_on=AN", new string[0])]
    [InlineData("filter_by=first_name&filter_on=an%25", new[] { "Anton", "Ana" })]
    [InlineData("filter_field=first_name&filter_value=ana&filter_operator=%3D", new string[0])]
    [InlineData("filter_by=first_name&filter_on=An%25&filter_with=like", new[] { "Anton", "Ana" })]
    [InlineData("filter_by=first_name&filter_on=an%25&filter_with=like", new string[0])]
    [InlineData("filter_by=first_name&filter_on=Ana&filter_with=!%3D", new[] { "Berta", "Anton" })]
    [InlineData("filter_by=phone&filter_with=null", new[] { "Berta", "Ana" })]
    [InlineData("filter_by=phone&filter_with=present", new[] { "Anton" })]
    [InlineData("filter_by=first_name&filter_on=ana&filter_by=phone", new[] { "Ana" })]
    [InlineData("filter_by=first_name&filter_on=%25&sort_by=first_name&sort_order=asc", new[] { "Ana", "Anton", "Berta" })]
    [InlineData("filter_by=updated_at&filter_on=2026-11-20T20:15:00Z&filter_with=%3E%3D", new[] { "Berta", "Anton" })]
    [InlineData("filter_by=created_at&filter_on=2026-11-20T12:15:00.000-08:00&filter_with=%3C", new[] { "Ana" })]
    [InlineData("sort_by=created_at&sort_order=asc", new[] { "Ana", "Anton", "Berta" })]
    public async Task One_filter_and_one_order_select_as_documented(string query, string[] expected)
    {
        var clock = new SandboxClock();
        await using var sandbox = await LawmaticsSandbox.StartAsync(clock: clock);
        foreach (var body in new object[] { new { first_name = "Ana" }, new { first_name = "Anton", phone = "505-555-0101" }, new { first_name = "Berta" } })
        {
            await sandbox.ContactAsync(body);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        var found = await sandbox.DataAsync("GET", "contacts?" + query);
        Assert.Equal(expected, found.EnumerateArray().Select(c => c.GetProperty("attributes").GetProperty("first_name").GetString()));
    }

    [Fact]
    public async Task Matters_are_filtered_by_the_ids_of_what_they_belong_to()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var here = await sandbox.MatterAsync(new { first_name = "Ana", stage_id = 148, practice_area_id = 986, sub_status_id = 3 });
        await sandbox.MatterAsync(new { first_name = "Berta", stage_id = 149 });
        foreach (var filter in new[] { "stage_id&filter_on=148", "practice_area_id&filter_on=986", "status&filter_on=hired" })
        {
            Assert.Equal(here, LawmaticsSandbox.Id(Assert.Single((await sandbox.DataAsync("GET", "prospects?filter_by=" + filter)).EnumerateArray())));
        }

        Assert.Equal(6, (await sandbox.DataAsync("GET", "stages?fields=name,pipeline&filter_by=pipeline_id&filter_on=4")).GetArrayLength());
    }

    [Theory]
    [InlineData("contacts?filter_by=shoe_size&filter_on=9")]
    [InlineData("contacts?filter_by=custom_fields&filter_on=9")]
    [InlineData("interactions?filter_by=matter_id&filter_on=9")]
    [InlineData("prospects?filter_by=updated_at&filter_on=2026-01-01")]
    public async Task A_filter_that_is_not_there_is_refused(string path)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync(new { refusedFilters = new[] { "interactions.matter_id", "prospects.updated_at" } });
        var (status, json) = await sandbox.CallAsync("GET", path);
        Assert.Equal((422, "Filter By Parameter Not Available"), (status, json.GetProperty("errors")[0].GetProperty("title").GetString()));
    }

    [Theory]
    [InlineData("GET", "matters")]
    [InlineData("POST", "activities")]
    [InlineData("PUT", "stages/147")]
    public async Task A_path_that_is_not_there_is_told_with_a_ghost(string method, string path)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        Assert.EndsWith("\U0001F47B", await sandbox.RefusedAsync(404, method, path, method == "GET" ? null : new { }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_no_json_object_is_refused_and_every_answer_has_a_request_id()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        using var answer = await sandbox.Http.PostAsync("/lawmatics/v1/contacts", new StringContent("{\"first_name\":"));
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.True(Guid.TryParse(answer.Headers.GetValues("X-Request-Id").Single(), out _));
    }

    [Fact]
    public async Task Sub_statuses_and_practice_areas_can_be_made_changed_and_removed()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var made = await sandbox.DataAsync("POST", "sub_statuses", new { name = "Signed", status = "Hired" });
        Assert.Equal(("prospect_sub_status", "hired"), (made.GetProperty("type").GetString(), made.GetProperty("attributes").GetProperty("status").GetString()));
        var read = await sandbox.DataAsync("GET", $"sub_statuses/{LawmaticsSandbox.Id(made)}");
        Assert.Equal("sub_status", read.GetProperty("type").GetString());
        await sandbox.RefusedAsync(422, "POST", "sub_statuses", new { name = "Odd", status = "odd" });
        var (status, _) = await sandbox.CallAsync("PUT", "practice_areas/986", new { name = "Families" });
        Assert.Equal((201, "Families"), (status, (await sandbox.DataAsync("GET", "practice_areas/986")).GetProperty("attributes").GetProperty("name").GetString()));
        await sandbox.DataAsync("DELETE", "practice_areas/986");
        await sandbox.RefusedAsync(422, "POST", "prospects", new { first_name = "Ana", practice_area_id = 986 });
    }

    [Fact]
    public async Task Pipelines_stages_sources_campaigns_and_users_can_be_read()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var stages = await sandbox.DataAsync("GET", "stages?fields=name,pipeline&sort_by=id&sort_order=asc");
        Assert.Equal(["New Lead", "Consultation", "Retained"], stages.EnumerateArray().Take(3).Select(s => s.GetProperty("attributes").GetProperty("name").GetString()));
        Assert.Equal("4", stages[0].GetProperty("relationships").GetProperty("pipeline").GetProperty("data").GetProperty("id").GetString());
        var pipelines = await sandbox.DataAsync("GET", "pipelines?fields=all&sort_order=asc");
        Assert.Equal(["intake", "normal"], pipelines.EnumerateArray().Select(p => p.GetProperty("attributes").GetProperty("pipeline_type").GetString()));
        Assert.Equal(2, pipelines[1].GetProperty("relationships").GetProperty("stages").GetProperty("data").GetArrayLength());
        foreach (var path in new[] { "sources", "campaigns", "users" })
        {
            Assert.Equal(1, (await sandbox.DataAsync("GET", path)).GetArrayLength());
        }
    }
}
