using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Replays the queue of statuses when their sync is switched on again.</summary>
public sealed class StatusReplays(StatusQueue queue, StatusPushes pushes, LawRulerConnections connections, WorkflowRecords records, TimeProvider clock)
{
    private const int PageSize = 20;
    private const string Step = "replay";

    // The status is read before it is written.
    private const int RequestsAPush = 2;

    private static readonly TimeSpan s_pauseCheck = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_storePatience = TimeSpan.FromSeconds(30);

    /// <summary>A new replay's id without the company prefix.</summary>
    public string NewId() => $"statusreplay.{Ids.New("rpl", clock)}";

    /// <summary>Starts a replay, once for ever.</summary>
    public Task StartAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        var input = new StatusReplayInput(company, id, clock.GetUtcNow(), null, 0);
        return records.StartAsync(company, id, StatusReplayWorkflow.Name, id, JsonSerializer.SerializeToUtf8Bytes(input, KayseJson.Default.StatusReplayInput), cancellationToken);
    }

    /// <summary>
    /// Starts the pushes that nobody else starts: a replay that a crash kept from starting, or that was ended before its queue was empty, and changes that
    /// were queued since the sync was switched on.
    /// </summary>
    public async Task TakeUpLeftAsync(CompanyId company, LawRulerConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        // While data does not go out what waits goes on waiting.
        if (connection is not { StatusResumedAt: { } resumed, Toggles.SendData: true })
        {
            return;
        }

        var (page, _) = await queue.ListAsync(company, null, EntityRules.MaxOperations, cancellationToken);
        await GoOnAsync(company, connection, [.. page.Where(queued => queued.At <= resumed)], cancellationToken);
        foreach (var queued in page.Where(queued => queued.At > resumed))
        {
            // One that comes to be late again goes under another id.
            await pushes.ReplayAsync(company, queued, $"late{queued.At.UtcTicks}", connection.Settings, cancellationToken);
        }
    }

    /// <summary>Starts the next of a replay's pushes. After a crash it is run again: what was started is not started twice.</summary>
    public async Task<StatusReplayPage> ReplayPageAsync(StatusReplayInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        try
        {
            return await NextAsync(input, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            return new StatusReplayPage(input.After, input.Started, clock.GetUtcNow() + s_storePatience, IsDone: false);
        }
    }

    // What was queued before the switch: of a replay it is replayed, without one it is what came too late to be dropped with the rest.
    private async Task GoOnAsync(CompanyId company, LawRulerConnection connection, IReadOnlyList<QueuedStatus> older, CancellationToken cancellationToken)
    {
        if (connection.StatusReplay is not { } replay)
        {
            foreach (var queued in older)
            {
                await queue.RemoveAsync(company, queued, cancellationToken);
            }

            return;
        }

        if (await records.FindAsync(company, replay, cancellationToken) is not { } started)
        {
            await StartAsync(company, replay, cancellationToken);
        }
        else if (started.Record.EndedAt is not null && older.Count > 0)
        {
            // The id first: it is what the next poll starts when a crash comes between the two.
            var next = NewId();
            var changed = await connections.ChangeAsync(company, old => old.StatusReplay == replay ? old with { StatusReplay = next } : old, cancellationToken);
            if (changed.StatusReplay == next)
            {
                await StartAsync(company, next, cancellationToken);
            }
        }
    }

    private async Task<StatusReplayPage> NextAsync(StatusReplayInput input, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(input.Company, cancellationToken);
        if (connection.StatusReplay != input.Workflow)
        {
            return await EndAsync(input, new StatusReplayPage(null, input.Started, clock.GetUtcNow(), IsDone: true), " Sync case statuses was switched off; the rest waits.", cancellationToken);
        }

        if (!connection.IsActive || !connection.Toggles.SendData)
        {
            var wait = new StatusReplayPage(input.After, input.Started, clock.GetUtcNow() + s_pauseCheck, IsDone: false);
            return await EndAsync(input, wait, connection.IsActive ? " Send data to Law Ruler is off; the rest waits." : " The integration is paused; the rest waits.", cancellationToken);
        }

        var (page, next) = await queue.ListAsync(input.Company, input.After, PageSize, cancellationToken);
        var started = 0;
        foreach (var queued in page)
        {
            started += await pushes.ReplayAsync(input.Company, queued, input.Workflow.Split('_')[^1], connection.Settings, cancellationToken) ? 1 : 0;
        }

        var at = clock.GetUtcNow().AddMinutes((double)started * RequestsAPush / connection.Settings.RequestsPerMinute);
        return await EndAsync(input, new StatusReplayPage(next, input.Started + started, at, IsDone: next is null), null, cancellationToken);
    }

    private async Task<StatusReplayPage> EndAsync(StatusReplayInput input, StatusReplayPage page, string? why, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var step = new WorkflowStep(Step, page.IsDone ? "done" : "running", 1, input.StartedAt, page.IsDone ? now : null, $"Replayed: {page.Started}.{why}", page.IsDone ? null : page.NextAt);
        await records.WriteStepAsync(input.Company, input.Workflow, 0, Step, _ => step, cancellationToken);
        if (page.IsDone)
        {
            await records.EndAsync(input.Company, input.Workflow, WorkflowStates.Completed, null, cancellationToken);
        }

        return page;
    }
}
