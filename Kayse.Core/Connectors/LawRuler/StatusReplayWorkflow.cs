using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Replays the statuses that were queued while they were not synchronised: it starts the push of a few at a time, no faster than the connection's rate.</summary>
public static class StatusReplayWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "StatusReplayWorkflow";

    /// <summary>The activity that starts the next pushes.</summary>
    public const string PageActivity = "lawruler.status.replay";

    private const int PagesARun = 20;

    /// <summary>Runs the replay.</summary>
    public static async Task<StatusReplayPage> RunAsync(WorkflowContext context, StatusReplayInput input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        var next = input;
        for (var pages = 1; ; pages++)
        {
            var page = await context.CallAsync<StatusReplayInput, StatusReplayPage>(PageActivity, next);
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
/// <param name="StartedAt">When it was started.</param>
/// <param name="After">Behind which case it goes on; null at the beginning.</param>
/// <param name="Started">How many pushes were started before.</param>
public sealed record StatusReplayInput(CompanyId Company, string Workflow, DateTimeOffset StartedAt, string? After, int Started);

/// <summary>How far a replay got.</summary>
/// <param name="After">Behind which case it goes on.</param>
/// <param name="Started">How many pushes were started so far.</param>
/// <param name="NextAt">When it goes on.</param>
/// <param name="IsDone">True when nothing is left.</param>
public sealed record StatusReplayPage(string? After, int Started, DateTimeOffset NextAt, bool IsDone);
