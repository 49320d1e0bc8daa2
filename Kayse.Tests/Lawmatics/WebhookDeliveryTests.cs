using System.Text;
using System.Text.Json;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Lawmatics;

/// <summary>Events that come twice, that cannot be read, and that come while nothing can be done about them.</summary>
public sealed class WebhookDeliveryTests(LawmaticsWorld world) : IClassFixture<LawmaticsWorld>, IAsyncLifetime
{
    public Task InitializeAsync() => world.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_same_event_takes_effect_once_within_seven_days()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        var body = LawmaticsWorld.Body("matter.updated", new { matter_id = long.Parse(matter) }, LawmaticsWorld.NewId());
        var (_, first) = await world.PostAsync(body);
        await world.EndAsync(first);
        var reads = await world.ReadsAsync();

        var (status, again) = await world.PostAsync(body, headerId: "evt_that_the_header_says");
        world.Host.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        var late = await world.PostAsync(body);

        Assert.Equal((200, "duplicate", first.GetProperty("id").GetString()), (status, again.GetProperty("result").GetString(), again.GetProperty("id").GetString()));
        Assert.Equal("duplicate", late.Json.GetProperty("result").GetString());
        Assert.Equal("duplicate", (await world.LastRequestAsync()).State);
        Assert.Equal(reads, await world.ReadsAsync());
        world.Host.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("accepted", (await world.PostAsync(body)).Json.GetProperty("result").GetString());
        Assert.Equal(["active by lawmatics"], await world.ToldAsync(id));
    }

    [Fact]
    public async Task Of_many_deliveries_at_once_one_takes_effect()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        var body = LawmaticsWorld.Body("matter.updated", new { matter_id = long.Parse(matter) }, LawmaticsWorld.NewId());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => world.PostAsync(body))));

        var receipt = Assert.Single(answers, answer => answer.Status == 202).Json;
        Assert.Equal(7, answers.Count(answer => answer.Json.GetProperty("result").GetString() == "duplicate"));
        await world.EndAsync(receipt);
        Assert.Equal(["active by lawmatics"], await world.ToldAsync(id));
    }

    [Theory]
    [InlineData(Tables.Inbound, "accepted")]
    [InlineData(Tables.Workflows, "duplicate")]
    public async Task One_that_the_store_broke_off_takes_effect_when_Lawmatics_sends_it_again(string away, string result)
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        var body = LawmaticsWorld.Body("matter.updated", new { matter_id = long.Parse(matter) }, LawmaticsWorld.NewId());
        var (host, none) = (world.Host, LawmaticsWorld.None);
        var store = new HookedStore(host.Get<IEntityStore>(), away) { IsAway = true };
        var webhook = new LawmaticsWebhook(
            new InboundLog(store, host.Get<IBlobStore>(), host.Clock), new LawmaticsEventClaims(store, host.Clock), host.Get<LawmaticsConnections>(),
            new WorkflowRecords(store, host.Get<IWorkflowEngine>(), host.Clock), host.Get<AuditLog>(), host.Clock);
        var connection = await host.Get<LawmaticsConnections>().GetAsync(LawmaticsHost.Demo, none);
        var told = LawmaticsEvent.Read(Encoding.UTF8.GetBytes(body), null, connection.Settings.Webhook).Event!;
        var request = new InboundRequest { Id = Ids.New("inb", host.Clock), Crm = LawmaticsConnections.Crm, ReceivedAt = host.Clock.GetUtcNow(), State = "received", Raw = body };
        await Assert.ThrowsAsync<StorageUnavailableException>(() => webhook.ReceiveAsync(LawmaticsHost.Demo, connection, request, told, none));

        var (_, receipt) = await world.PostAsync(body);

        Assert.Equal(result, receipt.GetProperty("result").GetString());
        await world.EndAsync(receipt);
        Assert.Equal(["active by lawmatics"], await world.ToldAsync(id));
    }

    [Fact]
    public async Task Without_an_id_of_its_own_an_event_goes_by_the_header_and_without_both_by_its_content()
    {
        static string Anonymous(int n) => JsonSerializer.Serialize(new { event_type = "matter.created", data = new { n } });

        Assert.Equal("accepted", await ResultAsync(Anonymous(1), "evt_of_header_1"));
        Assert.Equal("duplicate", await ResultAsync(Anonymous(2), "evt_of_header_1"));
        Assert.Equal("accepted", await ResultAsync(Anonymous(3), null));
        Assert.Equal("duplicate", await ResultAsync(Anonymous(3), null));
        Assert.Equal("accepted", await ResultAsync(Anonymous(4), null));
        Assert.Equal("accepted", await ResultAsync(LawmaticsWorld.Body("matter.created", new { }, "an id / with # any ? characters"), null));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"event_id":"evt_1"}""")]
    [InlineData("""{"event_type":7.5,"data":{}, "x":"\ud800"}""")]
    [InlineData("")]
    public async Task What_is_signed_and_cannot_be_read_is_kept_and_refused(string body)
    {
        var (status, problem) = await world.PostAsync(body);

        Assert.Equal(400, status);
        Assert.Contains(problem.GetProperty("errors")[0].GetProperty("field").GetString(), (string[])["body", "event_type"]);
        Assert.Equal(("rejected", body), ((await world.LastRequestAsync()).State, (await world.LastRequestAsync()).Raw));
    }

    [Fact]
    public async Task An_event_of_another_Lawmatics_firm_changes_nothing()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });

        var (status, receipt) = await world.PostAsync(LawmaticsWorld.Body("matter.updated", new { matter_id = long.Parse(matter) }, LawmaticsWorld.NewId(), firm: 999));

        Assert.Equal((200, "ignored"), (status, receipt.GetProperty("result").GetString()));
        Assert.Null((await world.CaseAsync(id)).Status);
    }

    [Fact]
    public async Task What_comes_while_the_token_is_refused_waits_and_takes_effect_after_the_next_sign_in()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        await world.Host.RevokeTokensAsync();
        var (status, receipt) = await world.PostAsync(LawmaticsWorld.Body("matter.updated", new { matter_id = long.Parse(matter) }, LawmaticsWorld.NewId()));
        await world.Host.EventuallyAsync(async () => (await world.Host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());

        Assert.Equal((202, "received"), (status, (await world.RequestAsync(receipt)).State));
        Assert.Equal(200, await world.Host.SignInAsync());
        await world.EndAsync(receipt);

        Assert.Equal("active", (await world.CaseAsync(id)).Status);
    }

    [Fact]
    public async Task What_comes_while_the_integration_is_paused_waits_and_what_comes_while_nothing_is_received_does_not()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        await world.PatchAsync(new { toggles = new { receiveData = false } });
        await world.TakeAsync("matter.updated", new { matter_id = long.Parse(matter) });
        Assert.Null((await world.CaseAsync(id)).Status);
        await world.PatchAsync(new { toggles = new { enableIntegration = false, receiveData = true } });
        var (_, receipt) = await world.PostAsync(LawmaticsWorld.Body("matter.updated", new { matter_id = long.Parse(matter) }, LawmaticsWorld.NewId()));
        Assert.Equal("received", (await world.RequestAsync(receipt)).State);

        await world.PatchAsync(new { toggles = new { enableIntegration = true } });
        await world.EndAsync(receipt);

        Assert.Equal("active", (await world.CaseAsync(id)).Status);
    }

    [Fact]
    public async Task A_stored_event_is_processed_again_on_demand()
    {
        var (id, matter) = await world.LinkedAsync();
        var (_, receipt) = await world.PostAsync(LawmaticsWorld.Body("matter.updated", new { matter_id = long.Parse(matter) }, LawmaticsWorld.NewId()));
        await world.EndAsync(receipt);
        Assert.Null((await world.CaseAsync(id)).Status);
        await world.ChangeAsync(matter, new { stage = "Retained" });

        using var again = await world.Host.Http.PostAsync($"/api/companies/demo/inbound/{receipt.GetProperty("id").GetString()}/reprocess", null);

        Assert.Equal(202, (int)again.StatusCode);
        await world.Host.EventuallyAsync(async () => (await world.CaseAsync(id)).Status == "active", TimeSpan.FromSeconds(1));
    }

    private async Task<string?> ResultAsync(string body, string? headerId) => (await world.PostAsync(body, headerId: headerId)).Json.GetProperty("result").GetString();
}
