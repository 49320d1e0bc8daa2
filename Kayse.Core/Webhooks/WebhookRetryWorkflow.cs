using Kayse.Core.Workflows;

namespace Kayse.Core.Webhooks;

/// <summary>Tries a delivery again until it is delivered or given up. Each turn's activity says when the next one is; waiting costs nothing.</summary>
public static class WebhookRetryWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "WebhookRetryWorkflow";

    /// <summary>The activity that takes one turn.</summary>
    public const string TurnActivity = "webhook.turn";

    // A delivery that is postponed again and again must not have a history without end.
    private const int TurnsARun = 20;

    /// <summary>Runs the retries.</summary>
    public static async Task<WebhookRetryResult> RunAsync(WorkflowContext context, WebhookRetryInput input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        var next = input.NextAt;
        for (var turn = 0; turn < TurnsARun; turn++)
        {
            await context.DelayUntilAsync(next);
            var taken = await context.CallAsync<DeliveryKey, DeliveryTurn>(TurnActivity, input.Delivery);
            if (taken.NextAt is not { } later)
            {
                return new WebhookRetryResult(taken.State);
            }

            next = later;
        }

        context.ContinueAsNew(input with { NextAt = next });
        return new WebhookRetryResult(DeliveryStates.Waiting);
    }
}

/// <summary>What the retries are started with: ids and a time.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="NextAt">When its next turn is.</param>
public sealed record WebhookRetryInput(DeliveryKey Delivery, DateTimeOffset NextAt);

/// <summary>How the retries ended.</summary>
/// <param name="State">The delivery's state.</param>
public sealed record WebhookRetryResult(string State);

/// <summary>What one turn of a delivery came to.</summary>
/// <param name="State">The delivery's state.</param>
/// <param name="NextAt">When the next turn is; null when it is over.</param>
public sealed record DeliveryTurn(string State, DateTimeOffset? NextAt);
