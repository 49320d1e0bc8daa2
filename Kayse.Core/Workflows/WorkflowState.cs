namespace Kayse.Core.Workflows;

/// <summary>Where an instance stands.</summary>
public enum WorkflowState
{
    /// <summary>It runs or waits.</summary>
    Running,

    /// <summary>It returned.</summary>
    Completed,

    /// <summary>It threw, or broke a rule of workflows.</summary>
    Failed,

    /// <summary>It was ended from outside.</summary>
    Terminated,
}
