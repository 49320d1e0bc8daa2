// Checked against Microsoft.DurableTask.Abstractions 1.25.0.
namespace Microsoft.DurableTask;

public record StartOrchestrationOptions
{
    public StartOrchestrationOptions(string? InstanceId = null, DateTimeOffset? StartAt = null)
    {
        this.InstanceId = InstanceId;
        this.StartAt = StartAt;
    }

    public string? InstanceId { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public IReadOnlyList<string>? DedupeStatuses { get; init; }
}
