using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Core;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Mapping;

namespace Kayse.Tests.Lawmatics;

/// <summary>What goes into custom fields of contacts and matters.</summary>
public sealed class FieldMappingTests(OutboundFixture fixture) : IClassFixture<OutboundFixture>
{
    private const string Route = $"{LawmaticsHost.Base}/mappings";

    private readonly TestHost _host = fixture.Host;

    [Fact]
    public async Task Lawmatics_fields_are_listed_with_their_types_and_options()
    {
        var view = await _host.GetJsonAsync($"{LawmaticsHost.Base}/fields");

        var language = view.GetProperty("contact").EnumerateArray().Single(field => Outbound.Text(field, "name") == "Language");
        Assert.Equal(("4790", "list", "singleSelect"), (Outbound.Text(language, "id"), Outbound.Text(language, "fieldType"), Outbound.Text(language, "type")));
        Assert.Equal(["English", "Spanish", "Other"], language.GetProperty("options").EnumerateArray().Select(option => option.GetString()));
        Assert.DoesNotContain(view.GetProperty("matter").EnumerateArray(), field => Outbound.Text(field, "id") is "4790" or "6444");
    }

    [Fact]
    public async Task Values_are_written_as_each_type_of_field_takes_them()
    {
        await PutAsync("Types", new
        {
            contact = new[] { Pair("answers.language", "Language"), Pair("answers.by_mail", "4789"), Pair("answers.since", "4791"), Pair("client.email", "4788") },
            matter = new[]
            {
                Pair("answers.served", "Served"), Pair("answers.children", "6434"), Pair("answers.other", "6435"), Pair("answers.story", "6436"), Pair("answers.damages", "6437"),
                Pair("answers.day", "6438"), Pair("answers.hour", "6439"), Pair("answers.meeting", "6440"), Pair("answers.custody", "6441"), Pair("answers.symptoms", "6442"),
            },
        });

        var synced = await _host.SyncAsync(Outbound.Intake("mat_types", json =>
        {
            json["case"]!["caseType"] = "Types";
            json["data"]!["answers"] = new JsonArray(
                A("language", "spanish"), A("by_mail", true), A("since", "1/2/2020"), A("served", "Yes"), A("children", "3"), A("other", "Otto"), A("story", "Long ago.\nIt rained."), A("damages", "$1,234.50"),
                A("day", "March 3rd, 2024"), A("hour", "3:30 pm"), A("meeting", "2026-12-01 09:00"), A("custody", "joint"), A("symptoms", new JsonArray("pain", "Weight loss")));
        }));

        Assert.Equal("done", Outbound.Text(synced, "state"));
        var contact = (await _host.KeptAsync("contacts")).Single(one => Outbound.Text(one, "email") == "mat_types@example.com").GetProperty("customFields");
        Assert.Equal(("Spanish", "Yes", "2020-01-02", "mat_types@example.com"), (Outbound.Text(contact, "Language"), Outbound.Text(contact, "Prefers E-mail"), Outbound.Text(contact, "Date of First Contact"), Outbound.Text(contact, "Referred By")));
        var matter = (await _host.KeptAsync("matters")).Single(one => Outbound.Text(one, "caseTitle")!.EndsWith("mat_types", StringComparison.Ordinal)).GetProperty("customFields");
        Assert.Equal(("Yes", "3", "Otto", "1234.50"), (Outbound.Text(matter, "Served"), Outbound.Text(matter, "Number of Children"), Outbound.Text(matter, "Opposing Party"), Outbound.Text(matter, "Damages Claimed")));
        Assert.Equal(("2024-03-03", "15:30", "Joint", "Pain, Weight loss"), (Outbound.Text(matter, "Date of Incident"), Outbound.Text(matter, "Time of Incident"), Outbound.Text(matter, "Custody"), Outbound.Text(matter, "Symptoms")));
        Assert.StartsWith("2026-12-01T", Outbound.Text(matter, "Consultation At"), StringComparison.Ordinal);
        Assert.Equal("Long ago.\nIt rained.", Outbound.Text(matter, "Incident Description"));
    }

    [Theory]
    [InlineData("6434", "many")]
    [InlineData("6438", "some day")]
    [InlineData("6441", "Both")]
    [InlineData("6433", "perhaps")]
    [InlineData("6437", "a fortune")]
    [InlineData("6439", "at noon")]
    [InlineData("6440", "soon")]
    public async Task A_value_that_does_not_fit_is_left_out_and_named_in_the_audit_log(string field, string value)
    {
        var (caseType, matter) = ($"Misfit {field}", $"mat_misfit_{field}");
        await PutAsync(caseType, new { matter = new[] { Pair("answers.odd", field), Pair("answers.fine", "6435") } });

        var synced = await _host.SyncAsync(Outbound.Intake(matter, json =>
        {
            json["case"]!["caseType"] = caseType;
            json["data"]!["answers"] = new JsonArray(A("odd", value), A("fine", "Otto"));
        }));

        Assert.Equal("done", Outbound.Text(synced, "state"));
        var kept = (await _host.KeptAsync("matters")).Single(one => one.GetProperty("id").GetInt64().ToString() == Outbound.Text(synced, "matterId")).GetProperty("customFields");
        Assert.Equal(["Opposing Party"], kept.EnumerateObject().Select(one => one.Name));
        Assert.Contains(await _host.AuditAsync("matter"), line => line.Outcome == "warning" && line.Detail!.Contains($"«{value}»", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"matter":[{"from":"answers.x","to":"No such field"}]}""", "matter[0].to")]
    [InlineData("""{"matter":[{"from":"answers.x","to":"4788"}]}""", "matter[0].to")]
    [InlineData("""{"contact":[{"from":"answers.x","to":"Served"}]}""", "contact[0].to")]
    [InlineData("""{"matter":[{"from":"answers.x","to":"Referring Contact"}]}""", "matter[0].to")]
    [InlineData("""{"matter":[{"from":"client.email","to":"Served"}]}""", "matter[0].to")]
    [InlineData("""{"matter":[{"from":"client.dateOfBirth","to":"Custody"}]}""", "matter[0].to")]
    [InlineData("""{"matter":[{"from":"answers.x","to":"6435"},{"from":"answers.y","to":"Opposing Party"}]}""", "matter[1].to")]
    [InlineData("""{"matter":[{"from":"answers.","to":"6435"}]}""", "matter[0].from")]
    [InlineData("""{"matter":[{"from":null,"to":null}]}""", "matter[0].from")]
    [InlineData("""{"contact":[null]}""", "contact")]
    public async Task What_cannot_work_is_named_and_nothing_is_saved(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _host.Http.PutAsync(Route, content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray().Select(error => Outbound.Text(error, "field")));
        Assert.Equal(0, (await _host.GetJsonAsync(Route)).GetProperty("matter").GetArrayLength());
    }

    [Fact]
    public async Task A_case_type_without_a_mapping_has_the_one_for_all()
    {
        await using var host = await Outbound.StartAsync();
        using var all = await host.Http.PutAsJsonAsync(Route, new { contact = new[] { Pair("client.lastName", "Referred By") } });
        Assert.Equal(HttpStatusCode.OK, all.StatusCode);

        var view = await host.GetJsonAsync($"{Route}/Adoption");

        Assert.True(view.GetProperty("inherited").GetBoolean());
        Assert.Equal("4788", Outbound.Text(view.GetProperty("contact")[0], "to"));
        await host.SyncAsync(Outbound.Created("mat_all"));
        Assert.Equal("Quillfeather", Outbound.Text((await host.OnlyAsync("contacts")).GetProperty("customFields"), "Referred By"));
    }

    [Fact]
    public async Task A_case_type_whose_mapping_is_taken_away_has_the_one_for_all_again()
    {
        await PutAsync("Taken away", new { contact = new[] { Pair("answers.x", "Language") }, matter = new[] { Pair("answers.x", "Opposing Party") } });

        using var answer = await _host.Http.DeleteAsync($"{Route}/taken%20away");

        var view = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.OK, 0), (answer.StatusCode, view.GetProperty("contact").EnumerateArray().Concat(view.GetProperty("matter").EnumerateArray()).Count(pair => Outbound.Text(pair, "from") == "answers.x")));
        using var again = await _host.Http.DeleteAsync($"{Route}/taken%20away");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task A_linked_contact_gets_the_mapped_fields_and_keeps_its_own_name()
    {
        await using var host = await Outbound.StartAsync();
        using var put = await host.Http.PutAsJsonAsync(Route, new { contact = new[] { Pair("answers.year_of_birth", "Referred By") } });
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        await host.SeedAsync("contacts", new { first_name = "Mathilda", email = "mat_linked@example.com" });

        await host.SyncAsync(Outbound.Intake("mat_linked"));

        var contact = await host.OnlyAsync("contacts");
        Assert.Equal(("Mathilda", "1980"), (Outbound.Text(contact, "firstName"), Outbound.Text(contact.GetProperty("customFields"), "Referred By")));
    }

    [Fact]
    public async Task A_field_that_a_list_names_twice_is_sent_once()
    {
        await using var host = await Outbound.StartAsync();
        using var put = await host.Http.PutAsJsonAsync(Route, new { matter = new[] { Pair("answers.year_of_birth", "Opposing Party") } });
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        var field = new CrmField("6435", "Opposing Party", "string", LawmaticsFields.Matter, []);
        await host.Get<CrmLists>().SaveAsync(LawmaticsHost.Demo, "lawmatics", "fields~123", [field, field], KayseJson.Default.ListCrmField, CancellationToken.None);

        var synced = await host.SyncAsync(Outbound.Intake("mat_twice"));

        Assert.Equal("done", Outbound.Text(synced, "state"));
        Assert.Equal("1980", Outbound.Text((await host.OnlyAsync("matters")).GetProperty("customFields"), "Opposing Party"));
    }

    [Theory]
    [InlineData("yes", "Yes")]
    [InlineData("no", "No")]
    public async Task A_yes_or_no_is_sent_as_such_though_the_field_has_words_for_it(string given, string kept)
    {
        await using var host = await Outbound.StartAsync();
        await host.SeedAsync("custom_fields", new { name = "Represented", type = "Prospect", field_type = "boolean", options = new[] { "Yes", "No" } });
        using var put = await host.Http.PutAsJsonAsync(Route, new { matter = new[] { Pair("answers.represented", "Represented") } });
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());

        await host.SyncAsync(Outbound.Intake("mat_yes", json => json["data"]!["answers"] = new JsonArray(A("represented", given))));

        Assert.Equal(kept, Outbound.Text((await host.OnlyAsync("matters")).GetProperty("customFields"), "Represented"));
    }

    private static object Pair(string from, string to) => new { from, to };

    private static JsonObject A(string key, JsonNode? value) => Outbound.Answer(key, key, value);

    private async Task PutAsync(string caseType, object mapping)
    {
        using var answer = await _host.Http.PutAsJsonAsync($"{Route}/{Uri.EscapeDataString(caseType)}", mapping);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
