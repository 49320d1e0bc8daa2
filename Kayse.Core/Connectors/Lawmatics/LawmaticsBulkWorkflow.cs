using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Sends many matters, one after the other: each as its own <see cref="LawmaticsSyncWorkflow"/>, so that each has its own steps and retries. It gives way to what comes by itself.</summary>
public static class LawmaticsBulkWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "LawmaticsBulkWorkflow";

    /// <summary>The activity that looks after the sync that runs and starts the next.</summary>
    public const string TurnActivity = "lawmatics.bulk.turn";

    /// <summary>How its ids begin.</summary>
    public const string IdPrefix = "lawmaticsbulk";

    private const int TurnsARun = 50;

    /// <summary>Runs the bulk sync.</summary>
    public static async Task<LawmaticsBulkTurn> RunAsync(WorkflowContext context, LawmaticsBulkInput input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        for (var turns = 1; ; turns++)
        {
            var turn = await context.CallAsync<LawmaticsBulkInput, LawmaticsBulkTurn>(TurnActivity, input);
            if (turn.IsDone)
            {
                return turn;
            }

            await context.DelayUntilAsync(turn.NextAt);
            if (turns == TurnsARun)
            {
                context.ContinueAsNew(input);
                return turn;
            }
        }
    }
}

/// <summary>What a bulk sync is started with; where it stands is in its row.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">Its id without the company prefix.</param>
public sealed record LawmaticsBulkInput(CompanyId Company, string Workflow);

/// <summary>What a turn came to.</summary>
/// <param name="NextAt">When the next one is.</param>
/// <param name="IsDone">True when nothing is left.</param>
public sealed record LawmaticsBulkTurn(DateTimeOffset NextAt, bool IsDone);
