using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.Lawmatics;

namespace Kayse.Tests.Lawmatics;

/// <summary>What an event of Lawmatics' leads to.</summary>
public sealed class WebhookEffectTests(LawmaticsWorld world) : IClassFixture<LawmaticsWorld>, IAsyncLifetime
{
    public Task InitializeAsync() => world.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_matter_that_is_converted_makes_its_case_active_once()
    {
        var (id, matter) = await world.LinkedAsync();

        // Lawmatics sends the webhook by itself.
        await world.ChangeAsync(matter, new { stage = "Retained", sub_status = "Hired" });
        await world.Host.EventuallyAsync(async () => (await world.CaseAsync(id)).Status == "active", TimeSpan.FromSeconds(1));

        Assert.Equal("lawmatics", (await world.CaseAsync(id)).StatusOrigin);
        await world.Host.EventuallyAsync(async () => (await world.ToldAsync(id)).Count > 0);
        Assert.Equal(["active by lawmatics"], await world.ToldAsync(id));
    }

    [Theory]
    [InlineData("matter.stage_changed")]
    [InlineData("matter.status_changed")]
    [InlineData("matter.updated")]
    [InlineData("matter.converted")]
    [InlineData("Matter.Stage_Changed")]
    public async Task A_stage_that_changed_is_read_whatever_the_event_is_called(string type)
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });

        var workflow = await world.TakeAsync(type, new { matter_id = long.Parse(matter) });

        Assert.Equal(("completed", "active"), (workflow.GetProperty("state").GetString(), (await world.CaseAsync(id)).Status));
    }

    [Fact]
    public async Task An_event_that_the_firm_calls_otherwise_is_known_by_its_alias()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        var body = LawmaticsWorld.Body("stage.moved", new { id = long.Parse(matter) }, LawmaticsWorld.NewId());
        Assert.Equal("ignored", (await world.PostAsync(body)).Json.GetProperty("result").GetString());
        await world.PatchAsync(new { settings = new { webhook = new { aliases = new Dictionary<string, string[]> { ["matter.stage_changed"] = ["stage.moved"] } } } });

        await world.TakeAsync("stage.moved", new { id = long.Parse(matter) });

        Assert.Equal("active", (await world.CaseAsync(id)).Status);
    }

    [Theory]
    [InlineData("invoice.paid")]
    [InlineData("something.new")]
    public async Task An_unknown_event_is_stored_and_nothing_is_read(string type)
    {
        var (_, matter) = await world.LinkedAsync();
        var reads = await world.ReadsAsync();
        var body = LawmaticsWorld.Body(type, new { matter_id = long.Parse(matter) }, LawmaticsWorld.NewId());

        var (status, receipt) = await world.PostAsync(body);

        Assert.Equal((200, "ignored"), (status, receipt.GetProperty("result").GetString()));
        var kept = await world.RequestAsync(receipt);
        Assert.Equal(("ignored", type, body), (kept.State, kept.EventType, kept.Raw));
        Assert.Equal(reads, await world.ReadsAsync());
    }

    [Theory]
    [InlineData("contact.created", true)]
    [InlineData("contact.updated", true)]
    [InlineData("form.submitted", false)]
    [InlineData("envelope.completed", false)]
    [InlineData("document.signed", false)]
    public async Task Events_of_contacts_forms_and_envelopes_are_logged_and_import_nothing(string type, bool isContact)
    {
        var contact = (await world.AskAsync(HttpMethod.Post, $"{LawmaticsWorld.Sandbox}/contacts", new { first_name = "Ottmar", email = "ottmar@example.com" })).GetProperty("ids")[0].GetInt64();
        var reads = (await world.Host.LawmaticsRequestsAsync("getcontact")).Count;
        var clients = await ClientsAsync();

        var (_, receipt) = await world.PostAsync(LawmaticsWorld.Body(type, isContact ? new { contact_id = contact } : (object)new { form_entry_id = 9 }, LawmaticsWorld.NewId()));
        var workflow = await world.EndAsync(receipt);

        Assert.Equal("completed", workflow.GetProperty("state").GetString());
        Assert.Equal("processed", (await world.RequestAsync(receipt)).State);
        Assert.Equal((reads + (isContact ? 1 : 0), clients), ((await world.Host.LawmaticsRequestsAsync("getcontact")).Count, await ClientsAsync()));
    }

    [Fact]
    public async Task A_matter_that_no_case_is_linked_to_is_not_imported()
    {
        var matter = (await world.MattersAsync(1))[0];
        var cases = (await world.Host.GetJsonAsync("/api/companies/demo/cases?limit=100")).GetProperty("items").GetArrayLength();
        var reads = await world.ReadsAsync();

        await world.TakeAsync("matter.updated", new { matter_id = matter });

        // Nor is it read: it would cost of the budget that live syncs need.
        Assert.Equal(reads, await world.ReadsAsync());

        Assert.Equal(cases, (await world.Host.GetJsonAsync("/api/companies/demo/cases?limit=100")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task What_is_asked_of_a_contact_leaves_the_reserve_to_live_work()
    {
        await world.PatchAsync(new { settings = new { requestsPerMinute = 40, liveReservePercent = 90 } });
        // What was taken of the larger budget is lost by then.
        world.Host.Clock.Advance(TimeSpan.FromMinutes(1));
        for (var n = 0; n < 3; n++)
        {
            Assert.True((await world.Host.ReadAsync()).IsSuccess);
        }

        var (_, receipt) = await world.PostAsync(LawmaticsWorld.Body("contact.updated", new { contact_id = 1 }, LawmaticsWorld.NewId()));

        await world.Host.EventuallyAsync(async () => await world.Host.WorkflowAsync($"lawmaticsevent.{receipt.GetProperty("id").GetString()}") is { } workflow
            && workflow.GetProperty("steps") is var steps && steps.GetArrayLength() > 0 && steps[0].GetProperty("state").GetString() == "waiting");
        await world.EndAsync(receipt);
    }

    [Theory]
    [InlineData("404")]
    [InlineData("null")]
    public async Task A_matter_that_is_gone_ends_the_event(string shape)
    {
        var (_, matter) = await world.LinkedAsync();
        using var deleted = await world.Host.Http.DeleteAsync($"{world.Host.SandboxUrl}{LawmaticsWorld.Sandbox}/matters/{matter}");
        await world.Host.SandboxOptionsAsync(new { notFound = shape });

        var workflow = await world.TakeAsync("matter.updated", new { matter_id = long.Parse(matter) });

        await world.Host.SandboxOptionsAsync(new { notFound = "404" });
        Assert.Equal(("completed", "skipped"), (workflow.GetProperty("state").GetString(), workflow.GetProperty("steps")[0].GetProperty("state").GetString()));
    }

    [Theory]
    [InlineData("500")]
    [InlineData("429")]
    [InlineData("reset")]
    [InlineData("html200")]
    [InlineData("truncated")]
    public async Task A_read_that_fails_is_tried_again_until_it_works(string kind)
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        await world.Host.LawmaticsFaultAsync("getprospect", kind, count: 2);

        await world.TakeAsync("matter.updated", new { matter_id = long.Parse(matter) });

        Assert.Equal("active", (await world.CaseAsync(id)).Status);
        Assert.Equal("processed", (await world.LastRequestAsync()).State);
    }

    [Fact]
    public async Task An_older_look_that_comes_late_has_no_say()
    {
        var (id, matter) = await world.LinkedAsync();
        var connection = await world.Host.Get<LawmaticsConnections>().GetAsync(LawmaticsHost.Demo, default);
        await world.ChangeAsync(matter, new { stage = "Retained" });
        await world.TakeAsync("matter.updated", new { matter_id = long.Parse(matter) });
        var old = JsonSerializer.SerializeToElement(new
        {
            id = matter,
            attributes = new { updated_at = "2026-11-20T00:00:00.000-08:00", status = "pnc", sub_status = "Pnc" },
            relationships = new { stage = new { data = new { id = "150", type = "stage" } } },
        });

        var look = await world.Host.Get<LawmaticsStageChanges>().ObserveAsync(LawmaticsHost.Demo, connection, new LawmaticsRecord(old), world.Host.Clock.GetUtcNow(), default);

        Assert.Equal((LawmaticsLookKind.Same, "active"), (look.Kind, (await world.CaseAsync(id)).Status));
    }

    [Fact]
    public async Task Nothing_of_a_workflow_or_of_the_log_holds_what_Lawmatics_calls_its_stages_or_persons()
    {
        var (_, matter) = await world.LinkedAsync();
        await world.AskAsync(HttpMethod.Post, $"{LawmaticsWorld.Sandbox}/stages", new { name = "Waiting for Thessaly Quinn", pipeline = 4 });
        await world.ChangeAsync(matter, new { stage = "Waiting for Thessaly Quinn" });
        world.Host.Clock.Advance(TimeSpan.FromMinutes(2));

        var workflow = await world.TakeAsync("matter.updated", new { matter_id = long.Parse(matter) });

        Assert.DoesNotContain("Thessaly", workflow.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(world.Host.Log.Lines, line => line.Contains("Thessaly", StringComparison.Ordinal) || line.Contains("Quillfeather", StringComparison.Ordinal));
        var listed = (await world.Host.GetJsonAsync($"{LawmaticsHost.Base}/unknown-stages")).GetProperty("items").EnumerateArray();
        Assert.Contains(listed, stage => stage.GetProperty("name").GetString() == "Waiting for Thessaly Quinn");
    }

    [Fact]
    public async Task Lawmatics_change_of_a_Law_Ruler_case_goes_on_to_Law_Ruler()
    {
        var matter = (await world.MattersAsync(1))[0];
        var id = await world.LinkAsync(matter, "lawruler");
        await world.ChangeAsync(matter, new { stage = "Retained" });

        await world.TakeAsync("matter.updated", new { matter_id = long.Parse(matter) });

        await world.Host.EventuallyAsync(async () => (await world.ToldAsync(id)).Count == 1);
        Assert.Equal(["active by lawmatics"], await world.ToldAsync(id));
        await world.Host.EventuallyAsync(async () => await world.Host.WorkflowAsync($"status.evt_{id}_s1") is not null);
    }

    private async Task<int> ClientsAsync() => (await world.Host.Get<CaseStore>().ListClientsAsync(LawmaticsHost.Demo, null, 100, default)).Items.Count;
}
