using Kayse.Core.Cases;

namespace Kayse.Tests.Lawmatics;

/// <summary>What becomes of contacts and matters whose creation Lawmatics did not confirm, when something else has changed before Kayse looks.</summary>
public sealed class LostCreateTests : IAsyncLifetime
{
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(5);

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await Outbound.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_matter_is_found_by_the_title_that_was_sent_and_then_gets_the_one_of_now()
    {
        await LoseAsync("createprospect", "mat_1");

        var synced = await _host.SyncAsync(Outbound.Intake("mat_1", json => json["data"]!["matter"]!["title"] = "Quillfeather – another title"), s_step);

        Assert.Equal("done", Outbound.Text(synced, "state"));
        Assert.Equal("Quillfeather – another title", Outbound.Text(await _host.OnlyAsync("matters"), "caseTitle"));
        Assert.Single(await _host.LawmaticsRequestsAsync("createprospect"));
    }

    [Fact]
    public async Task A_matter_whose_title_changed_is_made_once_where_the_first_try_never_took_effect()
    {
        await LoseAsync("createprospect", "mat_2", applied: "no");

        await _host.SyncAsync(Outbound.Intake("mat_2", json => json["data"]!["matter"]!["title"] = "Quillfeather – another title"), s_step);

        Assert.Equal("Quillfeather – another title", Outbound.Text(await _host.OnlyAsync("matters"), "caseTitle"));
        Assert.Equal(2, (await _host.LawmaticsRequestsAsync("createprospect")).Count);
    }

    [Theory]
    [InlineData("old@example.com", "before", 1)]
    [InlineData(null, "before", 1)]
    [InlineData("old@example.com", "no", 2)]
    [InlineData(null, "no", 2)]
    public async Task A_contact_is_made_once_though_its_address_and_name_changed_and_gets_the_new_ones(string? before, string applied, int requests)
    {
        await LoseAsync("createcontact", "mat_3", before, applied);

        var synced = await _host.SyncAsync(Outbound.Intake("mat_3", json => json["data"]!["client"] = Outbound.Client("Tilda", "Quillfeather-Moss", "new@example.com")), s_step);

        Assert.Equal("done", Outbound.Text(synced, "state"));
        var contact = await _host.OnlyAsync("contacts");
        Assert.Equal(("new@example.com", "Quillfeather-Moss"), (Outbound.Text(contact, "email"), Outbound.Text(contact, "lastName")));
        Assert.Equal(requests, (await _host.LawmaticsRequestsAsync("createcontact")).Count);
    }

    [Fact]
    public async Task A_contact_under_the_new_address_is_linked_where_the_one_under_the_old_never_took_effect()
    {
        await LoseAsync("createcontact", "mat_4", "old@example.com", applied: "no");
        var there = await _host.SeedAsync("contacts", new { first_name = "Mathilda", email = "new@example.com" });

        var synced = await _host.SyncAsync(Outbound.Intake("mat_4", json => json["data"]!["client"] = Outbound.Client("Tilda", "Quillfeather", "new@example.com")), s_step);

        Assert.Equal(there.ToString(), Outbound.Text(synced, "contactId"));
        Assert.Equal("Mathilda", Outbound.Text(await _host.OnlyAsync("contacts"), "firstName"));
    }

    [Fact]
    public async Task A_contact_that_a_person_made_meanwhile_stays_that_persons()
    {
        await LoseAsync("createcontact", "mat_5", "tilda@example.com", applied: "no");
        await _host.SeedAsync("contacts", new { first_name = "Mathilda", last_name = "Q.", email = "tilda@example.com" });

        await _host.SyncedAsync("mat_5", s_step);
        await _host.SyncAsync(Outbound.Intake("mat_5", json => json["data"]!["client"] = Outbound.Client("Tilda", "Quillfeather-Moss", "tilda@example.com")), s_step);

        var contact = await _host.OnlyAsync("contacts");
        Assert.Equal(("Mathilda", "Q."), (Outbound.Text(contact, "firstName"), Outbound.Text(contact, "lastName")));
    }

    [Fact]
    public async Task A_client_of_whom_only_the_whole_name_is_known_is_found_too()
    {
        await _host.PatchLawmaticsAsync(new { toggles = new { autoSync = false } });
        await _host.SendAsync(Outbound.Created("mat_6"));
        await _host.KnownAsync(Outbound.Created("mat_6"));
        var cases = _host.Get<CaseStore>();
        var matter = await cases.FindAsync(LawmaticsHost.Demo, "kayse", "mat_6", CancellationToken.None);
        await cases.ChangeAsync(LawmaticsHost.Demo, matter!.ClientId, old => old! with { FirstName = null, LastName = null, FullName = "Tilda Maria Quillfeather", Email = null }, CancellationToken.None);
        await _host.FaultsAsync("createcontact", "reset", "before");

        var synced = await _host.ByHandAsync("mat_6", s_step);

        Assert.Equal("done", Outbound.Text(synced, "state"));
        Assert.Equal("Quillfeather", Outbound.Text(await _host.OnlyAsync("contacts"), "lastName"));
    }

    [Fact]
    public async Task What_is_behind_more_contacts_than_can_be_looked_at_is_not_made_again()
    {
        await LoseAsync("createcontact", "mat_7", email: null);
        await _host.SeedAsync("contacts", new { first_name = "Otto {n}", count = 510 });

        var synced = await _host.SyncedAsync("mat_7", s_step);

        Assert.Contains("does not let Kayse look", Outbound.Text(Outbound.Step(synced, "contact"), "error"), StringComparison.Ordinal);
        Assert.Single(await _host.LawmaticsRequestsAsync("createcontact"));
    }

    [Fact]
    public async Task Behind_that_many_one_with_an_address_is_found_by_it()
    {
        await LoseAsync("createcontact", "mat_8", "tilda@example.com");
        await _host.SeedAsync("contacts", new { first_name = "Otto {n}", count = 510 });

        var synced = await _host.SyncedAsync("mat_8", s_step);

        Assert.Equal("done", Outbound.Text(synced, "state"));
        Assert.Single(await _host.LawmaticsRequestsAsync("createcontact"));
    }

    [Fact]
    public async Task Where_no_search_gives_a_clear_word_a_first_try_makes_the_contact_and_a_second_does_not()
    {
        await _host.SandboxOptionsAsync(new { wrongFirstHit = true, refusedFilters = new[] { "contacts.email" } });
        await _host.SeedAsync("contacts", new { first_name = "Otto", email = "tilda@example.org" });
        await LoseAsync("createcontact", "mat_9", "tilda@example.com");
        await _host.SeedAsync("contacts", new { first_name = "Otto {n}", count = 510 });

        var synced = await _host.SyncedAsync("mat_9", s_step);

        Assert.Contains("does not let Kayse look", Outbound.Text(Outbound.Step(synced, "contact"), "error"), StringComparison.Ordinal);
        Assert.Equal(512, (await _host.KeptAsync("contacts")).Count);
    }

    /// <summary>Sends a matter, and the answer to a request of its sync is lost.</summary>
    private async Task LoseAsync(string operation, string matter, string? email = "tilda@example.com", string applied = "before")
    {
        await _host.FaultsAsync(operation, "reset", applied);
        await _host.SendAsync(Outbound.Created(matter, json => json["data"]!["client"] = Outbound.Client("Tilda", "Quillfeather", email)));
        await _host.StandsAsync(matter, "waiting");
    }
}
