namespace Kayse.Core.Workflows;

/// <summary>What every workflow engine enforces alike.</summary>
public static class WorkflowLimits
{
    /// <summary>UTF-8 bytes of an input, a result or an event: payloads are ids and outcomes.</summary>
    public const int MaxPayloadBytes = 8 * 1024;
}
