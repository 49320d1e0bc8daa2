namespace Kayse.Standalone.Workflows;

/// <summary>Counts what is being done, so that a stop can wait for its end.</summary>
internal sealed class BusyCount
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count = 1;

    /// <summary>How much is being done.</summary>
    public int Count => Volatile.Read(ref _count) - 1;

    public void Enter() => Interlocked.Increment(ref _count);

    public void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _idle.TrySetResult();
        }
    }

    /// <summary>Completes when all that was entered is left; to be called once.</summary>
    public Task WhenIdleAsync()
    {
        Leave();
        return _idle.Task;
    }
}
