namespace Kayse.Core.Storage;

/// <summary>A message that no further try can handle: it becomes a dead letter at once.</summary>
/// <param name="reason">Which field is wrong and what was expected, for the operator; no personal data.</param>
public sealed class RefusedMessageException(string reason) : Exception(reason);
