namespace Kayse.Core.Workflows;

/// <summary>An activity ended with a fault. The message names the activity and the fault's type, never the fault's text, which may hold personal data.</summary>
public sealed class WorkflowActivityException(string message) : Exception(message);
