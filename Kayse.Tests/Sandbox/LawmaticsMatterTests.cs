using System.Text.Json;

namespace Kayse.Tests.Sandbox;

public sealed class LawmaticsMatterTests
{
    [Fact]
    public async Task A_new_matter_is_answered_whole_with_the_person_of_its_contact()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var contact = await sandbox.ContactAsync(new { first_name = "Ana", last_name = "Ruiz", email = "ana@example.com" });
        var data = await sandbox.DataAsync("POST", "prospects", new { case_title = "Ruiz – Divorce", contact_id = contact, practice_area_id = 986, stage_id = 147, tags = new[] { "Kayse" } });
        var attributes = data.GetProperty("attributes");
        Assert.Equal(("Ruiz – Divorce", "pnc", "Pnc", "ana@example.com"), (Text(attributes, "case_title"), Text(attributes, "status"), Text(attributes, "sub_status"), Text(attributes, "email")));
        Assert.Equal(contact.ToString(), Related(data, "contact"));
        Assert.Equal("147", Related(data, "stage"));
        Assert.Equal("tag", data.GetProperty("relationships").GetProperty("tags").GetProperty("data")[0].GetProperty("type").GetString());
        Assert.Equal(["Kayse"], Assert.Single(await sandbox.KeptAsync("matters")).GetProperty("tags").EnumerateArray().Select(t => t.GetString()));
    }

    [Fact]
    public async Task Two_calls_that_say_the_same_make_two_matters_of_one_contact_which_is_overwritten()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        await sandbox.MatterAsync(new { case_title = "One", first_name = "Ana", email = "ana@example.com" });
        await sandbox.MatterAsync(new { case_title = "One", first_name = "Anna", email = "ANA@example.com" });
        Assert.Equal(2, (await sandbox.KeptAsync("matters")).Count);
        Assert.Equal("Anna", Assert.Single(await sandbox.KeptAsync("contacts")).GetProperty("firstName").GetString());
    }

    [Fact]
    public async Task The_contact_named_wins_then_the_oldest_that_matches_then_a_new_one()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var oldest = await sandbox.ContactAsync(new { first_name = "Ana", last_name = "Ruiz", email = "ana@example.com", phone = "505-555-0142" });
        var newer = await sandbox.ContactAsync(new { first_name = "Ana", last_name = "Ruiz", email = "ana@example.com", phone = "505-555-0142" });
        Assert.Equal(newer, await ContactOfAsync(sandbox, new { contact_id = newer, match_contact_by = "email", email = "ana@example.com" }));
        Assert.Equal(oldest, await ContactOfAsync(sandbox, new { match_contact_by = "email", email = "ANA@example.com" }));
        Assert.Equal(oldest, await ContactOfAsync(sandbox, new { match_contact_by = "phone", phone = "(505) 555 0142" }));
        Assert.Equal(oldest, await ContactOfAsync(sandbox, new { match_contact_by = "name", first_name = "ana", last_name = "ruiz" }));
        Assert.Equal(oldest, await ContactOfAsync(sandbox, new { first_name = "Somebody", phone = "5055550142" }));
        Assert.DoesNotContain(await ContactOfAsync(sandbox, new { match_contact_by = "phone", email = "ana@example.com" }), new[] { oldest, newer });
        Assert.Equal("Contact with id 9 does not exist.", await sandbox.RefusedAsync(422, "POST", "prospects", new { contact_id = 9 }));
    }

    [Fact]
    public async Task The_status_follows_the_sub_status_and_cannot_be_written()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var id = await sandbox.MatterAsync(new { first_name = "Ana", status = "hired" });
        Assert.Equal("pnc", (await sandbox.KeptAsync("matters"))[0].GetProperty("status").GetString());
        var hired = await sandbox.DataAsync("PUT", $"prospects/{id}?fields=status,sub_status,converted_date", new { sub_status_id = 5 });
        Assert.Equal(("hired", "Retained"), (Text(hired.GetProperty("attributes"), "status"), Text(hired.GetProperty("attributes"), "sub_status")));
        Assert.NotNull(Text(hired.GetProperty("attributes"), "converted_date"));
    }

    [Theory]
    [InlineData("first", "New Lead")]
    [InlineData("null", null)]
    public async Task A_matter_without_a_stage_gets_the_first_or_none(string mode, string? stage)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync(new { missingStage = mode });
        await sandbox.MatterAsync(new { first_name = "Ana" });
        Assert.Equal(stage, (await sandbox.KeptAsync("matters"))[0].GetProperty("stage").GetString());
    }

    [Fact]
    public async Task A_stage_can_be_accepted_and_ignored_while_people_still_move_it()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync(new { ignoreStage = true });
        var id = await sandbox.MatterAsync(new { first_name = "Ana", stage_id = 149 });
        var data = await sandbox.DataAsync("PUT", $"prospects/{id}?fields=stage", new { stage_id = 149, case_title = "Written" });
        Assert.Equal("147", Related(data, "stage"));
        await sandbox.SetAsync("PATCH", $"{LawmaticsSandbox.Own}/matters/{id}", new { stage = "Retained" });
        var matter = Assert.Single(await sandbox.KeptAsync("matters"));
        Assert.Equal(("Retained", "Written"), (matter.GetProperty("stage").GetString(), matter.GetProperty("caseTitle").GetString()));
        await sandbox.OptionsAsync(new { ignoreStage = false });
        Assert.Equal("148", Related(await sandbox.DataAsync("PATCH", $"prospects/{id}?fields=stage", new { stage_id = "148" }), "stage"));
    }

    [Fact]
    public async Task A_change_bumps_the_time_adds_its_notes_and_leaves_what_it_does_not_name()
    {
        var clock = new SandboxClock();
        await using var sandbox = await LawmaticsSandbox.StartAsync(clock: clock);
        var id = await sandbox.MatterAsync(new { case_title = "One", first_name = "Ana", email = "ana@example.com", tags = new[] { "a" } });
        clock.Advance(TimeSpan.FromMinutes(1));
        for (var n = 1; n <= 2; n++)
        {
            await sandbox.DataAsync("PUT", $"prospects/{id}", new { first_name = "Anna", notes = new[] { new { name = "Intake", body = $"Note {n}" } } });
        }

        var matter = Assert.Single(await sandbox.KeptAsync("matters"));
        Assert.Equal(("One", "2026-11-20T12:15:00.000-08:00"), (matter.GetProperty("caseTitle").GetString(), matter.GetProperty("updatedAt").GetString()));
        Assert.Equal(["a"], matter.GetProperty("tags").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal(["Note 1", "Note 2"], (await sandbox.KeptAsync("notes")).Select(n => n.GetProperty("body").GetString()));
        Assert.Equal("Anna", Assert.Single(await sandbox.KeptAsync("contacts")).GetProperty("firstName").GetString());
    }

    [Fact]
    public async Task A_refused_matter_leaves_nothing_behind()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var wrong = new object[]
        {
            new { first_name = "Ana", stage_id = 9 },
            new { first_name = "Ana", custom_fields = new[] { new { id = 4788, value = "x" } } },
            new { first_name = "Ana", email = "nobody" },
            new { first_name = "Ana", notes = new[] { new { name = "x" } } },
            new { first_name = "Ana", match_contact_by = "shoe" },
            new { case_title = "Nobody's" },
        };
        foreach (var body in wrong)
        {
            await sandbox.RefusedAsync(422, "POST", "prospects", body);
        }

        Assert.Empty(await sandbox.KeptAsync("contacts"));
        Assert.Empty(await sandbox.KeptAsync("matters"));
    }

    [Theory]
    [InlineData(6433, true, "true", "Yes")]
    [InlineData(6434, 3, "3", "3")]
    [InlineData(6435, "Somebody", "\"Somebody\"", "Somebody")]
    [InlineData(6437, 12.5, "12.5", "12.5")]
    [InlineData(6438, "07/04/2026", "\"2026-07-04\"", "2026-07-04")]
    [InlineData(6438, "2026-07-04", "\"2026-07-04\"", "2026-07-04")]
    [InlineData(6439, "14:05", "\"14:05\"", "14:05")]
    [InlineData(6440, "2026-07-04T20:00:00Z", "\"2026-07-04T12:00:00.000-08:00\"", "2026-07-04T12:00:00.000-08:00")]
    [InlineData(6441, "Sole", "64411", "Sole")]
    [InlineData(6442, "Pain, Nausea", "[64421,64420]", "Pain, Nausea")]
    public async Task Each_type_of_custom_field_keeps_what_it_should(int id, object value, string kept, string shown)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var data = await sandbox.DataAsync("POST", "prospects", new { first_name = "Ana", custom_fields = new[] { new { id, value } } });
        var row = data.GetProperty("attributes").GetProperty("custom_fields")[0];
        Assert.Equal((kept, shown), (row.GetProperty("value").GetRawText(), Text(row, "formatted_value")));
        Assert.Equal(kept, data.GetProperty("attributes").GetProperty("custom_field_values").GetProperty(id.ToString()).GetProperty("value").GetRawText());
        await sandbox.DataAsync("PUT", "prospects/" + LawmaticsSandbox.Id(data), new { custom_fields = new[] { new { id = id.ToString(), value = (string?)null } } });
        Assert.Equal(JsonValueKind.Null, Assert.Single(Assert.Single(await sandbox.KeptAsync("matters")).GetProperty("customFields").EnumerateObject()).Value.ValueKind);
    }

    [Theory]
    [InlineData(6433, "perhaps")]
    [InlineData(6434, "three")]
    [InlineData(6438, "tomorrow")]
    [InlineData(6441, "Shared")]
    [InlineData(6442, "Pain, Envy")]
    [InlineData(9, "x")]
    public async Task A_value_that_a_field_does_not_take_is_refused(int id, string value)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        await sandbox.RefusedAsync(422, "POST", "prospects", new { first_name = "Ana", custom_fields = new[] { new { id, value } } });
    }

    [Theory]
    [InlineData("mixed", JsonValueKind.Number, JsonValueKind.String)]
    [InlineData("number", JsonValueKind.Number, JsonValueKind.Number)]
    [InlineData("text", JsonValueKind.String, JsonValueKind.String)]
    public async Task Rows_of_custom_fields_come_twice_with_ids_as_numbers_or_text(string mode, JsonValueKind contact, JsonValueKind matter)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync(new { customFieldIds = mode });
        var one = await sandbox.DataAsync("POST", "contacts?fields=custom_fields", new { first_name = "Ana", custom_fields = new[] { new { id = "4788", value = "Yes" } } });
        var two = await sandbox.DataAsync("POST", "prospects?fields=custom_fields", new { first_name = "Ana", custom_fields = new[] { new { id = 6435, value = "Yes" } } });
        Assert.Equal([contact, contact], Ids(one));
        Assert.Equal([matter, matter], Ids(two));
        await sandbox.OptionsAsync(new { repeatCustomFields = false });
        Assert.Single(Ids(await sandbox.DataAsync("GET", $"contacts/{LawmaticsSandbox.Id(one)}?fields=custom_fields")));

        static IEnumerable<JsonValueKind> Ids(JsonElement data) =>
            data.GetProperty("attributes").GetProperty("custom_fields").EnumerateArray().Select(r => r.GetProperty("id").ValueKind);
    }

    private static async Task<long> ContactOfAsync(LawmaticsSandbox sandbox, object body) =>
        long.Parse(Related(await sandbox.DataAsync("POST", "prospects", body), "contact")!);

    private static string? Text(JsonElement attributes, string name) => attributes.GetProperty(name).GetString();

    private static string? Related(JsonElement data, string name) =>
        data.GetProperty("relationships").GetProperty(name).GetProperty("data").GetProperty("id").GetString();
}
