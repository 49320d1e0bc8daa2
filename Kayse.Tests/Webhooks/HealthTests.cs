using System.Net;
using System.Text.Json;
using Kayse.Core.Events;

namespace Kayse.Tests.Webhooks;

/// <summary>What happens to a webhook that does nothing but fail for long.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private const string Failing = "webhook.failing";

    private static readonly TimeSpan s_piece = TimeSpan.FromHours(2);

    private WebhookFirm _firm = null!;
    private OutsideReceiver _bad = null!;
    private OutsideReceiver _good = null!;
    private string _webhook = "";
    private string _other = "";
    private bool _isDown = true;

    public Task InitializeAsync() => Task.CompletedTask;

    [Fact]
    public async Task After_a_day_of_nothing_but_failures_the_firm_is_told_once_also_over_a_restart()
    {
        await StartAsync();
        await FailAsync();
        await PassAsync(TimeSpan.FromHours(23.9));
        Assert.Equal("failing", await HealthAsync());
        Assert.Empty(await AttentionAsync());

        await PassAsync(TimeSpan.FromHours(0.2));
        await _firm.Host.EventuallyAsync(() => Task.FromResult(Told() == 1), DeliveryTime.Step);

        Assert.Equal("attention", await HealthAsync());
        var listed = (await _firm.Host.GetJsonAsync("/api/companies/demo/webhooks")).GetProperty("items").EnumerateArray();
        Assert.Equal(["attention", "ok"], listed.Select(webhook => webhook.Text("health")).Order());
        var entry = Assert.Single(await AttentionAsync());
        Assert.Equal(("webhook", _webhook, "To crm"), (entry.Text("subject"), entry.Text("id"), entry.Text("name")));
        Assert.Contains("Answered 500.", entry.Text("message"), StringComparison.Ordinal);
        await _firm.Host.RestartAsync();
        await PassAsync(TimeSpan.FromDays(2));
        await FailAsync();
        await PassAsync(TimeSpan.FromDays(1));
        Assert.Equal("attention", await HealthAsync());
        var told = Assert.Single(await _firm.DeliveriesAsync(_other, $"type={Failing}"));
        Assert.Equal(1, Told());
        Assert.Equal(_webhook, (await _firm.DeliveryAsync(_other, told.Text("id")!)).GetProperty("payload").GetProperty("data").GetProperty("webhook").Text("id"));
        Assert.Empty(await _firm.DeliveriesAsync(_webhook, $"type={Failing}"));
    }

    [Fact]
    public async Task A_success_begins_the_count_anew_and_ends_the_attention()
    {
        await StartAsync();
        await FailAsync();
        await PassAsync(TimeSpan.FromHours(20));
        await SucceedAsync();
        await FailAsync();
        await PassAsync(TimeSpan.FromHours(20));
        Assert.Equal(("failing", 0), (await HealthAsync(), Told()));

        await PassAsync(TimeSpan.FromHours(5));
        await _firm.Host.EventuallyAsync(() => Task.FromResult(Told() == 1), DeliveryTime.Step);
        Assert.Equal("attention", await HealthAsync());
        await SucceedAsync();
        Assert.Empty(await AttentionAsync());

        await FailAsync();
        await PassAsync(TimeSpan.FromHours(25));
        await _firm.Host.EventuallyAsync(() => Task.FromResult(Told() == 2), DeliveryTime.Step);
    }

    [Fact]
    public async Task After_five_days_it_is_switched_off_with_the_reason_and_switching_it_on_forgets_them()
    {
        await StartAsync();
        await FailAsync();
        await PassAsync(TimeSpan.FromDays(4.9));
        Assert.True((await _firm.WebhookAsync(_webhook)).GetProperty("active").GetBoolean());

        await PassAsync(TimeSpan.FromDays(0.2));
        await _firm.SendAsync();
        var skipped = (await _firm.DeliveriesAsync(_webhook, "skipped", 1))[0];

        var webhook = await _firm.WebhookAsync(_webhook);
        Assert.Equal(("disabled", false), (webhook.Text("health"), webhook.GetProperty("active").GetBoolean()));
        Assert.Matches(@"^Nothing but failures since 2026-11-20 15:0\d:\d\dZ. The first: Answered 500\.$", webhook.Text("disabledReason"));
        Assert.Equal(webhook.Text("disabledReason"), skipped.Text("reason"));
        Assert.Equal(_webhook, Assert.Single(await AttentionAsync()).Text("id"));

        using var patched = await _firm.PatchAsync(_webhook, new { active = true });
        Assert.Equal(HttpStatusCode.OK, patched.StatusCode);
        webhook = await _firm.WebhookAsync(_webhook);
        Assert.Equal(("ok", null, null, null), (webhook.Text("health"), webhook.Text("disabledReason"), webhook.Time("failingSince"), webhook.Text("firstFailure")));
        Assert.Empty(await AttentionAsync());
        await FailAsync();
        await PassAsync(TimeSpan.FromHours(20));
        Assert.Equal("failing", await HealthAsync());
    }

    [Fact]
    public async Task Nobody_is_told_where_that_is_switched_off()
    {
        await StartAsync(("Webhooks:AttentionAfterHours", "0"));
        await FailAsync();
        await PassAsync(TimeSpan.FromDays(4));
        Assert.Equal("failing", await HealthAsync());
        Assert.Empty(await AttentionAsync());
        await PassAsync(TimeSpan.FromDays(2));
        Assert.Equal("disabled", await HealthAsync());
        Assert.Empty(await _firm.DeliveriesAsync(_other, $"type={Failing}"));
    }

    [Fact]
    public async Task None_is_switched_off_where_that_is_switched_off()
    {
        await StartAsync(("Webhooks:DisableAfterDays", "0"), ("Webhooks:AttentionAfterHours", "2"));
        await FailAsync();
        await PassAsync(TimeSpan.FromHours(3));
        Assert.Equal("attention", await HealthAsync());
        await PassAsync(TimeSpan.FromDays(20));
        Assert.Equal("attention", await HealthAsync());
        Assert.True((await _firm.WebhookAsync(_webhook)).GetProperty("active").GetBoolean());
    }

    public async Task DisposeAsync()
    {
        await _firm.DisposeAsync();
        await _bad.DisposeAsync();
        await _good.DisposeAsync();
    }

    private async Task StartAsync(params (string Name, string Value)[] settings)
    {
        _firm = await WebhookFirm.StartAsync(settings);
        _bad = await OutsideReceiver.StartAsync(_firm.Host.Clock, _ => new OutsideAnswer(_isDown ? 500 : 200));
        _good = await OutsideReceiver.StartAsync(_firm.Host.Clock, _ => new OutsideAnswer(200));
        _webhook = await _firm.AddIdAsync("crm", new { url = _bad.Url });
        _other = await _firm.AddIdAsync("other", new { url = _good.Url });
    }

    private async Task FailAsync()
    {
        _isDown = true;
        await _firm.SendAsync();
        await _firm.Host.EventuallyAsync(async () => (await HealthAsync()) is "failing" or "attention", DeliveryTime.Step);
    }

    private async Task SucceedAsync()
    {
        _isDown = false;
        await _firm.SendAsync();
        await _firm.Host.EventuallyAsync(async () => await HealthAsync() == "ok", DeliveryTime.Step);
        await _firm.NoneWaitsAsync(_webhook);
    }

    /// <summary>Lets time pass; whatever a look at the firm's webhooks then leads to has happened.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        for (var end = _firm.Host.Clock.GetUtcNow() + time; _firm.Host.Clock.GetUtcNow() < end;)
        {
            // Time that passed while one is on its way would cut it off, and count as a failure.
            await _firm.NoneWaitsAsync(_other);
            var left = end - _firm.Host.Clock.GetUtcNow();
            _firm.Host.Clock.Advance(left < s_piece ? left : s_piece);
        }

        await _firm.NoneWaitsAsync(_other);
        await _firm.Host.Get<Sweep>().RunAsync(CancellationToken.None);
    }

    // One that was cut off after it had come in comes in again.
    private int Told() => _good.Requests.Where(request => request.Type == Failing).Select(request => request.EventId).Distinct(StringComparer.Ordinal).Count();

    private async Task<string?> HealthAsync() => (await _firm.WebhookAsync(_webhook)).Text("health");

    private async Task<IReadOnlyList<JsonElement>> AttentionAsync() => [.. (await _firm.Host.GetJsonAsync("/api/companies/demo/integrations")).GetProperty("attention").EnumerateArray()];
}
