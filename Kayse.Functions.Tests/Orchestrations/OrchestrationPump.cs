namespace Kayse.Functions.Tests.Orchestrations;

/// <summary>The one thread of an orchestration: runs what is posted within a turn, and takes note of what comes from elsewhere.</summary>
internal sealed class OrchestrationPump : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Run, object? State)> _posted = new();
    private int _thread;

    /// <summary>True when something other than a context's task resumed the code.</summary>
    public bool IsBroken { get; private set; }

    public bool IsHere => _thread == Environment.CurrentManagedThreadId && ReferenceEquals(Current, this);

    public void Turn(Action happen)
    {
        var before = Current;
        SetSynchronizationContext(this);
        _thread = Environment.CurrentManagedThreadId;
        try
        {
            happen();
            while (_posted.TryDequeue(out var work))
            {
                work.Run(work.State);
            }
        }
        finally
        {
            _thread = 0;
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (_thread != Environment.CurrentManagedThreadId)
        {
            IsBroken = true;
            return;
        }

        _posted.Enqueue((d, state));
    }
}
