using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Events;

namespace Kayse.Tests.LawRuler;

/// <summary>
/// A day of five firms with 2,000 leads: calls, messages, documents and notes, statuses that change on both sides, webhooks that are lost, two outages of
/// Law Ruler and a restart. What happens is chance with a seed: <c>KAYSE_DAY_SEED</c> chooses another day.
/// </summary>
[Trait("Category", "Torture")]
public sealed class DayInTheLifeTests
{
    private const int Leads = 400;

    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task After_a_day_both_sides_are_equal_and_nothing_is_there_twice()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("KAYSE_DAY_SEED"), out var given) ? given : 20_261_121;
        var chance = new Random(seed);
        await using var host = await TestHost.StartAsync();
        await host.PatchSettingsAsync(new { toggles = new { enableIntegration = false } });
        var firms = Enumerable.Range(1, 5).Select(n => new DayFirm(host, $"firm{n}", Leads)).ToList();
        foreach (var firm in firms)
        {
            await firm.OpenAsync();
        }

        for (var hour = 0; hour < 24; hour++)
        {
            await BeginHourAsync(host, firms, hour);
            for (var part = 0; part < 12; part++)
            {
                foreach (var firm in firms)
                {
                    await firm.HappenAsync(chance);
                }

                await PassAsync(host, TimeSpan.FromMinutes(5));
            }
        }

        await SettleAsync(host, firms, seed);
        // Nothing is pushed back and forth.
        using var forget = await host.Http.DeleteAsync($"{host.SandboxUrl}/_sandbox/requests");
        await PassAsync(host, TimeSpan.FromHours(1));
        Assert.Empty(await host.SandboxRequestsAsync("campaign"));
    }

    private static async Task BeginHourAsync(TestHost host, List<DayFirm> firms, int hour)
    {
        if (hour is 6 or 15)
        {
            await host.FaultAsync(new { system = "lawruler", operation = "*", kind = hour == 6 ? "503" : "reset", count = 1_000_000, applied = "no" });
        }

        if (hour is 7 or 16)
        {
            using var clear = await host.Http.DeleteAsync($"{host.SandboxUrl}/_sandbox/faults");
        }

        if (hour == 11)
        {
            await host.RestartAsync(TimeSpan.FromMinutes(7));
        }

        foreach (var firm in firms)
        {
            // Every third hour Law Ruler's webhooks are lost.
            await firm.WebhookAsync(active: hour % 3 != 2);
        }
    }

    private static async Task PassAsync(TestHost host, TimeSpan time)
    {
        for (var end = host.Clock.GetUtcNow() + time; host.Clock.GetUtcNow() < end;)
        {
            host.Clock.Advance(s_step);
            await AnsweredAsync(host);
        }
    }

    /// <summary>Waits for the answers to what is being asked: time that ran on would make each of them one that came too late.</summary>
    private static async Task AnsweredAsync(TestHost host)
    {
        for (var quiet = 0; quiet < 2;)
        {
            await Task.Yield();
            quiet = (await host.GetJsonAsync($"{host.SandboxUrl}/_sandbox/requests/in-flight")).GetProperty("inFlight").GetInt32() == 0 ? quiet + 1 : 0;
        }
    }

    /// <summary>Lets what is still on its way arrive: the longest wait between two tries, and the next hour's sync.</summary>
    private static async Task SettleAsync(TestHost host, List<DayFirm> firms, int seed)
    {
        List<string> differences = [];
        for (var hour = 0; hour < 6; hour++)
        {
            await PassAsync(host, TimeSpan.FromHours(1));
            differences = await DifferencesAsync(host, firms);
            if (differences.Count == 0)
            {
                return;
            }
        }

        Assert.Fail($"Seed {seed}: {differences.Count} differences, among them: {string.Join("; ", differences.Take(10))}");
    }

    private static async Task<List<string>> DifferencesAsync(TestHost host, List<DayFirm> firms)
    {
        var differences = new List<string>();
        foreach (var firm in firms)
        {
            differences.AddRange(await firm.DifferencesAsync());
        }

        for (var n = 1; n <= firms.Count; n++)
        {
            var pending = (await host.Get<PendingWork>().AllAsync(CompanyId.Parse($"firm{n}"), default)).Count;
            var attention = (await host.Http.GetFromJsonAsync<JsonElement>($"/api/companies/firm{n}/integrations")).GetProperty("attention").EnumerateArray().Select(entry => Chain.Text(entry, "message"));
            differences.AddRange(attention.Select(message => $"firm{n} needs attention: {message}"));
            if (pending > 0)
            {
                differences.Add($"firm{n}: {pending} pending");
            }
        }

        return differences;
    }
}
