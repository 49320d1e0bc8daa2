namespace Kayse.Standalone.Workflows;

/// <summary>
/// The synchronization context of one workflow. Continuations run on the thread that takes the turn and on no other; what
/// arrives from elsewhere is not run but reported, since it comes from something that is not in the history.
/// </summary>
/// <param name="foreign">Told what was posted from outside the turn.</param>
internal sealed class WorkflowPump(Action<object?> foreign) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();
    private SynchronizationContext? _previous;
    private int _thread;

    /// <summary>True on the thread that takes the turn.</summary>
    public bool IsHere => Volatile.Read(ref _thread) == Environment.CurrentManagedThreadId;

    /// <summary>Makes the current thread the workflow's until <see cref="Exit"/>.</summary>
    public void Enter()
    {
        _previous = Current;
        Volatile.Write(ref _thread, Environment.CurrentManagedThreadId);
        SetSynchronizationContext(this);
    }

    /// <summary>Runs what was posted until there is no more.</summary>
    public void Drain()
    {
        while (_queue.TryDequeue(out var work))
        {
            work.Callback(work.State);
        }
    }

    /// <summary>Gives the thread back.</summary>
    public void Exit()
    {
        Volatile.Write(ref _thread, 0);
        SetSynchronizationContext(_previous);
        _previous = null;
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsHere)
        {
            _queue.Enqueue((d, state));
        }
        else
        {
            foreign(state);
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (IsHere)
        {
            d(state);
        }
        else
        {
            foreign(state);
        }
    }

    public override SynchronizationContext CreateCopy() => this;
}
