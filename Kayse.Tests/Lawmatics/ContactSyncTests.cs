using System.Text.Json.Nodes;

namespace Kayse.Tests.Lawmatics;

/// <summary>Which contact a matter gets.</summary>
public sealed class ContactSyncTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await Outbound.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("Finder")]
    [InlineData("Filter")]
    public async Task A_contact_with_the_same_address_is_linked_whatever_its_letter_case_and_stays_as_it_is(string search)
    {
        await _host.PatchLawmaticsAsync(new { settings = new { sync = new { contactSearch = search } } });
        var there = await _host.SeedAsync("contacts", new { first_name = "Mathilda", last_name = "Q.", email = "Tilda@Example.com", phone = "505-555-0199" });

        var synced = await _host.SyncAsync(Outbound.Created("mat_1", With("tilda@example.COM")));

        var contact = await _host.OnlyAsync("contacts");
        Assert.Equal((there.ToString(), "Mathilda", "505-555-0199"), (Outbound.Text(synced, "contactId"), Outbound.Text(contact, "firstName"), Outbound.Text(contact, "phone")));
        Assert.Equal(there, (await _host.OnlyAsync("matters")).GetProperty("contactId").GetInt64());
    }

    [Theory]
    [InlineData("404")]
    [InlineData("null")]
    public async Task A_finder_that_finds_nothing_has_a_contact_made_however_it_says_so(string shape)
    {
        await _host.SandboxOptionsAsync(new { notFound = shape });

        await _host.SyncAsync(Outbound.Created("mat_2"));

        Assert.Equal("mat_2@example.com", Outbound.Text(await _host.OnlyAsync("contacts"), "email"));
    }

    [Fact]
    public async Task A_first_hit_that_is_another_person_is_not_linked()
    {
        await _host.SandboxOptionsAsync(new { wrongFirstHit = true });
        var other = await _host.SeedAsync("contacts", new { first_name = "Otto", email = "tilda@example.org" });

        var synced = await _host.SyncAsync(Outbound.Created("mat_3", With("tilda@example.com")));

        Assert.NotEqual(other.ToString(), Outbound.Text(synced, "contactId"));
        Assert.Equal(2, (await _host.KeptAsync("contacts")).Count);
    }

    [Fact]
    public async Task Behind_a_wrong_first_hit_the_right_contact_is_found()
    {
        await _host.SandboxOptionsAsync(new { wrongFirstHit = true });
        await _host.SeedAsync("contacts", new { first_name = "Otto", email = "tilda@example.org" });
        var right = await _host.SeedAsync("contacts", new { first_name = "Tilda", email = "tilda@example.com" });

        var synced = await _host.SyncAsync(Outbound.Created("mat_4", With("tilda@example.com")));

        Assert.Equal(right.ToString(), Outbound.Text(synced, "contactId"));
        Assert.Equal(2, (await _host.KeptAsync("contacts")).Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no address")]
    public async Task Without_an_address_a_contact_is_made_and_none_searched(string? email)
    {
        await _host.SeedAsync("contacts", new { first_name = "Tilda", last_name = "Quillfeather", phone = "+15055550142" });

        await _host.SyncAsync(Outbound.Created("mat_5", With(email)));

        Assert.Equal(2, (await _host.KeptAsync("contacts")).Count);
        Assert.Empty(await _host.LawmaticsRequestsAsync("findcontact"));
    }

    [Fact]
    public async Task With_the_setting_a_contact_with_the_same_number_is_linked()
    {
        await _host.PatchLawmaticsAsync(new { settings = new { sync = new { matchByPhone = true } } });
        var there = await _host.SeedAsync("contacts", new { first_name = "Mathilda", phone = "(505) 555-0142" });

        var synced = await _host.SyncAsync(Outbound.Created("mat_6", With(null)));

        Assert.Equal(there.ToString(), Outbound.Text(synced, "contactId"));
        Assert.Single(await _host.KeptAsync("contacts"));
    }

    [Fact]
    public async Task Many_matters_of_one_new_client_at_the_same_moment_make_one_contact()
    {
        var matters = Enumerable.Range(0, 8).Select(i => $"mat_many_{i}").ToList();
        await Task.WhenAll(matters.Select(matter => _host.SendAsync(Outbound.Created(matter, With("tilda@example.com")))));
        foreach (var matter in matters)
        {
            Assert.Equal("done", Outbound.Text(await _host.SyncedAsync(matter, Outbound.Second), "state"));
        }

        var contact = (await _host.OnlyAsync("contacts")).GetProperty("id").GetInt64();
        Assert.Equal(Enumerable.Repeat(contact, 8), (await _host.KeptAsync("matters")).Select(matter => matter.GetProperty("contactId").GetInt64()));
        Assert.Single(await _host.LawmaticsRequestsAsync("createcontact"));
    }

    [Fact]
    public async Task A_contact_that_was_deleted_in_lawmatics_is_searched_for_and_made_anew()
    {
        await _host.SyncAsync(Outbound.Created("mat_7"));
        await _host.InLawmaticsAsync("DELETE", $"contacts/{(await _host.OnlyAsync("contacts")).GetProperty("id").GetInt64()}");

        var synced = await _host.ByHandAsync("mat_7");

        var contact = (await _host.OnlyAsync("contacts")).GetProperty("id").GetInt64();
        Assert.Equal(contact.ToString(), Outbound.Text(synced, "contactId"));
        Assert.Equal(contact, (await _host.OnlyAsync("matters")).GetProperty("contactId").GetInt64());
    }

    [Fact]
    public async Task What_changes_of_a_client_goes_to_the_contact_that_kayse_made()
    {
        await _host.SyncAsync(Outbound.Created("mat_8"));

        await _host.SyncAsync(Outbound.Intake("mat_8", json => json["data"]!["client"] = Outbound.Client("Tilda", "Quillfeather-Moss", "mat_8@example.com")));

        Assert.Equal("Quillfeather-Moss", Outbound.Text(await _host.OnlyAsync("contacts"), "lastName"));
    }

    [Fact]
    public async Task A_client_of_whom_nothing_is_known_is_refused_with_what_to_do()
    {
        var synced = await _host.SyncAsync(Outbound.Created("mat_9", json => json["data"]!["client"] = new JsonObject()));

        Assert.Equal("failed", Outbound.Text(synced, "state"));
        Assert.Contains("Complete the client", Outbound.Text(Outbound.Step(synced, "contact"), "error"), StringComparison.Ordinal);
        Assert.Empty(await _host.KeptAsync("matters"));
    }

    private static Action<JsonObject> With(string? email) => json => json["data"]!["client"] = Outbound.Client("Tilda", "Quillfeather", email);
}
