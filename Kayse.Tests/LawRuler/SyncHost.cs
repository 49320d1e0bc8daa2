using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Sync;

namespace Kayse.Tests.LawRuler;

/// <summary>A host for one test of the sync; the firm's webhook is silent, so that what comes comes by the sync.</summary>
public sealed class SyncHost : IAsyncDisposable
{
    public static readonly CompanyId Demo = CompanyId.Parse("demo");

    private SyncHost(TestHost host) => Host = host;

    public TestHost Host { get; }

    public string Portal => $"{Host.SandboxUrl}/_sandbox/lawruler/demo";

    /// <summary>Starts a host; the rate limit is out of the way unless a test sets it.</summary>
    public static async Task<SyncHost> StartAsync(object? sync = null, DateTimeOffset? start = null)
    {
        var host = await TestHost.StartAsync(start: start);
        // The demo firm's own lead comes by the webhook, in the background.
        await host.WebhooksAnsweredAsync();
        using var silent = await host.Http.DeleteAsync($"{host.SandboxUrl}/_sandbox/lawruler/demo/webhook");
        silent.EnsureSuccessStatusCode();
        await host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 60_000, retryMaxSeconds = 10, sync = sync ?? new { } } });
        return new SyncHost(host);
    }

    /// <summary>Makes leads in Law Ruler.</summary>
    public async Task LeadsAsync(long first, int count, object? lead = null)
    {
        for (var id = first; id < first + count; id++)
        {
            await Chain.LeadAsync(Host, id, lead ?? new { caseType = "Zantac", fields = new { FirstName = "Ana", LastName = $"Ruiz{id}" } });
        }
    }

    /// <summary>Lets people write notes in Law Ruler; returns their ids.</summary>
    public async Task<IReadOnlyList<long>> NotesAsync(long lead, object notes)
    {
        using var answer = await Host.Http.PostAsJsonAsync($"{Portal}/leads/{lead}/notes", notes);
        answer.EnsureSuccessStatusCode();
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ids").EnumerateArray().Select(id => id.GetInt64())];
    }

    /// <summary>Changes a lead in Law Ruler.</summary>
    public async Task ChangeLeadAsync(long lead, object change)
    {
        using var answer = await Host.Http.PatchAsJsonAsync($"{Portal}/leads/{lead}", change);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Lets time pass in which no hour starts a sync.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await Host.PatchSettingsAsync(new { toggles = new { receiveData = false } });
        Host.Clock.Advance(time);
        await Host.PatchSettingsAsync(new { toggles = new { receiveData = true } });
    }

    /// <summary>Asks for a sync.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Json)> AskAsync()
    {
        using var answer = await Host.Http.PostAsync("/api/companies/demo/integrations/lawruler/sync", null);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Starts a sync; returns its id.</summary>
    public async Task<string> BeginAsync()
    {
        var (status, json) = await AskAsync();
        Assert.Equal(HttpStatusCode.Accepted, status);
        return Chain.Text(json, "id")!;
    }

    /// <summary>Runs a sync to its end; where the hour has started one, after it.</summary>
    public async Task<JsonElement> RunAsync(TimeSpan? step = null)
    {
        string? id = null;
        await Host.EventuallyAsync(async () =>
        {
            var (status, json) = await AskAsync();
            id = status == HttpStatusCode.Accepted ? Chain.Text(json, "id") : null;
            return id is not null;
        }, step ?? Chain.Second);
        return await Host.EndOfWorkflowAsync(id!, step ?? Chain.Second);
    }

    public Task<Case?> CaseAsync(long lead) => Host.Get<CaseStore>().FindAsync(Demo, "lawruler", $"{lead}", default);

    /// <summary>The notes of a lead's case as the API lists them.</summary>
    public async Task<IReadOnlyList<JsonElement>> CaseNotesAsync(long lead)
    {
        var matter = await CaseAsync(lead);
        return matter is null ? [] : [.. (await Host.GetJsonAsync($"/api/companies/demo/cases/{matter.Id}/notes?limit=100")).GetProperty("items").EnumerateArray()];
    }

    public async Task<LawRulerSyncState> StateAsync() => (await Host.Get<LawRulerSyncStates>().FindAsync(Demo, default))?.Value ?? new LawRulerSyncState();

    public Task<SyncState> HealthAsync() => Host.Get<SyncHealth>().GetAsync(Demo, "lawruler", default);

    /// <summary>The queries of the requests of one operation, in order.</summary>
    public async Task<IReadOnlyList<string>> QueriesAsync(string operation) => [.. (await Host.SandboxRequestsAsync(operation)).Select(request => Chain.Text(request, "query")!)];

    /// <summary>The bodies of the searches for leads, in order; one that the moving clock cut off has none.</summary>
    public async Task<IReadOnlyList<string>> SearchesAsync() => [.. (await Host.SandboxRequestsAsync("search")).Select(request => Chain.Text(request, "body")!).Where(body => body.Length > 0)];

    public Task SetAsync(object sync) => Host.PatchSettingsAsync(new { settings = new { sync } });

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
