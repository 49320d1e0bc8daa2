using System.Diagnostics;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Kayse.Tests.Torture;

/// <summary>Kills at random moments while events and webhooks come in and the CRM fails in every way it can.</summary>
[Trait("Category", "Torture")]
[Collection(KillsCollection.Name)]
public sealed class KillTests(ITestOutputHelper output)
{
    private const int ChainsARound = 10;
    private const int PostsARound = 2;
    private const int FaultsARound = 9;
    private const long FirstCalled = 100_000;
    private const long FirstPosted = 900_000;

    private readonly List<Task> _work = [];
    private Task _toggled = Task.CompletedTask;

    [Fact]
    public async Task Whatever_is_killed_and_whatever_fails_nothing_is_lost_and_nothing_is_there_twice()
    {
        var settings = TortureSettings.Read();
        try
        {
            await RunAsync(settings);
        }
        catch (Exception fault)
        {
            throw new XunitException($"With KAYSE_TORTURE_SEED={settings.Seed} and KAYSE_TORTURE_ROUNDS={settings.Rounds}: {fault.Message}", fault);
        }
    }

    private async Task RunAsync(TortureSettings settings)
    {
        var watch = Stopwatch.StartNew();
        var chance = new Random(settings.Seed);
        using var world = await TortureWorld.StartAsync(new { requestsPerMinute = 6000, concurrency = 16, retryFirstSeconds = 0.2, retryMaxSeconds = 2, settleSeconds = 2.5, rateLimitWaitSeconds = 0.3 });
        var persons = new Persons(world.Client, world.SandboxUrl);
        var posts = new LeadPosts(world.Client, world.WebhookUrl, settings.Seed);
        var noMore = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(persons.WorkAsync(noMore.Task));

        var called = await KillAsync(world, settings, chance, persons, posts, watch);
        noMore.SetResult();
        Say(watch, $"{world.Host.Kills} kills, {called.Count} calls");
        await Task.WhenAll(_work);
        Say(watch, $"all acknowledged, {world.Client.Unanswered} requests unanswered");
        var aftermath = new Aftermath(world, called, persons, posts);
        await aftermath.EndAsync();
        Say(watch, "all chains ended");
        await aftermath.CheckAsync();
        Assert.InRange(world.Host.Kills, settings.Rounds, int.MaxValue);
        // Each kind with each «applied» was served at each write, else the test has shown less than it says.
        Assert.DoesNotContain(await world.FaultsAsync(), fault => FaultDeck.Writes.Contains(fault.GetProperty("operation").GetString()));
        Say(watch, $"checked; seed {settings.Seed}");
    }

    private async Task<IReadOnlyList<long>> KillAsync(TortureWorld world, TortureSettings settings, Random chance, Persons persons, LeadPosts posts, Stopwatch watch)
    {
        var called = new List<long>();
        var deck = new FaultDeck(world.Client, world.SandboxUrl, chance);
        for (var round = 0; round < settings.Rounds || watch.Elapsed < settings.Time; round++)
        {
            var leads = Enumerable.Range(0, ChainsARound).Select(i => FirstCalled + called.Count + i).ToList();
            await world.LeadsAsync(leads, tokenLifetimeSeconds: 64);
            deck = deck.Left > 0 || watch.Elapsed >= settings.Time ? deck : new FaultDeck(world.Client, world.SandboxUrl, chance);
            await deck.DealAsync(FaultsARound);
            Begin(world, posts, leads, round);
            leads.Where(lead => lead % 4 == 0).ToList().ForEach(persons.Watch);
            called.AddRange(leads);
            await Task.Delay(chance.Next(300, 2800));
            await world.Host.KillAsync();
            world.Host.Start();
        }

        return called;
    }

    /// <summary>Lets a round's events and posts begin to come; they go on until they are acknowledged, over as many kills as it takes.</summary>
    private void Begin(TortureWorld world, LeadPosts posts, List<long> leads, int round)
    {
        _work.AddRange(leads.Select(lead => world.Client.EventAsync(world.Call(lead))));
        _work.AddRange(Enumerable.Range(0, PostsARound).Select(i => posts.PostAsync(FirstPosted + (round * PostsARound) + i, times: 20)));
        // The integration pauses for a while, over some kills.
        if (round is 0 or 1)
        {
            _toggled = ToggleAsync(world, _toggled, round == 1);
            _work.Add(_toggled);
        }
    }

    private static async Task ToggleAsync(TortureWorld world, Task before, bool isOn)
    {
        await before;
        await world.SetAsync(new { toggles = new { enableIntegration = isOn } });
    }

    private void Say(Stopwatch watch, string what) => output.WriteLine($"{watch.Elapsed.TotalSeconds:f1} s: {what}");
}
