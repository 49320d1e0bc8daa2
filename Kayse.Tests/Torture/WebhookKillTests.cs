using System.Diagnostics;
using Kayse.Tests.Standalone;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Kayse.Tests.Torture;

/// <summary>Kills at random moments while events go out to twenty receivers, of which many fail.</summary>
[Trait("Category", "Torture")]
[Collection(KillsCollection.Name)]
public sealed class WebhookKillTests(ITestOutputHelper output) : IDisposable
{
    private const int ShortRounds = 5;
    private const int ShortEvents = 150;
    private const int LongEvents = 1000;

    // So many senders; each repeats its event until it is acknowledged.
    private readonly SemaphoreSlim _senders = new(12);
    private readonly List<Task> _work = [];
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _kills = [];

    [Fact]
    public async Task Whatever_is_killed_each_event_has_one_delivery_a_webhook_and_each_receiver_sees_it()
    {
        var settings = TortureSettings.Read(ShortRounds);
        try
        {
            await RunAsync(settings);
        }
        catch (Exception fault)
        {
            throw new XunitException($"With KAYSE_TORTURE_SEED={settings.Seed} and KAYSE_TORTURE_ROUNDS={settings.Rounds}: {fault.Message}", fault);
        }
    }

    public void Dispose() => _senders.Dispose();

    private async Task RunAsync(TortureSettings settings)
    {
        var watch = Stopwatch.StartNew();
        var isLong = settings.Rounds > ShortRounds || settings.Time > TimeSpan.Zero;
        var events = Enumerable.Range(0, isLong ? LongEvents : ShortEvents).Select(number => new WebhookEvent(number)).ToList();
        using var world = await WebhookWorld.StartAsync(WebhookReceiver.All);
        await KillAsync(world, settings, events, isLong, watch);
        Say(watch, $"{world.Host.Kills} kills, {events.Count} events, {WebhookReceiver.All.Count} receivers");
        await Task.WhenAll(_work);
        Say(watch, $"all acknowledged, {world.Client.Unanswered} requests unanswered");
        Assert.Equal(events.Select(one => one.Id).Order(StringComparer.Ordinal), world.Client.Events.Order(StringComparer.Ordinal));

        var aftermath = new WebhookAftermath(world, events, _kills);
        await aftermath.EndAsync();
        Say(watch, "all deliveries ended that end");
        await ReplayAsync(world, events, aftermath, isLong);
        Say(watch, "replayed");
        await aftermath.CheckAsync();
        Assert.InRange(world.Host.Kills, settings.Rounds, int.MaxValue);
        Say(watch, $"checked, {aftermath.Requests} requests received, {aftermath.Doubles} twice because of a kill; seed {settings.Seed}");
    }

    private async Task KillAsync(WebhookWorld world, TortureSettings settings, List<WebhookEvent> events, bool isLong, Stopwatch watch)
    {
        var chance = new Random(settings.Seed);
        for (var round = 0; round < settings.Rounds || watch.Elapsed < settings.Time; round++)
        {
            var share = events.Skip(events.Count * round / settings.Rounds).Take((events.Count * (round + 1) / settings.Rounds) - (events.Count * round / settings.Rounds));
            _work.AddRange(share.Select(one => SendAsync(world, one, TimeSpan.FromMilliseconds(chance.Next(1500)))).ToList());
            await Task.Delay(chance.Next(300, isLong ? 2800 : 1600));
            if (!isLong && round == settings.Rounds - 1)
            {
                // Its time-outs would take longer than all else; in the long form it stays silent.
                await world.AnswerAsync("silent", new { reset = true });
            }

            await KillAsync(world);
        }
    }

    /// <summary>The one that had gone comes back, and is sent again what it has missed.</summary>
    private async Task ReplayAsync(WebhookWorld world, List<WebhookEvent> events, WebhookAftermath aftermath, bool isLong)
    {
        var going = WebhookReceiver.All.Single(one => one.Kind == WebhookReceiverKind.Going);
        var skipped = await world.DeliveriesAsync(going, "?state=skipped");
        Assert.NotEmpty(skipped);
        Assert.Equal("disabled", (await world.WebhookAsync(going)).GetProperty("health").GetString());
        await world.AnswerAsync(going.Name, new { status = 200 });
        await world.SwitchOnAsync(going);
        await world.ReplayAsync(going, "skipped");
        await world.ReplayAsync(going, "failed");
        if (isLong)
        {
            await KillAsync(world);
        }

        await KayseProcess.EventuallyAsync(async () => (await world.Client.AllAsync("/api/companies/demo/workflows?state=running")).Count == 0);
        await aftermath.SettledAsync(going);
        var taken = (await world.ReceivedAsync(going)).Where(one => one.Status == 200).Select(one => one.WebhookId);
        Assert.Empty(events.Select(one => one.Id).Except(taken));
    }

    private async Task KillAsync(WebhookWorld world)
    {
        var from = TimeProvider.System.GetUtcNow();
        await world.Host.KillAsync();
        _kills.Add((from, TimeProvider.System.GetUtcNow()));
        world.Host.Start();
    }

    // Spread over the round, so that a kill meets events at every stage.
    private async Task SendAsync(WebhookWorld world, WebhookEvent one, TimeSpan after)
    {
        await Task.Delay(after);
        await _senders.WaitAsync();
        try
        {
            await world.Client.EventAsync(one.Envelope());
        }
        finally
        {
            _senders.Release();
        }
    }

    private void Say(Stopwatch watch, string what) => output.WriteLine($"{watch.Elapsed.TotalSeconds:f1} s: {what}");
}
