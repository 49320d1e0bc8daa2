using System.Text;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Lawmatics;

/// <summary>Events that ended unfinished, or that came while nothing could be read.</summary>
public sealed class WebhookResumeTests(LawmaticsWorld world) : IClassFixture<LawmaticsWorld>, IAsyncLifetime
{
    public Task InitializeAsync() => world.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task One_whose_workflow_was_noted_and_not_started_is_started_when_it_is_processed_again()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        var body = LawmaticsWorld.Body("matter.updated", new { matter_id = long.Parse(matter) }, LawmaticsWorld.NewId());
        var host = world.Host;
        var store = new HookedStore(host.Get<IEntityStore>(), Tables.Workflows) { AfterWrite = () => throw new StorageUnavailableException("The process ends here.") };
        var webhook = new LawmaticsWebhook(
            host.Get<InboundLog>(), host.Get<LawmaticsEventClaims>(), host.Get<LawmaticsConnections>(), new WorkflowRecords(store, host.Get<IWorkflowEngine>(), host.Clock), host.Get<AuditLog>(), host.Clock);
        var connection = await host.Get<LawmaticsConnections>().GetAsync(LawmaticsHost.Demo, default);
        var told = LawmaticsEvent.Read(Encoding.UTF8.GetBytes(body), null, connection.Settings.Webhook).Event!;
        var request = new InboundRequest { Id = Ids.New("inb", host.Clock), Crm = LawmaticsConnections.Crm, ReceivedAt = host.Clock.GetUtcNow(), State = "received", Raw = body };
        await Assert.ThrowsAsync<StorageUnavailableException>(() => webhook.ReceiveAsync(LawmaticsHost.Demo, connection, request, told, default));

        Assert.Equal(202, await ReprocessAsync(request.Id));

        await host.EventuallyAsync(async () => (await world.CaseAsync(id)).Status == "active", TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("422", 1)]
    [InlineData("500", 1000)]
    public async Task One_that_was_refused_or_given_up_says_why_and_can_be_processed_again(string kind, int count)
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        await world.Host.LawmaticsFaultAsync("getprospect", kind, count);
        var (_, receipt) = await world.PostAsync(LawmaticsWorld.Body("matter.updated", new { matter_id = long.Parse(matter) }, LawmaticsWorld.NewId()));

        var workflow = await world.Host.EndOfWorkflowAsync($"lawmaticsevent.{receipt.GetProperty("id").GetString()}", count == 1 ? null : TimeSpan.FromMinutes(20));

        Assert.Equal("completed_with_problems", workflow.GetProperty("state").GetString());
        var kept = await world.RequestAsync(receipt);
        Assert.Equal(("failed", workflow.GetProperty("steps")[0].GetProperty("error").GetString()), (kept.State, kept.Reason));
        using var clear = await world.Host.Http.DeleteAsync($"{world.Host.SandboxUrl}/_sandbox/faults");
        Assert.Equal(202, await ReprocessAsync(kept.Id));
        await world.Host.EventuallyAsync(async () => (await world.RequestAsync(receipt)).State == "processed", TimeSpan.FromSeconds(1));
        Assert.Equal("active", (await world.CaseAsync(id)).Status);
    }

    [Fact]
    public async Task One_that_a_disconnection_stopped_goes_on_once()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        await world.PatchAsync(new { toggles = new { enableIntegration = false } });
        var (_, receipt) = await world.PostAsync(LawmaticsWorld.Body("matter.updated", new { matter_id = long.Parse(matter) }, LawmaticsWorld.NewId()));
        var (webhook, records, workflow) = (world.Host.Get<LawmaticsWebhook>(), world.Host.Get<WorkflowRecords>(), $"lawmaticsevent.{receipt.GetProperty("id").GetString()}");
        Assert.True(await records.TerminateAsync(LawmaticsHost.Demo, workflow, default, LawmaticsDisconnect.Stopped));
        await world.PatchAsync(new { toggles = new { enableIntegration = true } });
        var stopped = (await records.FindAsync(LawmaticsHost.Demo, workflow, default))!.Record;

        Assert.True(await webhook.ResumeAsync(LawmaticsHost.Demo, stopped, default));

        await world.Host.EventuallyAsync(async () => (await world.RequestAsync(receipt)).State == "processed", TimeSpan.FromSeconds(1));
        Assert.Equal("active", (await world.CaseAsync(id)).Status);
        Assert.False(await webhook.ResumeAsync(LawmaticsHost.Demo, stopped, default));
    }

    [Fact]
    public async Task One_that_came_while_nothing_was_connected_is_taken_up_when_something_is()
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        var (connections, webhook) = (world.Host.Get<LawmaticsConnections>(), world.Host.Get<LawmaticsWebhook>());
        var body = LawmaticsWorld.Body("matter.updated", new { matter_id = long.Parse(matter) }, LawmaticsWorld.NewId());
        await connections.ChangeAsync(LawmaticsHost.Demo, old => old with { Connected = false }, default);
        Assert.Equal((503, 503), ((await world.PostAsync(body)).Status, (await world.PostAsync(body)).Status));
        await connections.ChangeAsync(LawmaticsHost.Demo, old => old with { Connected = true }, default);

        Assert.Equal(1, await webhook.ResumeQueuedAsync(LawmaticsHost.Demo, default));

        await world.Host.EventuallyAsync(async () => (await world.ToldAsync(id)).Count > 0, TimeSpan.FromSeconds(1));
        Assert.Equal(["active by lawmatics"], await world.ToldAsync(id));
        Assert.Equal(0, await webhook.ResumeQueuedAsync(LawmaticsHost.Demo, default));
        // Lawmatics, which was told to come again, does.
        Assert.Equal("duplicate", (await world.PostAsync(body)).Json.GetProperty("result").GetString());
    }

    private async Task<int> ReprocessAsync(string id)
    {
        using var answer = await world.Host.Http.PostAsync($"/api/companies/demo/inbound/{id}/reprocess", null);
        return (int)answer.StatusCode;
    }
}
