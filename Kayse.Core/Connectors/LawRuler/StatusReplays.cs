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

    /// <summary>A new replay's id without the company prefix.</summary>
    public string NewId() => $"statusreplay.{Ids.New("rpl", clock)}";

    /// <summary>Starts a replay, once for ever.</summary>
    public Task StartAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        var input = new StatusReplayInput(company, id, clock.GetUtcNow(), null, 0);
        return records.StartAsync(company, id, StatusReplayWorkflow.Name, id, JsonSerializer.SerializeToUtf8Bytes(input, KayseJson.Default.StatusReplayInput), cancellationToken);
    }

    /// <summary>Starts the pushes that nobody else starts: a replay that a crash kept from starting, and changes that were queued while the sync was being switched on.</summary>
    public async Task TakeUpLeftAsync(CompanyId company, LawRulerConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (connection.StatusResumedAt is not { } resumed)
        {
            return;
        }

        if (connection.StatusReplay is { } replay && !await records.ExistsAsync(company, replay, cancellationToken))
        {
            await StartAsync(company, replay, cancellationToken);
        }

        var (page, _) = await queue.ListAsync(company, null, EntityRules.MaxOperations, cancellationToken);
        foreach (var queued in page.Where(queued => queued.At > resumed))
        {
            await pushes.ReplayAsync(company, queued, "late", connection.Settings, cancellationToken);
        }
    }

    /// <summary>Starts the next of a replay's pushes. After a crash it is run again: what was started is not started twice.</summary>
    public async Task<StatusReplayPage> ReplayPageAsync(StatusReplayInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var connection = await connections.GetAsync(input.Company, cancellationToken);
        if (connection.StatusReplay != input.Workflow)
        {
            return await EndAsync(input, new StatusReplayPage(null, input.Started, clock.GetUtcNow(), IsDone: true), " Sync case statuses was switched off; the rest waits.", cancellationToken);
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
