using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Counts the matters in Lawmatics, page by page: a page is an attempt that is postponed until the next.</summary>
public static class LawmaticsPullWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "LawmaticsPullWorkflow";

    /// <summary>The activity that reads one page.</summary>
    public const string StepActivity = "lawmatics.pull.page";

    /// <summary>The activity that closes the record.</summary>
    public const string FinishActivity = "lawmatics.pull.finish";

    /// <summary>Runs it.</summary>
    public static Task<OneStepResult> RunAsync(WorkflowContext context, StepAttempt input) => OneStep.RunAsync(context, input, StepActivity, FinishActivity);
}
