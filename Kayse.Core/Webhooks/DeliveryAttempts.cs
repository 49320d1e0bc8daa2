using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Kayse.Core.Webhooks;

/// <summary>Makes the attempts at deliveries, and writes what each turn came to into the log.</summary>
public sealed partial class DeliveryAttempts(
    EventStore events, DeliveryLog log, SubscriptionSecrets secrets, WebhookSender sender, Destinations destinations, SubscriptionHealth health,
    TranscriptLinks links, WebhookSettings settings, TimeProvider clock, ILogger<DeliveryAttempts> logger)
{
    private static readonly TimeSpan s_claimMargin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(1);

    // After a 429 or 503 that does not say how long. Shorter than the first retry's delay.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    /// <summary>The body of an event's deliveries, or null when its content is gone.</summary>
    public async Task<byte[]?> BodyAsync(CompanyId company, StoredEvent row, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(row);
        var until = (row.ReplayedAt ?? row.ReceivedAt) + settings.LinkLifetime;
        return await events.EnvelopeAsync(row, cancellationToken) is { } envelope
            ? await WebhookBody.RenderAsync(envelope, settings.MaxBodyBytes, () => links.MakeAsync(company, row.Id.ToString(), until, cancellationToken))
            : null;
    }

    /// <summary>Makes an attempt.</summary>
    public async Task<DeliveryTurn> MakeAsync(DeliveryCase turn, DestinationVisit visit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(turn);
        ArgumentNullException.ThrowIfNull(visit);
        var (key, known) = (turn.Key, turn.Known);
        // A first attempt is kept alone by its queue's session; a workflow's activity may run twice, and a replay begins with one.
        if ((known is not null || key.ReplayOf is not null) && (known = await ClaimAsync(turn, cancellationToken)) is null)
        {
            return LookAgain();
        }

        if (await BodyAsync(key.Company, turn.Event, cancellationToken) is not { } body || await secrets.GetAsync(key.Company, key.Subscription, cancellationToken) is not { } signing)
        {
            return await EndAsync(key, known, turn.Delivery, DeliveryStates.Failed, "The event's content or the webhook's secret is not there any more.", cancellationToken);
        }

        var at = clock.GetUtcNow();
        var headers = sender.Sign(key, turn.Event.Type, signing, body);
        var result = await sender.SendAsync(turn.Subscription.Url, headers, body, cancellationToken);
        visit.Report(result);
        return await RecordAsync(turn with { Known = known }, at, headers, result, cancellationToken);
    }

    /// <summary>Makes the one attempt that a test has.</summary>
    public async Task<Delivery> MakeTestAsync(DeliveryCase turn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(turn);
        var body = await BodyAsync(turn.Key.Company, turn.Event, cancellationToken) ?? throw new InvalidOperationException("The sample has no content.");
        var signing = await secrets.GetAsync(turn.Key.Company, turn.Key.Subscription, cancellationToken) ?? throw new InvalidOperationException("The webhook has no secret.");
        var at = clock.GetUtcNow();
        var headers = sender.Sign(turn.Key, turn.Event.Type, signing, body);
        var result = await sender.SendAsync(turn.Subscription.Url, headers, body, cancellationToken);
        var delivery = Attempted(turn.Delivery, at, headers, result, null) with { State = result.IsDelivered ? DeliveryStates.Delivered : DeliveryStates.Failed, Reason = result.Error };
        await log.WriteAsync(turn.Key.Company, turn.Key.Subscription, null, delivery, cancellationToken);
        return delivery;
    }

    /// <summary>Puts a delivery off without spending an attempt; not beyond the time for its last.</summary>
    public async Task<DeliveryTurn> PostponeAsync(DeliveryCase turn, DateTimeOffset comeBack, string why, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(turn);
        var last = RetrySchedule.LastAttempt(turn.Delivery.FirstAt);
        var next = comeBack < last ? comeBack : last;
        var delivery = turn.Delivery with { NextAt = next, Reason = why, ClaimedUntil = null };
        return await log.WriteAsync(turn.Key.Company, turn.Key.Subscription, turn.Known, delivery, cancellationToken) ? new DeliveryTurn(DeliveryStates.Waiting, next) : LookAgain();
    }

    /// <summary>Ends a delivery without another attempt.</summary>
    public async Task<DeliveryTurn> EndAsync(DeliveryKey key, Stored<Delivery>? known, Delivery delivery, string state, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(delivery);
        var ended = delivery with { State = state, Reason = reason, NextAt = null, ClaimedUntil = null };
        return await log.WriteAsync(key.Company, key.Subscription, known, ended, cancellationToken) ? new DeliveryTurn(state, null) : LookAgain();
    }

    private async Task<Stored<Delivery>?> ClaimAsync(DeliveryCase turn, CancellationToken cancellationToken)
    {
        var (key, until) = (turn.Key, clock.GetUtcNow() + settings.Timeout + s_claimMargin);
        return await log.WriteAsync(key.Company, key.Subscription, turn.Known, turn.Delivery with { ClaimedUntil = until }, cancellationToken)
            ? await log.FindAsync(key.Company, key.Subscription, key.Id, cancellationToken)
            : null;
    }

    private async Task<DeliveryTurn> RecordAsync(DeliveryCase turn, DateTimeOffset at, IReadOnlyDictionary<string, string> headers, AttemptResult result, CancellationToken cancellationToken)
    {
        var (key, now) = (turn.Key, clock.GetUtcNow());
        var next = result.IsDelivered || result.IsGone ? null : settings.Retries.Next(key.Id, turn.Delivery.FirstAt, turn.Delivery.Attempts + 1, now, result.RetryAfter);
        var state = result.IsDelivered ? DeliveryStates.Delivered : next is null ? DeliveryStates.Failed : DeliveryStates.Waiting;
        var delivery = Attempted(turn.Delivery, at, headers, result, next) with { State = state };
        if (!await log.WriteAsync(key.Company, key.Subscription, turn.Known, delivery, cancellationToken))
        {
            return LookAgain();
        }

        if (result.IsDelivered)
        {
            Log.Delivered(logger, key.Company.ToString(), key.Subscription, key.Id, delivery.Attempts, (long)result.Took.TotalMilliseconds);
        }
        else
        {
            Log.Failed(logger, key.Company.ToString(), key.Subscription, key.Id, delivery.Attempts, state, result.Status ?? 0, (long)result.Took.TotalMilliseconds);
        }

        await NoteAsync(turn, result, now, cancellationToken);
        return new DeliveryTurn(state, next);
    }

    private static Delivery Attempted(Delivery delivery, DateTimeOffset at, IReadOnlyDictionary<string, string> headers, AttemptResult result, DateTimeOffset? next)
    {
        var number = delivery.Attempts + 1;
        var reason = result.IsDelivered ? null : next is not null || number == 1 ? result.Error : $"{result.Error} Given up after {number} attempts.";
        return delivery with
        {
            Attempts = number,
            Reason = reason,
            NextAt = next,
            ClaimedUntil = null,
            Last = new DeliveryAttempt(
                number, at, Math.Round(result.Took.TotalMilliseconds, 1), result.Status, result.Error, WebhookSender.Masked(headers), result.Answer, result.AnswerCut, next),
        };
    }

    // What an answer says about the subscription and its destination. Written after the log: a crash between costs a note that the next attempt makes.
    private async Task NoteAsync(DeliveryCase turn, AttemptResult result, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (company, subscription) = (turn.Key.Company, turn.Subscription);
        if (result.IsDelivered)
        {
            await health.SucceededAsync(company, subscription, cancellationToken);
            return;
        }

        if (result.IsTooMuch)
        {
            var latest = RetrySchedule.LastAttempt(turn.Delivery.FirstAt);
            var until = result.RetryAfter is { } asked && asked > now ? asked : now + s_pause;
            await destinations.LeaveAloneAsync(company, subscription.Id, until < latest ? until : latest, cancellationToken);
        }

        await health.FailedAsync(company, subscription, result.Error!, cancellationToken);
        if (result.IsGone)
        {
            await health.DisableAsync(company, subscription, "The destination answered 410: it is gone for good.", cancellationToken);
        }
    }

    private DeliveryTurn LookAgain() => new(DeliveryStates.Waiting, clock.GetUtcNow() + s_lookAgain);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "{Company}: webhook {Subscription}, delivery {Delivery}, attempt {Attempt}: delivered in {Milliseconds} ms")]
        public static partial void Delivered(ILogger logger, string company, string subscription, string delivery, int attempt, long milliseconds);

        [LoggerMessage(2, LogLevel.Information, "{Company}: webhook {Subscription}, delivery {Delivery}, attempt {Attempt}: {State}, status {Status}, {Milliseconds} ms")]
        public static partial void Failed(ILogger logger, string company, string subscription, string delivery, int attempt, string state, int status, long milliseconds);
    }
}
