// Checked against Microsoft.DurableTask.Client 1.25.0.
namespace Microsoft.DurableTask.Client;

public class PurgeResult
{
    public PurgeResult(int count) => PurgedInstanceCount = count;

    public int PurgedInstanceCount { get; }
}
