using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Workflows;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Kayse.Functions.Orchestrations;

/// <summary>Runs a workflow of the catalog as a Durable orchestration. What it fails with stands in the history: a text of our own, never an exception's.</summary>
internal static partial class Orchestration
{
    /// <summary>The category of what orchestrations log.</summary>
    public const string LogCategory = "Kayse.Workflows";

    /// <summary>Runs one turn: from the beginning, over what the history has, to where it waits next.</summary>
    /// <exception cref="WorkflowFailedException">The workflow failed.</exception>
    public static async Task<JsonElement> RunAsync(string workflow, TaskOrchestrationContext context, WorkflowCatalog catalog)
    {
        using var run = new DurableWorkflowContext(context, catalog);
        string? error;
        try
        {
            var output = await catalog.RunWorkflowAsync(workflow, run, Payloads.ToUtf8(context.GetInput<JsonElement>()));
            error = run.Violation ?? TooLarge(run, output);
            if (error is null)
            {
                // A run that still waits for an activity comes here again in each of its turns.
                DurableWorkflowMeter.Completed.Add(context.IsReplaying || run.Continues ? 0 : 1);
                return Payloads.ToElement(output);
            }
        }
#pragma warning disable CA1031 // Whatever a workflow throws, the instance fails with it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            error = run.Violation ?? Describe(fault);
        }
        finally
        {
            run.End();
        }

        Log.Failed(context.CreateReplaySafeLogger(LogCategory), context.InstanceId, error);
        throw new WorkflowFailedException(error);
    }

    private static string? TooLarge(DurableWorkflowContext run, ReadOnlyMemory<byte> output) =>
        !run.Continues && output.Length > WorkflowLimits.MaxPayloadBytes ? WorkflowErrors.OutputTooLarge(output.Length) : null;

    private static string Describe(Exception fault) => fault switch
    {
        WorkflowActivityException known => known.Message,
        OperationCanceledException => "The workflow was cancelled by itself.",
        _ => $"The workflow threw {fault.GetType().Name} at {FaultSite.Of(fault)}.",
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Workflow {Instance} failed: {Error}")]
        public static partial void Failed(ILogger logger, string instance, string error);
    }
}
