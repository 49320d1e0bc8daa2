using Kayse.Core.Calls;
using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// What happens in Law Ruler after an AI call: the campaign API call, the two notes and the recording, in this order. A refused step does not stop the next;
/// one that still retries after a while goes on beside the next ones; a refused Key stops all.
/// </summary>
public static class PostCallWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "PostCallWorkflow";

    /// <summary>The activity that makes one attempt at a step.</summary>
    public const string StepActivity = "lawruler.postcall.step";

    /// <summary>The activity that closes the chain's record.</summary>
    public const string FinishActivity = "lawruler.postcall.finish";

    private static readonly TimeSpan s_storePatience = TimeSpan.FromSeconds(30);

    /// <summary>The steps in order.</summary>
    public static IReadOnlyList<string> Steps { get; } = [CampaignCallStep.Name, NoteStep.Summary, NoteStep.Transcript, RecordingStep.Name];

    /// <summary>The workflow's id for a call, without the company prefix; a rerun appends <c>.r{n}</c>.</summary>
    public static string Id(CallId call) => $"postcall.{call}";

    /// <summary>The steps from one on, or this one alone; all for a name that is none.</summary>
    public static IEnumerable<string> From(string step, bool only) => !Steps.Contains(step) ? Steps : only ? [step] : Steps.SkipWhile(name => name != step);

    /// <summary>Runs the chain.</summary>
    public static async Task<PostCallResult> RunAsync(WorkflowContext context, PostCallInput input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        var isStopped = false;
        var running = new List<Task<StepOutcome>>();
        foreach (var step in From(input.FromStep, input.Only))
        {
            var attempt = new StepAttempt(input.Company, input.Workflow, step, input.Event, 1, context.UtcNow, input.Policy);
            var task = RunStepAsync(attempt);
            running.Add(task);
            // A timer only for a step that is still at it: one that is done at once costs none.
            if (!task.IsCompleted)
            {
                await Task.WhenAny(task, context.DelayUntilAsync(context.UtcNow.AddMinutes(input.GoOnAfterMinutes)));
            }

            if (isStopped)
            {
                break;
            }
        }

        // A step that waits for its next attempt would only learn then that all is stopped: the chain does not wait for it.
        var everything = isStopped ? [] : await Task.WhenAll(running);
        var isFine = !isStopped && everything.All(outcome => outcome.Kind is StepKind.Done or StepKind.Skipped);
        var state = isFine ? WorkflowStates.Completed : WorkflowStates.CompletedWithProblems;
        while (await context.CallAsync<PostCallFinish, PostCallResult>(FinishActivity, new PostCallFinish(input.Company, input.Workflow, input.FromStep, state, input.Only)) is { Recorded: false })
        {
            await context.DelayUntilAsync(context.UtcNow + s_storePatience);
        }

        return new PostCallResult(state);

        async Task<StepOutcome> RunStepAsync(StepAttempt first)
        {
            var outcome = await StepRetries.RunAsync(context, StepActivity, first, () => isStopped);
            isStopped |= outcome.StopsAll;
            return outcome;
        }
    }
}

/// <summary>What a chain is started with: ids and times.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">The chain's id without the company prefix.</param>
/// <param name="Event">The event that tells of the call.</param>
/// <param name="FromStep">The first step to run.</param>
/// <param name="Policy">How a step is tried again.</param>
/// <param name="GoOnAfterMinutes">How long a retrying step holds up the next.</param>
/// <param name="Only">True for the first step alone.</param>
public sealed record PostCallInput(CompanyId Company, string Workflow, string Event, string FromStep, RetryPolicy Policy, double GoOnAfterMinutes, bool Only = false);

/// <summary>How a chain ended.</summary>
/// <param name="State">The record's state.</param>
/// <param name="Recorded">False while the store could not take it.</param>
public sealed record PostCallResult(string State, bool Recorded = true);

/// <summary>What the last activity is told.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">The chain.</param>
/// <param name="FromStep">The first step that was to run.</param>
/// <param name="State">How it ended.</param>
/// <param name="Only">True when no other step was to run.</param>
public sealed record PostCallFinish(CompanyId Company, string Workflow, string FromStep, string State, bool Only = false);
