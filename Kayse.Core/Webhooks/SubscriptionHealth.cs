using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Sync;
using Microsoft.Extensions.Logging;

namespace Kayse.Core.Webhooks;

/// <summary>Keeps note of destinations that do nothing but fail: after a day the firm is told, after five days the subscription is switched off.</summary>
public sealed partial class SubscriptionHealth(
    Subscriptions subscriptions, EventIntake intake, AuditLog audit, WebhookSettings settings, TimeProvider clock, ILogger<SubscriptionHealth> logger)
{
    /// <summary>What the audit log calls webhooks.</summary>
    public const string AuditName = "webhooks";

    /// <summary>Notes that a delivery succeeded.</summary>
    public async Task SucceededAsync(CompanyId company, Subscription subscription, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        // A write only when something was wrong; what began to fail since this attempt was made is not ended by it.
        if (subscription.FailingSince is { } since)
        {
            await subscriptions.NoteAsync(
                company, subscription.Id, old => old.FailingSince == since ? old with { FailingSince = null, FirstFailure = null, AttentionAt = null } : old, cancellationToken);
        }
    }

    /// <summary>Notes that an attempt failed.</summary>
    public async Task FailedAsync(CompanyId company, Subscription subscription, string error, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        var noted = subscription;
        if (subscription.FailingSince is null)
        {
            var now = clock.GetUtcNow();
            noted = (await subscriptions.NoteAsync(
                company, subscription.Id, old => old.FailingSince is null && IsTheSame(old) ? old with { FailingSince = now, FirstFailure = error } : old, cancellationToken))?.After ?? subscription;
        }

        await JudgeAsync(company, noted, cancellationToken);

        // What an attempt came to that was under way says nothing about what an admin has changed since.
        bool IsTheSame(Subscription now) => now.UpdatedAt == subscription.UpdatedAt;
    }

    /// <summary>Looks at all of a firm's subscriptions.</summary>
    public async Task JudgeAsync(CompanyId company, CancellationToken cancellationToken)
    {
        foreach (var subscription in await subscriptions.AllAsync(company, cancellationToken))
        {
            await JudgeAsync(company, subscription, cancellationToken);
        }
    }

    /// <summary>Switches a subscription off that fails, if an admin has not changed it and no delivery has succeeded since it was seen.</summary>
    public async Task DisableAsync(CompanyId company, Subscription seen, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(seen);
        var changed = await subscriptions.NoteAsync(
            company, seen.Id, old => old.Active && old.UpdatedAt == seen.UpdatedAt && old.FailingSince is { } since && (seen.FailingSince ?? since) == since ? old with { Active = false, DisabledReason = reason } : old, cancellationToken);
        if (changed is { Before.Active: true, After.Active: false })
        {
            await audit.WriteAsync(company, AuditName, "webhook_disabled", "warning", null, seen.Id, reason, cancellationToken);
            Log.Disabled(logger, company.ToString(), seen.Id);
        }
    }

    private async Task JudgeAsync(CompanyId company, Subscription subscription, CancellationToken cancellationToken)
    {
        if (subscription is not { Active: true, FailingSince: { } since })
        {
            return;
        }

        var now = clock.GetUtcNow();
        if (settings.AttentionAfter is { } patience && now - since >= patience && subscription.AttentionAt is null)
        {
            // The event first: after a crash between the two it is accepted again under the same id, which has no effect.
            await intake.AcceptAsync([FailingEvent(company, subscription, since, since + patience)], cancellationToken);
            await subscriptions.NoteAsync(company, subscription.Id, old => old.FailingSince == since && old.AttentionAt is null ? old with { AttentionAt = now } : old, cancellationToken);
            await audit.WriteAsync(company, AuditName, "webhook_failing", "warning", null, subscription.Id, $"Nothing but failures since {since:u}. The first: {subscription.FirstFailure}", cancellationToken);
        }

        if (settings.DisableAfter is { } limit && now - since >= limit)
        {
            await DisableAsync(company, subscription, $"Nothing but failures since {since:u}. The first: {subscription.FirstFailure}", cancellationToken);
        }
    }

    private static PlatformEvent FailingEvent(CompanyId company, Subscription subscription, DateTimeOffset since, DateTimeOffset at)
    {
        var envelope = new WebhookFailingEnvelope(
            $"evt_{subscription.Id}_f{since.ToUnixTimeMilliseconds()}", EventTypes.WebhookFailing, at, company, new WebhookFailingData(new FailingWebhook(subscription.Id, subscription.Name, since)));
        var json = JsonSerializer.SerializeToElement(envelope, KayseJson.Default.WebhookFailingEnvelope);
        return PlatformEventReader.Read(json, out var errors) is [var one] ? one : throw new InvalidOperationException($"The event is not valid: {errors[0].Field}.");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Company}: webhook {Subscription} was switched off; the audit log says why")]
        public static partial void Disabled(ILogger logger, string company, string subscription);
    }
}

/// <summary>The envelope of <c>webhook.failing</c>.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Type">Its type.</param>
/// <param name="OccurredAt">When the firm was to be told.</param>
/// <param name="CompanyId">The firm.</param>
/// <param name="Data">Which webhook.</param>
public sealed record WebhookFailingEnvelope(string Id, string Type, DateTimeOffset OccurredAt, CompanyId CompanyId, WebhookFailingData Data);

/// <summary>What <c>webhook.failing</c> carries.</summary>
/// <param name="Webhook">The webhook that fails.</param>
public sealed record WebhookFailingData(FailingWebhook Webhook);

/// <summary>A webhook that fails.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="FailingSince">Since when.</param>
public sealed record FailingWebhook(string Id, string Name, DateTimeOffset FailingSince);
