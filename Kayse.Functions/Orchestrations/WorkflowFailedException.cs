namespace Kayse.Functions.Orchestrations;

/// <summary>A workflow or an activity failed. It stands in the history: the message is a text of our own, and there is no inner exception.</summary>
public sealed class WorkflowFailedException(string message) : Exception(message);
