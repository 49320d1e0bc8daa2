using System.Text.Json;
using Kayse.Core.Events;
using Kayse.Tests.Webhooks;

namespace Kayse.Tests.LawRuler;

/// <summary>A webhook that a firm has for it is told of what fails between it and Law Ruler, of each once.</summary>
public sealed class FailingEventTests : IAsyncLifetime
{
    private WebhookFirm _firm = null!;

    public async Task InitializeAsync()
    {
        _firm = await WebhookFirm.StartAsync();
        await _firm.AddAsync("ops", new { events = new[] { "integration.failing" } });
    }

    public async Task DisposeAsync() => await _firm.DisposeAsync();

    [Fact]
    public async Task Refused_credentials_and_the_chain_that_failed_of_it_are_each_told_once()
    {
        await RefuseAsync("call_f1", 887001);
        await _firm.Host.EventuallyAsync(async () => (await ToldAsync()).Count >= 2, TimeSpan.FromSeconds(30));

        _firm.Host.Clock.Advance(TimeSpan.FromMinutes(30));
        await RefuseAsync("call_f2", 887002);
        await _firm.Host.EventuallyAsync(async () => (await ToldAsync()).Count >= 3, TimeSpan.FromSeconds(30));

        // The rerun of a chain that fails again is the same chain.
        await Chain.RerunAsync(_firm.Host, "postcall.call_f2", "campaign_call");
        await _firm.Host.EndOfWorkflowAsync("postcall.call_f2.r1", Chain.Second);
        await _firm.Host.Get<Sweep>().RunAsync(SyncHost.Demo, default);
        await _firm.Host.Get<Sweep>().RunAsync(SyncHost.Demo, default);
        var told = await ToldAsync();

        Assert.Equal(["chain", "chain", "credentials"], told.Select(one => Chain.Text(one, "reason")).Order(StringComparer.Ordinal));
        Assert.All(told, one => Assert.Equal("lawruler", Chain.Text(one, "crm")));
        Assert.Equal(["postcall.call_f1", "postcall.call_f2"], told.Where(one => Chain.Text(one, "reason") == "chain").Select(one => Chain.Text(one, "message")!.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_sync_that_fails_is_told_although_the_credentials_were_told_before()
    {
        await RefuseAsync("call_f3", 887003);
        await _firm.Host.EventuallyAsync(async () => (await ToldAsync()).Any(one => Chain.Text(one, "reason") == "credentials"), TimeSpan.FromSeconds(30));

        await _firm.Host.FaultAsync(new { system = "lawruler", operation = "search", kind = "503", count = 100_000, applied = "no" });
        await _firm.Host.PatchSettingsAsync(new { toggles = new { receiveData = true } });
        await _firm.Host.EventuallyAsync(async () => (await ToldAsync()).Any(one => Chain.Text(one, "reason") == "sync"), TimeSpan.FromMinutes(5));
        for (var i = 0; i < 12; i++)
        {
            _firm.Host.Clock.Advance(TimeSpan.FromMinutes(5));
            await _firm.Host.Get<Sweep>().RunAsync(SyncHost.Demo, default);
        }

        Assert.Single(await ToldAsync(), one => Chain.Text(one, "reason") == "sync");
    }

    private async Task RefuseAsync(string call, long lead)
    {
        await Chain.LeadAsync(_firm.Host, lead);
        await _firm.Host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "401", count = 1000, applied = "no" });
        await _firm.Host.SendAsync(Chain.Call(_firm.Host, call, lead));
        await _firm.Host.EndOfWorkflowAsync($"postcall.{call}", Chain.Second);
    }

    private async Task<IReadOnlyList<JsonElement>> ToldAsync() => [.. (await _firm.ReceivedAsync("ops"))
        .Select(request => Chain.Text(request, "body")!)
        // A delivery that the moving clock cut off is made again, under the same event.
        .Where(body => body.Length > 0)
        .Select(body => JsonDocument.Parse(body).RootElement)
        .DistinctBy(body => Chain.Text(body, "id"))
        .Select(body => body.GetProperty("data").GetProperty("integration"))];
}
