using System.Text.Json;

namespace Kayse.Tests.Sandbox;

public sealed class LawmaticsContactTests
{
    private static readonly object Ana = new { first_name = "Ana", last_name = "Ruiz", email = "ana@example.com", phone = "505-555-0142" };

    [Fact]
    public async Task A_contact_is_written_flat_and_answered_in_an_envelope_with_a_text_for_its_id()
    {
        var clock = new SandboxClock();
        await using var sandbox = await LawmaticsSandbox.StartAsync(clock: clock);
        var (status, json) = await sandbox.CallAsync("POST", "contacts", Ana);
        var data = json.GetProperty("data");
        Assert.Equal((201, "contact", JsonValueKind.String), (status, data.GetProperty("type").GetString(), data.GetProperty("id").ValueKind));
        Assert.Equal(["first_name", "last_name", "email", "phone", "created_at", "updated_at"], data.GetProperty("attributes").EnumerateObject().Select(a => a.Name));
        Assert.Equal("2026-11-20T12:14:00.000-08:00", data.GetProperty("attributes").GetProperty("created_at").GetString());
        Assert.Equal("505-555-0142", data.GetProperty("attributes").GetProperty("phone").GetString());
        Assert.Empty(data.GetProperty("relationships").EnumerateObject());
    }

    [Fact]
    public async Task A_body_in_an_envelope_of_its_own_says_nothing()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        Assert.Equal("First name can't be blank.", await sandbox.RefusedAsync(422, "POST", "contacts", new { data = Ana }));
        Assert.Equal("Email is invalid.", await sandbox.RefusedAsync(422, "POST", "contacts", new { email = "nobody" }));
        Assert.Empty(await sandbox.KeptAsync("contacts"));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public async Task A_change_writes_what_it_names_and_its_notes_are_added(string method)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var id = await sandbox.ContactAsync(Ana);
        await sandbox.DataAsync(method, $"contacts/{id}", new { last_name = "Ruiz-Orr", phone = (string?)null, notes = new[] { new { name = "Intake", body = "Complete." } } });
        var contact = Assert.Single(await sandbox.KeptAsync("contacts"));
        Assert.Equal(("Ana", "Ruiz-Orr", JsonValueKind.Null), (contact.GetProperty("firstName").GetString(), contact.GetProperty("lastName").GetString(), contact.GetProperty("phone").ValueKind));
        var note = Assert.Single(await sandbox.KeptAsync("notes"));
        Assert.Equal(("contact", id, "Intake", "Complete."), (note.GetProperty("on").GetString(), note.GetProperty("onId").GetInt64(), note.GetProperty("name").GetString(), note.GetProperty("body").GetString()));
        Assert.Equal("Contact with id 9 was not found.", await sandbox.RefusedAsync(404, method, "contacts/9", new { last_name = "x" }));
    }

    [Fact]
    public async Task A_deleted_contact_is_answered_once_more_and_is_gone()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var id = await sandbox.ContactAsync(Ana);
        Assert.Equal("Ana", (await sandbox.DataAsync("DELETE", $"contacts/{id}")).GetProperty("attributes").GetProperty("first_name").GetString());
        await sandbox.RefusedAsync(404, "GET", $"contacts/{id}");
    }

    [Theory]
    [InlineData("find_by_email/ANA%40example.com")]
    [InlineData("find_by_phone/(505)%20555-0142")]
    [InlineData("find_by_name/ana%20ruiz")]
    public async Task A_finder_finds_the_one_that_is_meant(string finder)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        await sandbox.ContactAsync(new { first_name = "Tana", last_name = "Ruizo", email = "tana@example.com", phone = "1505-555-0142" });
        var id = await sandbox.ContactAsync(Ana);
        Assert.Equal(id, LawmaticsSandbox.Id(await sandbox.DataAsync("GET", "contacts/" + finder)));
    }

    [Fact]
    public async Task A_finder_answers_what_is_merely_like_the_value_and_on_demand_puts_it_first()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var similar = await sandbox.ContactAsync(new { first_name = "Tana", email = "tana@example.com" });
        Assert.Equal(similar, LawmaticsSandbox.Id(await sandbox.DataAsync("GET", "contacts/find_by_email/ana%40example.com")));
        var right = await sandbox.ContactAsync(Ana);
        Assert.Equal(right, LawmaticsSandbox.Id(await sandbox.DataAsync("GET", "contacts/find_by_email/ana%40example.com")));
        await sandbox.OptionsAsync(new { wrongFirstHit = true });
        Assert.Equal(similar, LawmaticsSandbox.Id(await sandbox.DataAsync("GET", "contacts/find_by_email/ana%40example.com")));
        Assert.Equal(right, LawmaticsSandbox.Id((await sandbox.DataAsync("GET", "contacts?filter_by=email&filter_on=ana%40example.com&filter_with=%3D"))[0]));
    }

    [Fact]
    public async Task Nothing_found_is_404_or_null()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        await sandbox.RefusedAsync(404, "GET", "contacts/find_by_email/ana%40example.com");
        await sandbox.OptionsAsync(new { notFound = "null" });
        Assert.Equal(JsonValueKind.Null, (await sandbox.DataAsync("GET", "contacts/find_by_email/ana%40example.com")).ValueKind);
    }

    [Theory]
    [InlineData("duplicate", 201, 2)]
    [InlineData("merge", 200, 1)]
    [InlineData("422", 422, 1)]
    public async Task A_second_contact_of_one_address_is_made_merged_or_refused(string mode, int status, int contacts)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync(new { duplicateEmail = mode });
        var first = await sandbox.ContactAsync(Ana);
        var (answered, json) = await sandbox.CallAsync("POST", "contacts", new { first_name = "Anna", email = "Ana@Example.com" });
        Assert.Equal((status, contacts), (answered, (await sandbox.KeptAsync("contacts")).Count));
        if (mode == "merge")
        {
            Assert.Equal((first, "Anna"), (LawmaticsSandbox.Id(json.GetProperty("data")), (await sandbox.KeptAsync("contacts"))[0].GetProperty("firstName").GetString()));
        }
    }
}
