// Checked against Microsoft.DurableTask.Abstractions 1.25.0.
namespace Microsoft.DurableTask;

public sealed class TaskFailedException : Exception
{
    public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails) => FailureDetails = failureDetails;

    public TaskFailureDetails FailureDetails { get; }
}
