using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// Fetches what changed in Law Ruler: the leads first, then the notes and messages, then the notes of leads whose case has come after them. A page is one activity,
/// and where it stands is durable before the next, so a sync that breaks off goes on at its page, in this workflow or in the next.
/// </summary>
public static class LawRulerSyncWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "LawRulerSyncWorkflow";

    /// <summary>The activity that reads one page.</summary>
    public const string PageActivity = "lawruler.sync.page";

    /// <summary>The activity that closes the sync's record.</summary>
    public const string FinishActivity = "lawruler.sync.finish";

    /// <summary>The step that reads leads.</summary>
    public const string Leads = "sync_leads";

    /// <summary>The step that reads notes and messages.</summary>
    public const string Notes = "sync_notes";

    /// <summary>The step that reads the notes of leads whose case has come after them.</summary>
    public const string Waiting = "sync_waiting";

    /// <summary>The step that fetches documents, where that is switched on.</summary>
    public const string Documents = "sync_documents";

    private const int TurnsARun = 20;

    private static readonly TimeSpan s_storePatience = TimeSpan.FromSeconds(30);

    /// <summary>The steps in order.</summary>
    public static IReadOnlyList<string> Steps { get; } = [Leads, Notes, Waiting, Documents];

    /// <summary>Runs the sync.</summary>
    public static async Task<LawRulerSyncResult> RunAsync(WorkflowContext context, LawRulerSyncInput input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        var at = input;
        for (var turns = 0; turns < TurnsARun; turns++)
        {
            var turn = await context.CallAsync<StepAttempt, LawRulerSyncTurn>(PageActivity, at.Attempt);
            if (turn.Outcome.Kind == StepKind.RetryAfter)
            {
                var before = context.UtcNow;
                await context.DelayUntilAsync(turn.Outcome.NotBefore ?? before);
                at = at with { Attempt = Next(at.Attempt, turn, context.UtcNow, context.UtcNow - before) };
                continue;
            }

            at = at.Behind(turn.Outcome);
            var step = Steps.SkipWhile(name => name != at.Attempt.Step).Skip(1).FirstOrDefault();
            if (step is null || turn.Outcome.StopsAll)
            {
                return await FinishAsync(context, at);
            }

            at = at with { Attempt = at.Attempt with { Step = step, Number = 1, FirstAt = context.UtcNow, Unauthorized = 0 } };
        }

        context.ContinueAsNew(at);
        return new LawRulerSyncResult(WorkflowStates.Running);
    }

    private static StepAttempt Next(StepAttempt attempt, LawRulerSyncTurn turn, DateTimeOffset now, TimeSpan waited) =>
        turn.IsPage ? attempt with { Number = 1, FirstAt = now, Unauthorized = 0 }
        : turn.Outcome.Postponed ? attempt with { FirstAt = attempt.FirstAt + waited }
        : attempt with { Number = attempt.Number + 1, Unauthorized = turn.Outcome.Unauthorized ? attempt.Unauthorized + 1 : 0 };

    private static async Task<LawRulerSyncResult> FinishAsync(WorkflowContext context, LawRulerSyncInput at)
    {
        var finish = new LawRulerSyncFinish(at.Company, at.Workflow, at.Problem is null ? WorkflowStates.Completed : WorkflowStates.CompletedWithProblems, at.Problem, at.Worked);
        while (await context.CallAsync<LawRulerSyncFinish, LawRulerSyncResult>(FinishActivity, finish) is { Recorded: false })
        {
            await context.DelayUntilAsync(context.UtcNow + s_storePatience);
        }

        return new LawRulerSyncResult(finish.State);
    }
}

/// <summary>What a sync is started with, and where it goes on: ids, times, and a text of our own.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">The sync's id without the company prefix.</param>
/// <param name="Attempt">The step that is next.</param>
/// <param name="Problem">Why an earlier step was refused, or null.</param>
/// <param name="Worked">False when a step was refused, or nothing was to be received.</param>
public sealed record LawRulerSyncInput(CompanyId Company, string Workflow, StepAttempt Attempt, string? Problem = null, bool Worked = true)
{
    /// <summary>Behind a step that has ended.</summary>
    public LawRulerSyncInput Behind(StepOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var isRefused = outcome.Kind == StepKind.Refused;
        return this with { Problem = Problem ?? (isRefused ? outcome.Reason : null), Worked = Worked && !isRefused && !(outcome.Kind == StepKind.Skipped && outcome.StopsAll) };
    }
}

/// <summary>What one turn of a sync came to.</summary>
/// <param name="Outcome">The step's outcome; with a page behind it and more to come, it is postponed until the next.</param>
/// <param name="IsPage">True when a page was read and there are more.</param>
public sealed record LawRulerSyncTurn(StepOutcome Outcome, bool IsPage);

/// <summary>What the last activity is told.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">The sync.</param>
/// <param name="State">How it ended.</param>
/// <param name="Problem">Why a step was refused, or null.</param>
/// <param name="Worked">True when all that changed was read.</param>
public sealed record LawRulerSyncFinish(CompanyId Company, string Workflow, string State, string? Problem, bool Worked);

/// <summary>How a sync ended.</summary>
/// <param name="State">The record's state.</param>
/// <param name="Recorded">False while the store could not take it.</param>
public sealed record LawRulerSyncResult(string State, bool Recorded = true);
