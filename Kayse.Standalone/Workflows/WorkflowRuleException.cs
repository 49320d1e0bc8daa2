namespace Kayse.Standalone.Workflows;

/// <summary>Stops a workflow's code where it broke a rule. The instance fails even when the code catches it.</summary>
internal sealed class WorkflowRuleException(string message) : Exception(message);
