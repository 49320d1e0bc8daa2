using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Webhooks;

/// <summary>Sends deliveries again: the same event under the same id, as a new delivery with a day of its own. The old one stays in the log and names the new one.</summary>
public sealed class WebhookReplays(
    EventStore events, DeliveryLog log, WebhookDeliveries deliveries, WorkflowRecords records, WebhookSettings settings, TimeProvider clock)
{
    private const int PageSize = 20;
    private const string Step = "replay";

    /// <summary>Sends one delivery again.</summary>
    /// <returns>The new delivery's id, or null when the event is not kept any more.</returns>
    public async Task<string?> ReplayAsync(CompanyId company, string subscription, Delivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var replay = new DeliveryKey(company, subscription, delivery.Event, delivery.Id).ReplayedNow(clock);
        return await StartAsync(replay, clock.GetUtcNow(), cancellationToken) ? replay.Id : null;
    }

    /// <summary>Starts the workflow that sends again all deliveries of a state and a range of time that were not sent again already.</summary>
    /// <returns>The workflow's id.</returns>
    public async Task<string> ReplayAllAsync(CompanyId company, string subscription, string state, DateTimeOffset? from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var id = $"replay.{Ids.New("rpl", clock)}";
        var input = new WebhookReplayInput(company, id, subscription, state, from, to, clock.GetUtcNow(), null, 0);
        await records.StartAsync(company, id, WebhookReplayWorkflow.Name, subscription, JsonSerializer.SerializeToUtf8Bytes(input, KayseJson.Default.WebhookReplayInput), cancellationToken);
        return id;
    }

    /// <summary>Starts the next of a range's deliveries. After a crash it is run again: what was started is not started twice.</summary>
    public async Task<WebhookReplayPage> ReplayPageAsync(WebhookReplayInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var filter = new DeliveryFilter(input.State, null, input.From, input.To);
        var (page, next) = await log.ListAsync(input.Company, input.Subscription, filter, input.After, PageSize, cancellationToken);
        var at = clock.GetUtcNow();
        var started = 0;
        foreach (var delivery in page)
        {
            var replay = new DeliveryKey(input.Company, input.Subscription, delivery.Event, delivery.Id).ReplayedBy(input.Workflow, input.StartedAt);
            if (!delivery.IsTest && (delivery.ReplayedAs is null || delivery.ReplayedAs == replay.Id) && await StartAsync(replay, at, cancellationToken))
            {
                started++;
                at += TimeSpan.FromSeconds(1 / settings.RatePerSecond);
            }
        }

        var result = new WebhookReplayPage(next, input.Started + started, at, IsDone: next is null);
        await RecordAsync(input, result, cancellationToken);
        return result;
    }

    private async Task<bool> StartAsync(DeliveryKey replay, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (await events.FindAsync(replay.Company, replay.Event, cancellationToken) is not { Value: var row })
        {
            return false;
        }

        await events.NoteReplayAsync(replay.Company, replay.Event, clock.GetUtcNow(), cancellationToken);
        // The row first: its turn would find no place for its own, and wait. Without a start it is taken up as a stranded one.
        var waiting = new Delivery { Id = replay.Id, Event = replay.Event, Type = row.Type, State = DeliveryStates.Waiting, FirstAt = at, NextAt = at, ReplayOf = replay.ReplayOf };
        await log.WriteAsync(replay.Company, replay.Subscription, null, waiting, cancellationToken);
        await deliveries.StartAsync(replay, at, cancellationToken);
        await NoteAsync(replay, cancellationToken);
        return true;
    }

    private async Task NoteAsync(DeliveryKey replay, CancellationToken cancellationToken)
    {
        while (await log.FindAsync(replay.Company, replay.Subscription, replay.ReplayOf!, cancellationToken) is { } old)
        {
            if (await log.WriteAsync(replay.Company, replay.Subscription, old, old.Value with { ReplayedAs = replay.Id }, cancellationToken))
            {
                return;
            }
        }
    }

    private async Task RecordAsync(WebhookReplayInput input, WebhookReplayPage page, CancellationToken cancellationToken)
    {
        var isOver = page.IsDone;
        var now = clock.GetUtcNow();
        var said = $"Sent again: {page.Started}.";
        var step = new WorkflowStep(Step, isOver ? "done" : "running", 1, input.StartedAt, isOver ? now : null, said, isOver ? null : page.NextAt);
        await records.WriteStepAsync(input.Company, input.Workflow, 0, Step, _ => step, cancellationToken);
        if (isOver)
        {
            await records.EndAsync(input.Company, input.Workflow, WorkflowStates.Completed, null, cancellationToken);
        }
    }
}
