using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;
using Microsoft.Extensions.Logging;

namespace Kayse.Core.Webhooks;

/// <summary>
/// Delivers events. A delivery's first turn comes straight from the queue; when it has to wait for another, <see cref="WebhookRetryWorkflow"/> takes over. What
/// a turn came to is in the log before the message is done with, so a killed process goes on where it was; an attempt whose outcome was not written is made again.
/// </summary>
public sealed partial class WebhookDeliveries(
    EventStore events, Subscriptions subscriptions, DeliveryLog log, DeliveryAttempts attempts, Destinations destinations, WebhookFanOut fanOut,
    IWorkflowEngine engine, TimeProvider clock, ILogger<WebhookDeliveries> logger) : IQueueHandler
{
    private const int StrandedPage = 100;

    // So long a delivery waits in the queue rather than in a workflow of its own.
    private static readonly TimeSpan s_shortWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_overdue = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_afterFault = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public string Queue => WebhookFanOut.Queue;

    /// <inheritdoc/>
    public async Task HandleAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var key = JsonSerializer.Deserialize(message.Body, KayseJson.Default.DeliveryKey) ?? throw new JsonException("The message is null.");
        if (await events.FindAsync(key.Company, key.Event, cancellationToken) is not { Value: var row })
        {
            return;
        }

        // A message may come twice: the second has nothing to do but what a crash after the first left undone.
        var known = await log.FindAsync(key.Company, key.Subscription, key.Id, cancellationToken);
        var turn = known is null ? await TurnAsync(key, row, null, row.ReceivedAt, cancellationToken) : new DeliveryTurn(known.Value.State, known.Value.NextAt);
        if (turn is { State: DeliveryStates.Queued, NextAt: { } soon })
        {
            await fanOut.SendAsync(key, soon, cancellationToken);
            return;
        }

        if (turn.NextAt is { } next)
        {
            await StartAsync(key, next, cancellationToken);
        }

        await fanOut.FinishAsync(key.Company, key.Event, row, cancellationToken);
    }

    /// <summary>Starts the workflow that takes a delivery's next turns; once, however often it is asked.</summary>
    public Task StartAsync(DeliveryKey key, DateTimeOffset next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        var input = JsonSerializer.SerializeToUtf8Bytes(new WebhookRetryInput(key, next), KayseJson.Default.WebhookRetryInput);
        return engine.StartAsync(WorkflowStates.InstanceId(key.Company, key.Workflow), WebhookRetryWorkflow.Name, input, cancellationToken);
    }

    /// <summary>Takes a turn for a workflow. A fault of Kayse's own is no attempt: the turn comes again.</summary>
    public async Task<DeliveryTurn> TakeTurnAsync(DeliveryKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        try
        {
            var known = await log.FindAsync(key.Company, key.Subscription, key.Id, cancellationToken);
            var row = await events.FindAsync(key.Company, key.Event, cancellationToken);
            return await TurnAsync(key, row?.Value, known, null, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever it is, the event was accepted.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.Fault(logger, key.Company.ToString(), key.Id, fault.GetType().Name, FaultSite.Of(fault));
            return new DeliveryTurn(DeliveryStates.Waiting, clock.GetUtcNow() + s_afterFault);
        }
    }

    /// <summary>
    /// Starts again what waits without a workflow: one that broke (code changed under a running history) or was never started. The same delivery goes on, with the
    /// attempts that it has left.
    /// </summary>
    public async Task TakeUpStrandedAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var prefix = WorkflowStates.InstanceId(company, DeliveryKey.WorkflowPrefix);
        foreach (var broken in await engine.QueryAsync(prefix, WorkflowState.Failed, null, StrandedPage, cancellationToken))
        {
            await engine.PurgeInstanceAsync(broken.Id, cancellationToken);
        }

        await foreach (var (subscription, delivery) in log.OverdueAsync(company, clock.GetUtcNow() - s_overdue, cancellationToken))
        {
            await StartAsync(new DeliveryKey(company, subscription, delivery.Event, delivery.Id, delivery.ReplayOf), delivery.NextAt!.Value, cancellationToken);
        }
    }

    private async Task<DeliveryTurn> TurnAsync(DeliveryKey key, StoredEvent? row, Stored<Delivery>? known, DateTimeOffset? queuedSince, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (known is { Value.State: not DeliveryStates.Waiting })
        {
            return new DeliveryTurn(known.Value.State, null);
        }

        if (known?.Value.ClaimedUntil is { } claimed && claimed > now)
        {
            // Another process is at it, or was when it was killed.
            return new DeliveryTurn(DeliveryStates.Waiting, claimed);
        }

        if (known?.Value.NextAt is { } next && next > now)
        {
            // The same turn once more, after a crash or a fault behind its attempt: what it came to is in the log.
            return new DeliveryTurn(DeliveryStates.Waiting, next);
        }

        if (row is null)
        {
            return known is null
                ? new DeliveryTurn(DeliveryStates.Failed, null)
                : await attempts.EndAsync(key, known, known.Value, DeliveryStates.Failed, "The event is not kept any more.", cancellationToken);
        }

        var delivery = known?.Value ?? new Delivery { Id = key.Id, Event = key.Event, Type = row.Type, State = DeliveryStates.Waiting, FirstAt = now, ReplayOf = key.ReplayOf };
        var subscription = await subscriptions.FindAsync(key.Company, key.Subscription, cancellationToken);
        if (subscription is not { Active: true })
        {
            var why = subscription is null ? "The webhook was deleted." : subscription.DisabledReason ?? "The webhook was switched off.";
            return await attempts.EndAsync(key, known, delivery, DeliveryStates.Skipped, why, cancellationToken);
        }

        if (now >= RetrySchedule.End(delivery.FirstAt))
        {
            return await attempts.EndAsync(key, known, delivery, DeliveryStates.Failed, "Its day was over before it could be tried again.", cancellationToken);
        }

        return await VisitAsync(new DeliveryCase(key, row, known, delivery, subscription), queuedSince, cancellationToken);
    }

    private async Task<DeliveryTurn> VisitAsync(DeliveryCase turn, DateTimeOffset? queuedSince, CancellationToken cancellationToken)
    {
        var (key, now) = (turn.Key, clock.GetUtcNow());
        var (visit, comeBack, why) = await destinations.EnterAsync(key.Company, key.Subscription, queuedSince, cancellationToken);
        if (visit is null)
        {
            return now - queuedSince <= Destinations.Patience && comeBack - now <= s_shortWait ? new DeliveryTurn(DeliveryStates.Queued, comeBack)
                : now >= RetrySchedule.LastAttempt(turn.Delivery.FirstAt) ? await attempts.EndAsync(key, turn.Known, turn.Delivery, DeliveryStates.Failed, $"Its day is over. {why}", cancellationToken)
                : await attempts.PostponeAsync(turn, comeBack, why!, cancellationToken);
        }

        using (visit)
        {
            return await attempts.MakeAsync(turn, visit, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Company}: a turn of delivery {Delivery} broke off with {Fault} at {Site}; it comes again")]
        public static partial void Fault(ILogger logger, string company, string delivery, string fault, string site);
    }
}

/// <summary>A delivery whose turn it is, with what belongs to it.</summary>
/// <param name="Key">Which.</param>
/// <param name="Event">The event.</param>
/// <param name="Known">The delivery as it is in the log, or null when it is not there yet.</param>
/// <param name="Delivery">The delivery as it stands now.</param>
/// <param name="Subscription">The subscription.</param>
public sealed record DeliveryCase(DeliveryKey Key, StoredEvent Event, Stored<Delivery>? Known, Delivery Delivery, Subscription Subscription);
