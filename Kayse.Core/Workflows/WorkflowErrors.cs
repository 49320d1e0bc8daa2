namespace Kayse.Core.Workflows;

/// <summary>The texts with which activities and instances fail on every engine. An exception's message may hold personal data: only its type is told.</summary>
public static class WorkflowErrors
{
    /// <summary>An activity threw.</summary>
    public static string Activity(string activity, Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return $"The activity '{activity}' failed: {fault.GetType().Name}.";
    }

    /// <summary>An activity returned too much.</summary>
    public static string ResultTooLarge(string activity, int bytes) =>
        $"The result of activity '{activity}' has {bytes} bytes; {WorkflowLimits.MaxPayloadBytes} are allowed.";

    /// <summary>A workflow handed on too much.</summary>
    public static string InputTooLarge(string of, int bytes) => $"The input of {of} has {bytes} bytes; {WorkflowLimits.MaxPayloadBytes} are allowed.";

    /// <summary>A workflow returned too much.</summary>
    public static string OutputTooLarge(int bytes) => $"The workflow's result has {bytes} bytes; {WorkflowLimits.MaxPayloadBytes} are allowed.";

    /// <summary>A workflow asked for something after it had continued as new.</summary>
    public static string AskedAfterEnd(string asked) => $"The workflow asked for {asked} after ContinueAsNew.";
}
