using System.Net.Http.Headers;
using static Kayse.Tests.Sandbox.SandboxClient;

namespace Kayse.Tests.Sandbox;

public sealed class LawmaticsNoteAndFormTests
{
    private const string Simple = "0a6c1f2e-1111-4d0a-9b1e-000000000001";
    private static readonly object Handed = new { first_name = "Ana", last_name = "Ruiz", email = "ana@example.com", custom_field_6441 = "Sole", general_field_1e50 = "A friend", utm_source = "web" };

    [Fact]
    public async Task A_note_is_kept_and_stands_on_the_timeline()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var matter = await sandbox.MatterAsync(new { first_name = "Ana" });
        var other = await sandbox.MatterAsync(new { first_name = "Berta" });
        var note = await sandbox.DataAsync("POST", "notes", new { name = "Intake completed", body = "Done.", notable_type = "Prospect", notable_id = matter });
        Assert.Equal("note", note.GetProperty("type").GetString());
        var activities = await sandbox.DataAsync("GET", $"activities?fields=key,tracked,recipient&filter_by=matter_id&filter_on={matter}");
        var made = activities[0];
        Assert.Equal(("note.create", note.GetProperty("id").GetString()), (made.GetProperty("attributes").GetProperty("key").GetString(), made.GetProperty("relationships").GetProperty("tracked").GetProperty("data").GetProperty("id").GetString()));
        Assert.DoesNotContain("note.create", (await sandbox.DataAsync("GET", $"activities?filter_by=matter_id&filter_on={other}")).ToString(), StringComparison.Ordinal);
        Assert.Equal(1, (await sandbox.DataAsync("GET", "activities?filter_by=event&filter_on=note.create")).GetArrayLength());
    }

    [Fact]
    public async Task A_note_on_a_contact_is_taken_or_refused_and_within_the_contact_always_taken()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var contact = await sandbox.ContactAsync(new { first_name = "Ana" });
        var note = new { name = "Intake", body = "Done.", notable_type = "Contact", notable_id = contact };
        await sandbox.DataAsync("POST", "notes", note);
        await sandbox.OptionsAsync(new { refuseContactNotes = true });
        await sandbox.RefusedAsync(422, "POST", "notes", note);
        await sandbox.DataAsync("PUT", $"contacts/{contact}", new { notes = new[] { new { name = "Intake", body = "Again." } } });
        Assert.Equal(["Done.", "Again."], (await sandbox.KeptAsync("notes")).Select(n => n.GetProperty("body").GetString()));
        Assert.Equal(2, (await sandbox.DataAsync("GET", $"contacts/{contact}?fields=notes")).GetProperty("relationships").GetProperty("notes").GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task An_interaction_needs_all_four_and_a_matter_that_is_there()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var matter = await sandbox.MatterAsync(new { first_name = "Ana" });
        var whole = new Dictionary<string, object> { ["happened_at"] = "2026-11-21T09:00:00-08:00", ["prospect_id"] = matter, ["body"] = "Done.", ["interaction_type"] = "Kayse intake" };
        foreach (var missing in whole.Keys)
        {
            Assert.Equal(missing + " can't be blank.", await sandbox.RefusedAsync(422, "POST", "interactions", whole.Where(f => f.Key != missing).ToDictionary()));
        }

        await sandbox.RefusedAsync(422, "POST", "interactions", new Dictionary<string, object>(whole) { ["prospect_id"] = 9 });
        await sandbox.DataAsync("POST", "interactions", whole);
        Assert.Equal("Kayse intake", Assert.Single(await sandbox.KeptAsync("interactions")).GetProperty("type").GetString());
        Assert.Contains("interaction.create", (await sandbox.DataAsync("GET", $"activities?filter_by=matter_id&filter_on={matter}")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forms_are_listed_by_token_and_shown_without_unless_that_is_switched_off()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var (_, forms) = await sandbox.CallAsync("GET", "forms?fields=all");
        Assert.Equal((4, false), (forms.GetProperty("data").GetArrayLength(), forms.TryGetProperty("meta", out _)));
        var kinds = forms.GetProperty("data").EnumerateArray().SelectMany(f => f.GetProperty("attributes").GetProperty("rows").EnumerateArray())
            .SelectMany(r => r.GetProperty("components").EnumerateArray()).Select(c => c.GetProperty("component_type").GetString()).Distinct();
        Assert.Equal(["field", "general_field", "payment_gateway", "relationship"], kinds);
        sandbox.Bear(null);
        var shown = await sandbox.DataAsync("GET", $"forms/{Simple}?fields=all");
        Assert.True(shown.GetProperty("attributes").GetProperty("rows")[0].GetProperty("components")[0].GetProperty("required").GetBoolean());
        await sandbox.RefusedAsync(404, "GET", "forms/0a6c1f2e-9999-4d0a-9b1e-000000000009");
        Assert.Equal(401, (await sandbox.CallAsync("GET", "forms")).Status);
        await sandbox.OptionsAsync(new { formsNeedToken = true });
        Assert.Equal(401, (await sandbox.CallAsync("GET", $"forms/{Simple}?fields=all")).Status);
        await sandbox.SignInAsync();
        await sandbox.DataAsync("GET", $"forms/{Simple}?fields=all");
    }

    [Fact]
    public async Task A_form_handed_in_without_a_token_makes_a_matter_and_an_entry_each_time()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        sandbox.Bear(null);
        var (status, json) = await sandbox.CallAsync("POST", $"forms/{Simple}/submit", Handed);
        using var again = await sandbox.Http.PostAsync($"/lawmatics/v1/forms/{Simple}/submit", Form(("first_name", "Ana"), ("last_name", "Ruiz"), ("email", "ana@example.com")));
        Assert.Equal((201, 201, "prospect"), (status, (int)again.StatusCode, json.GetProperty("data").GetProperty("type").GetString()));
        Assert.Single(await sandbox.KeptAsync("contacts"));
        Assert.Equal("Sole", (await sandbox.KeptAsync("matters"))[0].GetProperty("customFields").GetProperty("Custody").GetString());
        Assert.Equal(2, (await sandbox.KeptAsync("matters")).Count);

        await sandbox.SignInAsync();
        var entries = await sandbox.DataAsync("GET", $"forms/{Simple}/entries?fields=all&sort_order=asc");
        Assert.Equal((2, 5), (entries.GetArrayLength(), entries[0].GetProperty("attributes").GetProperty("body").GetArrayLength()));
        Assert.Equal(json.GetProperty("data").GetProperty("id").GetString(), entries[0].GetProperty("relationships").GetProperty("contactable").GetProperty("data").GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("0a6c1f2e-2222-4d0a-9b1e-000000000002", "payment")]
    [InlineData("0a6c1f2e-3333-4d0a-9b1e-000000000003", "relationship")]
    public async Task A_form_with_a_payment_gateway_or_a_relationship_block_refuses(string uuid, string reason)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        Assert.Contains(reason, await sandbox.RefusedAsync(422, "POST", $"forms/{uuid}/submit", Handed), StringComparison.Ordinal);
        Assert.Empty(await sandbox.KeptAsync("entries"));
    }

    [Fact]
    public async Task A_form_asks_for_its_required_fields_and_a_contact_form_updates_who_is_there()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        Assert.Equal("Last name is required.", await sandbox.RefusedAsync(422, "POST", $"forms/{Simple}/submit", new { first_name = "Ana" }));
        const string Newsletter = "0a6c1f2e-4444-4d0a-9b1e-000000000004";
        var first = await sandbox.DataAsync("POST", $"forms/{Newsletter}/submit", Handed);
        var second = await sandbox.DataAsync("POST", $"forms/{Newsletter}/submit", new { first_name = "Anna", last_name = "Ruiz", email = "ANA@example.com" });
        Assert.Equal(("contact", LawmaticsSandbox.Id(first)), (second.GetProperty("type").GetString(), LawmaticsSandbox.Id(second)));
        Assert.Equal("Anna", Assert.Single(await sandbox.KeptAsync("contacts")).GetProperty("firstName").GetString());
        Assert.Equal(2, (await sandbox.KeptAsync("entries")).Count);
    }

    [Fact]
    public async Task A_form_that_a_test_makes_is_a_form_like_the_others()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        await sandbox.SetAsync("POST", LawmaticsSandbox.Own + "/forms", new { uuid = "own", name = "Own", components = new[] { new { id = "email", label = "E-mail", required = true } } });
        await sandbox.RefusedAsync(422, "POST", "forms/own/submit", new { });
        await sandbox.DataAsync("POST", "forms/own/submit", new { email = "ana@example.com" });
        Assert.Equal("own", Assert.Single(await sandbox.KeptAsync("entries")).GetProperty("form").GetString());
    }

    [Fact]
    public async Task A_file_is_hashed_and_comes_back_as_long_as_it_was()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var matter = await sandbox.MatterAsync(new { first_name = "Ana" });
        using var answer = await sandbox.Http.PostAsync("/lawmatics/v1/files", Upload("Matter", matter));
        var file = (await JsonAsync(answer)).GetProperty("data");
        var attributes = file.GetProperty("attributes");
        Assert.Equal((201, 100_000, "intake.pdf", "Intake/2026"), ((int)answer.StatusCode, attributes.GetProperty("file_size").GetInt64(), attributes.GetProperty("file_name").GetString(), attributes.GetProperty("folder_id").GetString()));
        Assert.Equal(matter, Assert.Single(await sandbox.KeptAsync("files")).GetProperty("onId").GetInt64());
        Assert.Equal(100_000, (await sandbox.Http.GetByteArrayAsync($"/lawmatics/v1/files/download/{LawmaticsSandbox.Id(file)}")).Length);
        Assert.Equal("File with id invalidId was not found.", await sandbox.RefusedAsync(404, "GET", "files/download/invalidId"));
        using var nobody = await sandbox.Http.PostAsync("/lawmatics/v1/files", Upload("Shoe", matter));
        Assert.Equal(422, (int)nobody.StatusCode);
    }

    private static MultipartFormDataContent Upload(string type, long id)
    {
        var bytes = new ByteArrayContent(new byte[100_000]);
        bytes.Headers.ContentType = new MediaTypeHeaderValue("application/pdf");
        return new MultipartFormDataContent
        {
            { new StringContent(type), "documentable_type" },
            { new StringContent(id.ToString()), "documentable_id" },
            { new StringContent("Intake"), "path[]" },
            { new StringContent("2026"), "path[]" },
            { bytes, "file", "intake.pdf" },
        };
    }
}
