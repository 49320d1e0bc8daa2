using System.Text.Json;
using Kayse.Core.Workflows;
using Microsoft.DurableTask.Client;

namespace Kayse.Functions.Orchestrations;

/// <summary>Reads an orchestration's state as the port has it.</summary>
internal static class DurableInstance
{
    /// <summary>The statuses in which an instance has ended.</summary>
    public static IReadOnlyList<OrchestrationRuntimeStatus> Ended { get; } =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    public static bool IsRunning(OrchestrationMetadata found) => !Ended.Contains(found.RuntimeStatus);

    /// <summary>The statuses of a state; null for all.</summary>
    public static IReadOnlyList<OrchestrationRuntimeStatus>? Statuses(WorkflowState? state) => state switch
    {
        null => null,
        WorkflowState.Completed => [OrchestrationRuntimeStatus.Completed],
        WorkflowState.Failed => [OrchestrationRuntimeStatus.Failed],
        WorkflowState.Terminated => [OrchestrationRuntimeStatus.Terminated],
        _ => [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended],
    };

    public static WorkflowInstance Read(OrchestrationMetadata found) => new(
        found.InstanceId,
        found.Name,
        State(found),
        found.CreatedAt,
        IsRunning(found) ? null : found.LastUpdatedAt,
        State(found) == WorkflowState.Completed ? found.SerializedOutput : null,
        State(found) switch
        {
            // What our orchestrations fail with is a text of our own; the platform's texts are about functions and steps.
            WorkflowState.Failed => found.FailureDetails?.ErrorMessage ?? "The workflow failed.",
            WorkflowState.Terminated => Reason(found.SerializedOutput),
            _ => null,
        });

    private static WorkflowState State(OrchestrationMetadata found) => found.RuntimeStatus switch
    {
        OrchestrationRuntimeStatus.Completed => WorkflowState.Completed,
        OrchestrationRuntimeStatus.Failed => WorkflowState.Failed,
        OrchestrationRuntimeStatus.Terminated => WorkflowState.Terminated,
        _ => WorkflowState.Running,
    };

    // The reason of a termination is written as JSON; a portal or a command line tool writes plain text.
    private static string Reason(string? output)
    {
        try
        {
            return output is null ? "Terminated." : JsonElement.Parse(output) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "Terminated.";
        }
        catch (JsonException)
        {
            return output!;
        }
    }
}
