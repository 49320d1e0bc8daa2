using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Sends one case to Lawmatics: the contact, then the matter, then the activity; with the setting, the documents last. Each step is tried again as long as its window lasts; one that is refused ends the sync.</summary>
public static class LawmaticsSyncWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "LawmaticsSyncWorkflow";

    /// <summary>The activity that makes one attempt at a step.</summary>
    public const string StepActivity = "lawmatics.sync.step";

    /// <summary>The activity that closes the record, or says that there is more to do.</summary>
    public const string FinishActivity = "lawmatics.sync.finish";

    /// <summary>How its ids begin.</summary>
    public const string IdPrefix = "lawmaticssync";

    // A pause of weeks asks every few minutes: the history starts anew before it grows long.
    private const int AttemptsARun = 50;

    private const int FinishesARun = 100;

    private static readonly TimeSpan s_storePatience = TimeSpan.FromSeconds(30);

    /// <summary>The steps in their order.</summary>
    public static IReadOnlyList<string> Steps { get; } = [ContactStep.Name, MatterStep.Name, ActivityStep.Name, UploadStep.Name];

    /// <summary>Runs the sync.</summary>
    public static async Task<LawmaticsSyncResult> RunAsync(WorkflowContext context, LawmaticsSyncInput input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        var (attempt, state) = (input.Attempt, input.State);
        while (state is null)
        {
            var (outcome, next) = await StepRetries.RunSomeAsync(context, StepActivity, attempt, AttemptsARun);
            if (outcome is null)
            {
                context.ContinueAsNew(input with { Attempt = next });
                return new LawmaticsSyncResult(WorkflowStates.Running);
            }

            if (outcome.Kind == StepKind.Refused)
            {
                state = WorkflowStates.CompletedWithProblems;
                break;
            }

            if (input.Only || After(attempt.Step, input.Uploads) is not { } step)
            {
                state = WorkflowStates.Completed;
                break;
            }

            attempt = At(input, step, context.UtcNow);
        }

        var result = await FinishAsync(context, input, state);
        if (result is { Recorded: true, IsMore: false })
        {
            return result;
        }

        context.ContinueAsNew(result.IsMore ? input with { Attempt = At(input, ContactStep.Name, context.UtcNow), Only = false, State = null } : input with { State = state });
        return new LawmaticsSyncResult(WorkflowStates.Running);
    }

    private static async Task<LawmaticsSyncResult> FinishAsync(WorkflowContext context, LawmaticsSyncInput input, string state)
    {
        for (var turns = 1; ; turns++)
        {
            var result = await context.CallAsync<LawmaticsSyncFinish, LawmaticsSyncResult>(FinishActivity, new LawmaticsSyncFinish(input.Company, input.Workflow, input.Attempt.Subject, state));
            if (result.Recorded)
            {
                return result;
            }

            await context.DelayUntilAsync(context.UtcNow + s_storePatience);
            if (turns == FinishesARun)
            {
                return result;
            }
        }
    }

    private static string? After(string step, bool uploads) => step switch
    {
        ContactStep.Name => MatterStep.Name,
        MatterStep.Name => ActivityStep.Name,
        ActivityStep.Name when uploads => UploadStep.Name,
        _ => null,
    };

    private static StepAttempt At(LawmaticsSyncInput input, string step, DateTimeOffset now) =>
        new(input.Company, input.Workflow, step, input.Attempt.Subject, 1, now, input.Attempt.Policy);
}

/// <summary>What a sync is started with, and where it goes on.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">Its id without the company prefix.</param>
/// <param name="Attempt">The attempt to make next; its subject is the case.</param>
/// <param name="Uploads">True when documents are uploaded too.</param>
/// <param name="Only">True for the first step alone.</param>
/// <param name="State">How it ended, where nothing is left but to write that down; else null.</param>
public sealed record LawmaticsSyncInput(CompanyId Company, string Workflow, StepAttempt Attempt, bool Uploads, bool Only, string? State = null);

/// <summary>What the last activity is told.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">The sync.</param>
/// <param name="Case">The case.</param>
/// <param name="State">How its round ended.</param>
public sealed record LawmaticsSyncFinish(CompanyId Company, string Workflow, string Case, string State);

/// <summary>How a sync ended.</summary>
/// <param name="State">The record's state.</param>
/// <param name="Recorded">False while the store could not take it.</param>
/// <param name="IsMore">True when something was asked for since its round began.</param>
public sealed record LawmaticsSyncResult(string State, bool Recorded = true, bool IsMore = false);
