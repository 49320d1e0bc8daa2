// Checked against Microsoft.DurableTask.Client 1.25.0.
namespace Microsoft.DurableTask.Client;

public enum OrchestrationRuntimeStatus
{
    Running,
    Completed,

    [Obsolete("Not used.")]
    ContinuedAsNew,
    Failed,

    [Obsolete("Not used.")]
    Canceled,
    Terminated,
    Pending,
    Suspended,
}
