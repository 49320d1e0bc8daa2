namespace Kayse.Core.Workflows;

/// <summary>The one retry loop of all workflows.</summary>
public static class StepRetries
{
    /// <summary>Runs a step's activity until it is done, skipped or refused. When to try again is the activity's answer; this waits for it.</summary>
    /// <param name="context">The workflow.</param>
    /// <param name="activity">The activity.</param>
    /// <param name="first">The first attempt.</param>
    /// <param name="stopped">Asked before each further attempt: true ends the step.</param>
    public static async Task<StepOutcome> RunAsync(WorkflowContext context, string activity, StepAttempt first, Func<bool> stopped) =>
        (await RunAsync(context, activity, first, stopped, int.MaxValue)).Outcome!;

    /// <summary>Runs a step's activity so many times at most: for a workflow that then continues as new.</summary>
    /// <param name="context">The workflow.</param>
    /// <param name="activity">The activity.</param>
    /// <param name="first">The first attempt.</param>
    /// <param name="most">The most runs of the activity, the postponed ones among them.</param>
    /// <returns>The outcome; or null and the attempt to go on with.</returns>
    public static Task<(StepOutcome? Outcome, StepAttempt Next)> RunSomeAsync(WorkflowContext context, string activity, StepAttempt first, int most) =>
        RunAsync(context, activity, first, static () => false, most);

    private static async Task<(StepOutcome? Outcome, StepAttempt Next)> RunAsync(WorkflowContext context, string activity, StepAttempt first, Func<bool> stopped, int most)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(stopped);
        var attempt = first;
        for (var run = 0; run < most; run++)
        {
            var outcome = await context.CallAsync<StepAttempt, StepOutcome>(activity, attempt);
            if (outcome.Kind != StepKind.RetryAfter)
            {
                return (outcome, attempt);
            }

            var before = context.UtcNow;
            if (!stopped())
            {
                await context.DelayUntilAsync(outcome.NotBefore ?? context.UtcNow);
            }

            if (stopped())
            {
                return (StepOutcome.Refused("Stopped because another step was refused for good."), attempt);
            }

            // The time of a pause is not time in which it was tried: the window moves along.
            attempt = outcome.Postponed ? attempt with { FirstAt = attempt.FirstAt + (context.UtcNow - before) } : attempt with { Number = attempt.Number + 1, Unauthorized = outcome.Unauthorized ? attempt.Unauthorized + 1 : 0 };
        }

        return (null, attempt);
    }
}
