namespace Kayse.Standalone.Storage;

/// <summary>What waits for the writer thread. The thread blocks here itself: it needs no thread of the pool to be woken, so a busy pool cannot hold up commits.</summary>
internal sealed class SqliteWriteQueue
{
    private const int MaxGroup = 512;

#pragma warning disable MA0158 // Monitor.Wait needs an object; Lock has no wait.
    private readonly object _gate = new();
#pragma warning restore MA0158
    private readonly Queue<IPendingWrite> _waiting = new();
    private bool _closed;

    /// <summary>Adds work; false when the queue is closed.</summary>
    public bool TryAdd(IPendingWrite pending)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _waiting.Enqueue(pending);
            if (_waiting.Count == 1)
            {
                Monitor.Pulse(_gate);
            }

            return true;
        }
    }

    /// <summary>Waits for work and takes what is there; false when the queue is closed and empty.</summary>
    public bool TakeGroup(List<IPendingWrite> group)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            while (group.Count < MaxGroup && _waiting.TryDequeue(out var pending))
            {
                group.Add(pending);
            }

            return true;
        }
    }

    /// <summary>Takes no more work; what waits is still handed out.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
