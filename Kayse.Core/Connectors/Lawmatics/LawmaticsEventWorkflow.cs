using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What an event of Lawmatics' led to: the record that it names is read, and what changed takes effect. Tried again as the other steps are.</summary>
public static class LawmaticsEventWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "LawmaticsEventWorkflow";

    /// <summary>The activity that makes one attempt.</summary>
    public const string StepActivity = "lawmatics.event.step";

    /// <summary>The activity that closes the record.</summary>
    public const string FinishActivity = "lawmatics.event.finish";

    /// <summary>Runs it.</summary>
    public static Task<OneStepResult> RunAsync(WorkflowContext context, StepAttempt input) => OneStep.RunAsync(context, input, StepActivity, FinishActivity);
}
