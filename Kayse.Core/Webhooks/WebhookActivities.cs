using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Webhooks;

/// <summary>The workflows of webhooks and their activities.</summary>
public sealed class WebhookActivities(WebhookDeliveries deliveries, WebhookReplays replays, TimeProvider clock)
{
    private static readonly TimeSpan s_storePatience = TimeSpan.FromSeconds(30);

    /// <summary>Adds the workflows and their activities to the catalog.</summary>
    public void AddTo(WorkflowCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.AddWorkflow<WebhookRetryInput, WebhookRetryResult>(WebhookRetryWorkflow.Name, WebhookRetryWorkflow.RunAsync)
            .AddActivity<DeliveryKey, DeliveryTurn>(WebhookRetryWorkflow.TurnActivity, (_, key, cancellationToken) => deliveries.TakeTurnAsync(key, cancellationToken))
            .AddWorkflow<WebhookReplayInput, WebhookReplayPage>(WebhookReplayWorkflow.Name, WebhookReplayWorkflow.RunAsync)
            .AddActivity<WebhookReplayInput, WebhookReplayPage>(WebhookReplayWorkflow.PageActivity, (_, input, cancellationToken) => ReplayAsync(input, cancellationToken));
    }

    private async Task<WebhookReplayPage> ReplayAsync(WebhookReplayInput input, CancellationToken cancellationToken)
    {
        try
        {
            return await replays.ReplayPageAsync(input, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            return new WebhookReplayPage(input.After, input.Started, clock.GetUtcNow() + s_storePatience, IsDone: false);
        }
    }
}
