using System.Text.Json;
using Kayse.Core.Workflows;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Kayse.Functions.Orchestrations;

/// <summary>The one activity function: runs the activity of the catalog that a workflow calls. Only the type of a fault leaves it, since its text may hold personal data.</summary>
public sealed partial class ActivityFunction(WorkflowCatalog catalog, DurableConnection connection, ILogger<ActivityFunction> logger)
{
    /// <summary>The function's name. It stands in the histories of running workflows.</summary>
    public const string Name = "Activity";

    /// <summary>Runs an activity. When the host stops, the extension drops what came of it and gives the call to another worker.</summary>
    /// <param name="call">The activity and its input.</param>
    /// <param name="durable">For what the activity starts.</param>
    /// <param name="instanceId">The instance that calls: from the trigger's binding data.</param>
    /// <param name="cancellationToken">The host stops.</param>
    /// <exception cref="WorkflowFailedException">It failed, or its result is too large.</exception>
    [Function(Name)]
    public async Task<JsonElement> RunAsync([ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient durable, string instanceId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        connection.Use(durable);
        var result = await ResultAsync(call, instanceId, cancellationToken);
        return result.Length <= WorkflowLimits.MaxPayloadBytes
            ? Payloads.ToElement(result)
            : throw Failed(call, instanceId, "TooLarge", WorkflowErrors.ResultTooLarge(call.Name, result.Length));
    }

    private async Task<ReadOnlyMemory<byte>> ResultAsync(ActivityCall call, string instanceId, CancellationToken cancellationToken)
    {
        try
        {
            return await catalog.RunActivityAsync(call.Name, instanceId, Payloads.ToUtf8(call.Input), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
#pragma warning disable CA1031 // Whatever an activity throws is handed to its workflow.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            throw Failed(call, instanceId, fault.GetType().Name, WorkflowErrors.Activity(call.Name, fault));
        }
    }

    private WorkflowFailedException Failed(ActivityCall call, string instanceId, string fault, string error)
    {
        Log.Failed(logger, call.Name, instanceId, fault);
        return new WorkflowFailedException(error);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Activity {Activity} of workflow {Instance} failed: {Fault}")]
        public static partial void Failed(ILogger logger, string activity, string instance, string fault);
    }
}
