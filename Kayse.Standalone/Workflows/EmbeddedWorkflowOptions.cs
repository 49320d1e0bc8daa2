namespace Kayse.Standalone.Workflows;

/// <summary>How much the embedded engine does at a time.</summary>
public sealed record EmbeddedWorkflowOptions
{
    /// <summary>Activities that run at the same time.</summary>
    public int MaxActivities { get; init; } = 128;

    /// <summary>
    /// Activities of one company's workflows of one kind (the first two parts of their ids, e.g. <c>demo.postcall</c>) that run at
    /// the same time.
    /// </summary>
    public int MaxActivitiesPerKind { get; init; } = 8;

    /// <summary>
    /// Instances kept in memory. A company may use half of them, and one that has none there gets its first
    /// even when all are in use.
    /// </summary>
    public int MaxLiveInstances { get; init; } = 512;

    /// <summary>How long a turn that the store refused waits before it is tried again.</summary>
    public TimeSpan StorageRetry { get; init; } = TimeSpan.FromMilliseconds(500);
}
