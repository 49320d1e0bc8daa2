using System.Diagnostics;
using Kayse.Core.Workflows;

namespace Kayse.Standalone.Workflows;

/// <summary>The texts with which instances fail. An exception's message may hold personal data: only its type is told.</summary>
internal static class WorkflowFaults
{
    public static string Foreign(string? place) =>
        $"The workflow awaited something other than its context{At(place)}. Only the context's operations are in the history; do anything else in an activity.";

    public static string ForeignCall(string? place) =>
        $"The workflow called its context from another thread{At(place)}. Something other than the context was awaited or started before it.";

    public static string Describe(Exception? fault) => fault switch
    {
        null => "The workflow was cancelled by itself.",
        WorkflowActivityException known => known.Message,
        _ => $"The workflow threw {fault.GetType().Name}{At(SourceLines.OfCaller(new StackTrace(fault, fNeedFileInfo: true)))}.",
    };

    public static string Mismatch(int step, OperationRecord recorded, string asked) =>
        $"step {step + 1}: the history has {recorded}, the code now asks for {asked}";

    public static string UnknownWorkflow(string workflow) => $"This version knows no workflow '{workflow}'.";

    private static string At(string? place) => place is null ? string.Empty : $" at {place}";
}
