using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Webhooks;

/// <summary>Sends again what failed or was skipped in a range of time, a few deliveries at a time, no faster than the destination's rate.</summary>
public static class WebhookReplayWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "WebhookReplayWorkflow";

    /// <summary>The activity that starts the next deliveries.</summary>
    public const string PageActivity = "webhook.replay.page";

    private const int PagesARun = 20;

    /// <summary>Runs the replay.</summary>
    public static async Task<WebhookReplayPage> RunAsync(WorkflowContext context, WebhookReplayInput input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        var next = input;
        for (var pages = 1; ; pages++)
        {
            var page = await context.CallAsync<WebhookReplayInput, WebhookReplayPage>(PageActivity, next);
            if (page.IsDone)
            {
                return page;
            }

            await context.DelayUntilAsync(page.NextAt);
            next = next with { After = page.After, Started = page.Started };
            if (pages == PagesARun)
            {
                context.ContinueAsNew(next);
                return page;
            }
        }
    }
}

/// <summary>What a replay is started with, and where it goes on.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">The replay's id without the company prefix.</param>
/// <param name="Subscription">The subscription.</param>
/// <param name="State">Which deliveries: <c>failed</c> or <c>skipped</c>.</param>
/// <param name="From">From this time on, or null.</param>
/// <param name="To">Before this time.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="After">Behind which delivery it goes on; null at the beginning.</param>
/// <param name="Started">How many were started before.</param>
public sealed record WebhookReplayInput(
    CompanyId Company, string Workflow, string Subscription, string State, DateTimeOffset? From, DateTimeOffset To, DateTimeOffset StartedAt, string? After, int Started);

/// <summary>How far a replay got.</summary>
/// <param name="After">Behind which delivery it goes on.</param>
/// <param name="Started">How many were started so far.</param>
/// <param name="NextAt">When it goes on.</param>
/// <param name="IsDone">True when nothing is left.</param>
public sealed record WebhookReplayPage(string? After, int Started, DateTimeOffset NextAt, bool IsDone);
