using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Tests.LawRuler;

/// <summary>A host for tests of the status sync, each with leads of its own; the rate budget is out of their way.</summary>
public sealed class StatusFirm : IAsyncLifetime
{
    public static readonly CompanyId Demo = CompanyId.Parse("demo");

    private static readonly TimeSpan s_turn = TimeSpan.FromMinutes(5);

    private static int s_last = 940_000;

    public TestHost Host { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await TestHost.StartAsync();
        await Host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 60_000, concurrency = 32 } });
        await Host.WebhooksAnsweredAsync();
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>Everything as at the beginning.</summary>
    public async Task ResetAsync()
    {
        using var clear = await Host.Http.DeleteAsync($"{Host.SandboxUrl}/_sandbox/faults");
        await Host.PatchSettingsAsync(new
        {
            statusResume = "non-retroactive",
            toggles = new { enableIntegration = true, receiveData = true, sendData = true, syncCaseStatuses = true },
            settings = new { outboundCaseTypes = Array.Empty<string>(), statuses = new { conflict = "LawRulerWins", pagesAPoll = 10 }, sync = new { searchByDate = true } },
        });
        await MapAsync();
        await AdvanceAsync(TimeSpan.Zero);
    }

    /// <summary>Moves the clock by a time and on to where the poll of the timer's turn has ended: the next comes in two minutes at the earliest.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        Host.Clock.Advance(by + s_turn);
        await Host.EventuallyAsync(
            async () =>
            {
                var now = Host.Clock.GetUtcNow();
                var turn = new DateTimeOffset(now.UtcTicks / s_turn.Ticks * s_turn.Ticks, TimeSpan.Zero);
                return now - turn < TimeSpan.FromMinutes(3) && (await Host.Get<IWorkflowEngine>().GetAsync($"demo.lawruler-statuses.{turn.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}", default))?.State == WorkflowState.Completed
                    // Nor goes an hour's sync on beside the test.
                    && (await Host.Get<LawRulerSyncStates>().FindAsync(Demo, default))?.Value.Running is null;
            },
            TimeSpan.FromSeconds(20));
    }

    /// <summary>How many polls the timer has started for a firm.</summary>
    public async Task<int> PollsAsync(string company) => (await Host.Get<IWorkflowEngine>().QueryAsync($"{company}.lawruler-statuses.", null, null, 1000, default)).Count;

    /// <summary>A lead in Law Ruler whose case Kayse has.</summary>
    public async Task<long> LeadAsync(string status = "New Lead")
    {
        var lead = Interlocked.Increment(ref s_last);
        await Chain.LeadAsync(Host, lead, new { status, caseType = "Zantac", fields = new { FirstName = "Ana", LastName = "Ruiz", Email1 = "ana@example.com" } });
        await Chain.SendWebhookAsync(Host, lead);
        return lead;
    }

    /// <summary>Sends Kayse's change of a status; returns the workflow that pushes it.</summary>
    public async Task<string> SetInKayseAsync(long lead, string status, string origin = "kayse", DateTimeOffset? at = null)
    {
        var id = $"evt_st{Guid.NewGuid():N}";
        await Host.SendAsync(new
        {
            id,
            type = "case_status_changed",
            occurredAt = at ?? Host.Clock.GetUtcNow(),
            companyId = "demo",
            @case = new { externalSource = "lawruler", externalSourceId = $"{lead}", caseType = "Zantac" },
            data = new { status, origin },
        });
        return $"status.{id}";
    }

    /// <summary>Sets a status in Kayse and waits for the end of its push.</summary>
    public async Task<JsonElement> PushAsync(long lead, string status) => await Host.EndOfWorkflowAsync(await SetInKayseAsync(lead, status), Chain.Second);

    /// <summary>A person sets a status in Law Ruler, which tells by its webhook.</summary>
    public async Task SetInLawRulerAsync(long lead, string status)
    {
        using var answer = await Host.Http.PatchAsJsonAsync($"{Host.SandboxUrl}/_sandbox/lawruler/demo/leads/{lead}", new { status });
        answer.EnsureSuccessStatusCode();
        await Host.WebhooksAnsweredAsync();
    }

    /// <summary>The same, and its webhook does not count.</summary>
    public async Task SetInLawRulerUnseenAsync(long lead, string status)
    {
        await Host.PatchSettingsAsync(new { toggles = new { receiveData = false } });
        await SetInLawRulerAsync(lead, status);
        await Host.PatchSettingsAsync(new { toggles = new { receiveData = true } });
    }

    public Task PullAsync() => Host.Get<StatusPull>().RunAsync(Demo, default);

    public async Task<string?> StatusInLawRulerAsync(long lead) => Chain.Text(await Host.LeadAsync(lead), "status");

    public async Task<Case> CaseAsync(long lead) => (await Host.Get<CaseStore>().FindAsync(Demo, "lawruler", $"{lead}", default))!;

    /// <summary>The statuses that Kayse has written to a lead, in order.</summary>
    public async Task<IReadOnlyList<string>> WritesAsync(long lead) => [.. (await Chain.FormsAsync(Host, lead)).SelectMany(form => form).Where(pair => pair.Key == "Status").Select(pair => pair.Value)];

    /// <summary>Both sides, as one text.</summary>
    public async Task<string> SidesAsync(long lead) => $"Kayse {(await CaseAsync(lead)).Status}, Law Ruler {await StatusInLawRulerAsync(lead)}";

    public Task<SyncState> HealthAsync() => Host.Get<SyncHealth>().GetAsync(Demo, "lawruler", default);

    /// <summary>The details of the firm's audit lines about a workflow or a case.</summary>
    public async Task<IReadOnlyList<AuditEntry>> AuditAsync(string? subject, string? action = null) =>
        [.. (await Host.Get<AuditLog>().ListAsync(Demo, null, 500, default)).Items.Where(line => (subject is null || line.Subject == subject) && (action is null || line.Action == action))];

    public async Task MapAsync(params object[] entries)
    {
        using var answer = await Host.Http.PutAsJsonAsync("/api/companies/demo/integrations/lawruler/statuses", new { entries });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Sends a change of the settings as it is.</summary>
    public Task<HttpResponseMessage> SwitchAsync(bool on, string? statusResume = null) => Host.Http.PatchAsJsonAsync(
        "/api/companies/demo/integrations/lawruler/settings",
        statusResume is null ? (object)new { toggles = new { syncCaseStatuses = on } } : new { statusResume, toggles = new { syncCaseStatuses = on } });

    public async Task SwitchOffAsync()
    {
        using var answer = await SwitchAsync(on: false);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until an event has been taken up.</summary>
    public Task TakenAsync(string workflow) => Host.EventuallyAsync(async () => await Host.WorkflowAsync(workflow) is not null || (await AuditAsync(workflow)).Count > 0);
}
