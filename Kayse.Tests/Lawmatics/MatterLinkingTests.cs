using System.Text.Json.Nodes;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Mapping;

namespace Kayse.Tests.Lawmatics;

/// <summary>Which matter a case is linked to, and what its stage is taken for then.</summary>
public sealed class MatterLinkingTests : IAsyncLifetime
{
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(5);

    private TestHost _host = null!;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync() => _host = await Outbound.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_case_that_began_as_a_matter_there_is_linked_to_it_and_takes_over_its_stage(int which)
    {
        // The same person is there twice, and the older one is the client's.
        var contacts = new[] { await ContactAsync("tilda@example.com"), await ContactAsync("Tilda@example.com") };
        var matter = await _host.SeedAsync("matters", new { case_title = "Made there", contact_id = contacts[which], stage = "Retained" });

        await _host.SendAsync(Given("mat_1", matter));
        var (id, state) = await EndAsync(matter);

        Assert.Equal("done", state);
        Assert.Equal("Quillfeather – mat_1", Outbound.Text(await _host.OnlyAsync("matters"), "caseTitle"));
        Assert.Equal("active", (await _host.Get<CaseStore>().FindAsync(LawmaticsHost.Demo, id, None))!.Status);
    }

    [Fact]
    public async Task A_matter_of_somebody_elses_is_not_written_to_and_a_sync_by_hand_makes_one_of_its_own()
    {
        var stranger = await _host.SeedAsync("contacts", new { first_name = "Otto", email = "otto@example.com" });
        var matter = await _host.SeedAsync("matters", new { case_title = "Somebody else's", contact_id = stranger, stage = "New Lead" });

        await _host.SendAsync(Given("mat_2", matter));
        var (id, state) = await EndAsync(matter);

        Assert.Equal(("failed", "Somebody else's"), (state, Outbound.Text(await _host.OnlyAsync("matters"), "caseTitle")));
        Assert.Empty(await _host.LawmaticsRequestsAsync("updateprospect"));
        await _host.StartByHandAsync(new { @case = id.ToString() });
        Assert.Equal("done", (await EndAsync(matter)).State);
        Assert.Equal(["Quillfeather – mat_2", "Somebody else's"], (await _host.KeptAsync("matters")).Select(one => Outbound.Text(one, "caseTitle")!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_case_whose_matter_was_deleted_there_is_made_anew_by_hand_alone(bool wasLinked)
    {
        var matter = await _host.SeedAsync("matters", new { case_title = "Made there", contact_id = await ContactAsync("tilda@example.com"), stage = "New Lead" });
        if (wasLinked)
        {
            await _host.SendAsync(Given("mat_3", matter));
            Assert.Equal("done", (await EndAsync(matter)).State);
        }

        await _host.InLawmaticsAsync("DELETE", $"matters/{matter}");
        await _host.SendAsync(Given("mat_3", matter, "New title"));
        await _host.EventuallyAsync(async () => (await EndAsync(matter)).State == "failed");

        await _host.StartByHandAsync(new { @case = (await EndAsync(matter)).Case.ToString() });
        await _host.EventuallyAsync(async () => (await EndAsync(matter)).State == "done", s_step);

        Assert.Equal("New title", Outbound.Text(await _host.OnlyAsync("matters"), "caseTitle"));
        Assert.Single(await _host.LawmaticsRequestsAsync("createprospect"));
    }

    [Fact]
    public async Task What_people_did_with_a_matter_before_it_was_linked_counts()
    {
        await _host.FaultsAsync("createprospect", "reset", "before");
        await _host.SendAsync(Outbound.Created("mat_4"));
        await _host.StandsAsync("mat_4", "waiting");
        await _host.InLawmaticsAsync("PATCH", $"matters/{(await _host.OnlyAsync("matters")).GetProperty("id").GetInt64()}", new { stage = "Retained" });

        var synced = await _host.SyncedAsync("mat_4", s_step);

        Assert.Equal(("done", "active"), (Outbound.Text(synced, "state"), await StatusAsync("mat_4")));
        Assert.Empty(await _host.AuditAsync("stage_ignored"));
    }

    [Fact]
    public async Task A_stage_that_was_ignored_is_reported_also_where_the_answer_was_lost()
    {
        await _host.SandboxOptionsAsync(new { ignoreStage = true });
        await _host.FaultsAsync("createprospect", "reset", "before");

        var synced = await _host.SyncAsync(Outbound.Created("mat_5"), s_step);

        Assert.Contains("did not take the mapped stage", Outbound.Text(Outbound.Step(synced, "matter"), "error"), StringComparison.Ordinal);
        Assert.Single(await _host.AuditAsync("stage_ignored"));
    }

    [Fact]
    public async Task A_stage_that_kayse_writes_later_is_no_change_of_lawmatics()
    {
        await _host.Get<LawmaticsStatuses>().SaveAsync(LawmaticsHost.Demo, new StatusMapping([new StatusPair("intake", "Family Law Intake"), new StatusPair("new", "New Lead")]), None);
        await _host.SandboxOptionsAsync(new { ignoreStage = true });
        var synced = await _host.SyncAsync(Outbound.Created("mat_6"));
        await _host.SandboxOptionsAsync(new { ignoreStage = false });

        await _host.ByHandAsync("mat_6");
        await LookAsync(Outbound.Text(synced, "matterId")!);

        Assert.Equal(("Family Law Intake", null), (Outbound.Text(await _host.OnlyAsync("matters"), "stage"), await StatusAsync("mat_6")));
        _host.Clock.Advance(Outbound.Second);
        await _host.InLawmaticsAsync("PATCH", $"matters/{Outbound.Text(synced, "matterId")}", new { stage = "New Lead" });
        await LookAsync(Outbound.Text(synced, "matterId")!);
        Assert.Equal("new", await StatusAsync("mat_6"));
    }

    [Fact]
    public async Task A_matter_that_is_taken_for_a_case_and_not_linked_yet_is_left_to_whoever_links_it()
    {
        await _host.PatchLawmaticsAsync(new { toggles = new { autoSync = false } });
        await _host.SendAsync(Outbound.Created("mat_7"));
        await _host.KnownAsync(Outbound.Created("mat_7"));
        var id = CaseId.Parse((await _host.CaseAsync("mat_7"))!);
        Assert.True(await _host.Get<LawmaticsLinks>().TakeAsync(LawmaticsHost.Demo, "123", "77", id, None));
        var matter = new LawmaticsRecord(System.Text.Json.JsonSerializer.SerializeToElement(new { id = "77", attributes = new { status = "hired", sub_status = "Hired" } }));

        var look = await _host.Get<LawmaticsStageChanges>().ObserveAsync(
            LawmaticsHost.Demo, await _host.Get<LawmaticsConnections>().GetAsync(LawmaticsHost.Demo, None), matter, _host.Clock.GetUtcNow(), None);

        Assert.Equal((LawmaticsLookKind.NotLinked, null), (look.Kind, await StatusAsync("mat_7")));
    }

    [Fact]
    public async Task Another_crms_case_is_sent_by_hand_and_from_then_on_by_itself_and_its_name_there_stays_there()
    {
        await _host.SendAsync(LawRulers("evt_1", null));
        await _host.EventuallyAsync(async () => await LawRulersAsync() is not null);
        var id = (await LawRulersAsync())!.Id;
        await _host.Get<CaseStore>().ChangeAsync(LawmaticsHost.Demo, id, old => old! with { Name = "Internal: weak claim" }, None);
        await _host.SendAsync(LawRulers("evt_2", "Quillfeather"));
        await _host.SyncAsync(Outbound.Created("mat_between"));
        Assert.Single(await _host.KeptAsync("matters"));

        await _host.StartByHandAsync(new { @case = id.ToString() });
        await StandsAsync(id, "done");

        Assert.Equal(2, (await _host.KeptAsync("matters")).Count);
        Assert.DoesNotContain(await _host.LawmaticsRequestsAsync(), request => request.GetRawText().Contains("Internal", StringComparison.Ordinal));
        await _host.SendAsync(LawRulers("evt_3", "Quillfeather – third"));
        await _host.EventuallyAsync(async () => (await _host.KeptAsync("matters")).Any(one => Outbound.Text(one, "caseTitle") == "Quillfeather – third"));
    }

    /// <summary>Looks at a matter, as the poll and webhooks do.</summary>
    private async Task LookAsync(string matter)
    {
        var reply = await _host.Get<LawmaticsClient>().GetAsync(await _host.SessionAsync(), $"/v1/prospects/{matter}?fields={LawmaticsStageChanges.Fields}", None);
        await _host.Get<LawmaticsStageChanges>().ObserveAsync(
            LawmaticsHost.Demo, await _host.Get<LawmaticsConnections>().GetAsync(LawmaticsHost.Demo, None), reply.Answer!.Record!, _host.Clock.GetUtcNow(), None);
    }

    private static JsonObject LawRulers(string id, string? title) => Outbound.Intake("mat_8", json =>
    {
        json["id"] = id;
        json["case"] = new JsonObject { ["externalSource"] = "lawruler", ["externalSourceId"] = "711551", ["caseType"] = "Zantac" };
        json["data"]!["matter"] = title is null ? new JsonObject() : new JsonObject { ["title"] = title };
    });

    private Task<Case?> LawRulersAsync() => _host.Get<CaseStore>().FindAsync(LawmaticsHost.Demo, "lawruler", "711551", None);

    private static JsonObject Given(string matter, long id, string? title = null) => Outbound.Created(matter, json =>
    {
        json["id"] = $"evt_given_{matter}_{title?.Length}";
        json["case"] = new JsonObject { ["externalSource"] = "lawmatics", ["externalSourceId"] = id.ToString(), ["caseType"] = "Divorce" };
        json["data"]!["client"] = Outbound.Client("Tilda", "Quillfeather", "tilda@example.com");
        json["data"]!["matter"]!["title"] = title ?? $"Quillfeather – {matter}";
    });

    private Task<long> ContactAsync(string email) => _host.SeedAsync("contacts", new { first_name = "Tilda", email });

    /// <summary>Waits until the sync of a case that names a matter of Lawmatics' has ended.</summary>
    private async Task<(CaseId Case, string? State)> EndAsync(long matter)
    {
        Case? found = null;
        await _host.EventuallyAsync(async () => (found = await _host.Get<CaseStore>().FindAsync(LawmaticsHost.Demo, "lawmatics", matter.ToString(), None)) is not null);
        await _host.EventuallyAsync(async () => await StateAsync(found!.Id) is "done" or "failed", s_step);
        return (found!.Id, await StateAsync(found.Id));
    }

    private Task StandsAsync(CaseId id, string state) => _host.EventuallyAsync(async () => await StateAsync(id) == state, s_step);

    private async Task<string?> StateAsync(CaseId id) => Outbound.Text(await _host.GetJsonAsync($"/api/companies/demo/cases/{id}/lawmatics"), "state");

    private async Task<string?> StatusAsync(string matter) => (await _host.Get<CaseStore>().FindAsync(LawmaticsHost.Demo, "kayse", matter, None))!.Status;
}
