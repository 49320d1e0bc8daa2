using System.Runtime.CompilerServices;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Starts syncs: each hour for every firm that receives data, and when an admin asks for one; never two of a firm's at once.</summary>
public sealed class LawRulerSync(LawRulerConnections connections, LawRulerSyncStates states, WorkflowRecords records, CompanyRegister companies, TimeProvider clock)
{
    // A sync that has failed for so long makes room for the next hour's, which goes on at the same page.
    private const double MaxWindowHours = 0.9;

    /// <summary>What the hourly timer has done for each firm.</summary>
    public FirmWork HourlyWork => new("lawruler-sync", FirmTimers.HourlySync, FirmsAsync, (company, cancellationToken) => StartAsync(company, cancellationToken));

    /// <summary>Starts a sync unless one runs.</summary>
    public async Task<LawRulerSyncStart> StartAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company, cancellationToken);
        if (Refusal(connection) is { } refusal)
        {
            return new LawRulerSyncStart(null, false, refusal);
        }

        while (true)
        {
            var state = await states.FindAsync(company, cancellationToken);
            if (state?.Value.Running is { } running && await records.FindAsync(company, running, cancellationToken) is null or { Record.EndedAt: null })
            {
                // Its start is finished, wherever a crash has come into it; what was started is not started twice.
                await RunAsync(company, running, connection.Settings, cancellationToken);
                return new LawRulerSyncStart(running, false, null);
            }

            var id = $"lawrulersync.{Ids.New("syn", clock)}";
            var next = (state?.Value ?? new LawRulerSyncState()) with { Running = id, BegunAt = clock.GetUtcNow(), Counts = new LawRulerSyncCounts(), WaitingAfter = null };
            if (await states.WriteAsync(company, state, next, cancellationToken))
            {
                await RunAsync(company, id, connection.Settings, cancellationToken);
                return new LawRulerSyncStart(id, true, null);
            }
        }
    }

    private static string? Refusal(LawRulerConnection connection) =>
        !connection.Connected ? "Law Ruler is not connected."
        : !connection.Toggles.EnableIntegration ? "The integration is paused: resume it first."
        : !connection.Toggles.ReceiveData ? "Receive data from Law Ruler is off: switch it on first."
        : null;

    private Task RunAsync(CompanyId company, string id, LawRulerSettings settings, CancellationToken cancellationToken)
    {
        var policy = new RetryPolicy(settings.RetryFirstSeconds, settings.RetryMaxSeconds, Math.Min(settings.RetryWindowHours, MaxWindowHours));
        var input = new LawRulerSyncInput(company, id, new StepAttempt(company, id, LawRulerSyncWorkflow.Leads, LawRulerConnections.Crm, 1, clock.GetUtcNow(), policy));
        return records.StartAsync(company, id, LawRulerSyncWorkflow.Name, LawRulerConnections.Crm, JsonSerializer.SerializeToUtf8Bytes(input, KayseJson.Default.LawRulerSyncInput), cancellationToken);
    }

    private async IAsyncEnumerable<CompanyId> FirmsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var hour = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        await foreach (var company in companies.AllAsync(cancellationToken))
        {
            // Whoever has just connected links case types and chooses settings first; the next full hour is soon enough.
            if (await connections.GetAsync(company, cancellationToken) is { IsActive: true, Toggles.ReceiveData: true } connection && connection.ConnectedAt < hour)
            {
                yield return company;
            }
        }
    }
}

/// <summary>What starting a sync came to.</summary>
/// <param name="Id">The sync that was started, or that runs; null when none may.</param>
/// <param name="IsNew">True when it was started now.</param>
/// <param name="Refusal">Why none may run, or null.</param>
public sealed record LawRulerSyncStart(string? Id, bool IsNew, string? Refusal);
