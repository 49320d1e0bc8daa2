// Checked against Microsoft.DurableTask.Client 1.25.0.
namespace Microsoft.DurableTask.Client;

public record PurgeInstanceOptions(bool Recursive = false);
