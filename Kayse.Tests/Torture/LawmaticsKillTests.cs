using System.Diagnostics;
using System.Text.Json;
using Kayse.Tests.Lawmatics;
using Kayse.Tests.Standalone;
using Xunit.Abstractions;

namespace Kayse.Tests.Torture;

/// <summary>Kills at random moments during a bulk sync to Lawmatics, whose writes lose their answers meanwhile; with 150 rounds or more it is 500 matters.</summary>
[Trait("Category", "Torture")]
[Collection(KillsCollection.Name)]
public sealed class LawmaticsKillTests(ITestOutputHelper output)
{
    private const string Integration = "/api/companies/demo/integrations/lawmatics";
    private const int ShortMatters = 40;
    private const int LongMatters = 500;
    private const int LongRounds = 150;

    [Fact]
    public async Task Whatever_is_killed_during_a_bulk_sync_no_contact_or_matter_is_there_twice_and_none_is_missing()
    {
        var settings = TortureSettings.Read(shortRounds: 6);
        var (chance, matters, watch) = (new Random(settings.Seed), settings.Rounds >= LongRounds ? LongMatters : ShortMatters, Stopwatch.StartNew());
        output.WriteLine($"seed {settings.Seed}");
        using var folder = new TempFolder();
        using var sandbox = await SandboxProcess.StartAsync(folder.In("sandbox.json"));
        using var host = new MortalHost(folder.In("data"), sandbox.Url, ("Lawmatics__AppUrl", $"{sandbox.Url}/lawmatics"), ("Lawmatics__ApiUrl", $"{sandbox.Url}/lawmatics"));
        using var client = new StubbornClient(host.Url);
        host.Start();
        await host.RunningAsync();
        await ConnectAsync(client, sandbox.Url);
        await SendAsync(client, matters);

        var bulk = (await client.SendAsync(HttpMethod.Post, $"{Integration}/sync", new { matters = "unlinked" })).GetProperty("id").GetString();
        while (!await IsEndedAsync(client, bulk!) && watch.Elapsed < TimeSpan.FromMinutes(10))
        {
            if (host.Kills < settings.Rounds)
            {
                await FaultAsync(client, sandbox.Url, chance);
                await Task.Delay(chance.Next(300, 2500));
                await host.KillAsync();
                host.Start();
            }

            await Task.Delay(200);
        }

        await KayseProcess.EventuallyAsync(async () => (await client.AllAsync("/api/companies/demo/workflows?state=running")).Count == 0);
        output.WriteLine($"{host.Kills} kills, {watch.Elapsed}");
        await CheckAsync(client, sandbox.Url, matters);
        Assert.True(host.Kills > 0);
    }

    private static async Task ConnectAsync(StubbornClient client, string sandbox)
    {
        await client.SendAsync(HttpMethod.Post, "/api/companies", new { id = "demo", name = "Demo", timeZone = "America/New_York" });
        await client.SendAsync(HttpMethod.Put, $"{sandbox}/_sandbox/lawmatics/{LawmaticsHost.ClientId}", new { options = new { authorizePage = "grant", rateLimitPerMinute = 0 } });
        await client.SendAsync(HttpMethod.Patch, $"{Integration}/settings", new { toggles = new { autoSync = false }, settings = new { requestsPerMinute = 6000, concurrency = 8, settleSeconds = 1, retryFirstSeconds = 0.2, retryMaxSeconds = 1 } });
        var address = (await client.SendAsync(HttpMethod.Post, $"{Integration}/connect", new { clientId = LawmaticsHost.ClientId, clientSecret = LawmaticsHost.ClientSecret })).GetProperty("authorizeUrl").GetString();
        using var browser = KayseProcess.Client(MortalHost.Key);
        using var page = await browser.GetAsync(address);
        Assert.True(page.IsSuccessStatusCode, await page.Content.ReadAsStringAsync());
    }

    /// <summary>Every third matter is one more of the client before.</summary>
    private static async Task SendAsync(StubbornClient client, int matters)
    {
        for (var i = 0; i < matters; i++)
        {
            var number = i;
            var envelope = Outbound.Intake($"mat_{number}", json => json["data"]!["client"] = Outbound.Client("Tilda", $"Quillfeather {Person(number)}", $"person{Person(number)}@example.com"));
            await client.EventAsync(JsonSerializer.SerializeToElement(envelope));
        }

        await KayseProcess.EventuallyAsync(async () => (await client.AllAsync("/api/companies/demo/cases")).Count == matters);
    }

    private static int Person(int matter) => matter % 3 == 2 ? matter - 1 : matter;

    private static Task FaultAsync(StubbornClient client, string sandbox, Random chance)
    {
        string[] operations = ["createcontact", "createprospect", "updatecontact"];
        string[] kinds = ["reset", "500", "html200"];
        return client.SendAsync(HttpMethod.Post, $"{sandbox}/_sandbox/faults", new
        {
            system = "lawmatics",
            operation = operations[chance.Next(operations.Length)],
            kind = kinds[chance.Next(kinds.Length)],
            count = 1,
            applied = chance.Next(2) == 0 ? "before" : "no",
        });
    }

    private static async Task<bool> IsEndedAsync(StubbornClient client, string bulk) =>
        (await client.SendAsync(HttpMethod.Get, $"/api/companies/demo/workflows/{bulk}")).GetProperty("endedAt").ValueKind == JsonValueKind.String;

    private static async Task CheckAsync(StubbornClient client, string sandbox, int matters)
    {
        var kept = await client.SendAsync(HttpMethod.Get, $"{sandbox}/_sandbox/lawmatics?client={LawmaticsHost.ClientId}");
        var expected = Enumerable.Range(0, matters).ToList();
        Assert.Equal(expected.Select(i => $"Quillfeather – mat_{i}").Order(StringComparer.Ordinal), Texts(kept, "matters", "caseTitle"));
        Assert.Equal(expected.Select(i => $"person{Person(i)}@example.com").Distinct().Order(StringComparer.Ordinal), Texts(kept, "contacts", "email"));
        Assert.Equal(matters, kept.GetProperty("notes").GetArrayLength());
        Assert.Equal(matters, Texts(kept, "notes", "body").Distinct(StringComparer.Ordinal).Count());
    }

    private static List<string> Texts(JsonElement kept, string kind, string name) =>
        [.. kept.GetProperty(kind).EnumerateArray().Select(one => one.GetProperty(name).GetString()!).Order(StringComparer.Ordinal)];
}
