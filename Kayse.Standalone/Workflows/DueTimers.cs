namespace Kayse.Standalone.Workflows;

/// <summary>
/// Wakes instances whose timers are due. Only the time of the next one is in memory; the timers are read from the store in
/// batches when their time has come, and each instance is woken with the time at which it was due.
/// </summary>
internal sealed class DueTimers(WorkflowStore store, TimeProvider clock, WorkflowLog log, Action<string, long> wake) : IDisposable
{
    private const int BatchSize = 256;
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private ITimer? _timer;
    private long _next = long.MaxValue;
    private long _scanned;
    private bool _scanning;

    private long Now => clock.GetUtcNow().UtcTicks;

    /// <summary>When the oldest timer that was not taken up yet was due, or null.</summary>
    public long? Overdue => Interlocked.Read(ref _next) is var next && next <= Now ? next : null;

    /// <summary>True while the store is asked which timers are due.</summary>
    public bool IsScanning
    {
        get
        {
            lock (_gate)
            {
                return _scanning;
            }
        }
    }

    /// <summary>Begins with whatever is in the store.</summary>
    public void Start()
    {
        _timer = clock.CreateTimer(static state => ((DueTimers)state!).Begin(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Begin();
    }

    /// <summary>Takes note of a timer that is in the store.</summary>
    public void Add(string instance, long due)
    {
        bool passed;
        lock (_gate)
        {
            var now = Now;
            // A clock that was put back: the timers after it are looked for again.
            _scanned = Math.Min(_scanned, now);
            passed = due <= _scanned;
            // While the store is asked, the next one of before is among those it is asked for.
            if (!passed && (due < _next || (_scanning && _next <= _scanned)))
            {
                _next = due;
                Arm();
            }
        }

        if (passed)
        {
            wake(instance, due);
        }
    }

    public void Dispose()
    {
        ITimer? timer;
        lock (_gate)
        {
            (timer, _timer) = (_timer, null);
        }

        timer?.Dispose();
    }

    private void Begin()
    {
        lock (_gate)
        {
            if (_scanning || _timer is null)
            {
                return;
            }

            _scanning = true;
        }

        // A timer's callback may run on the thread of whoever moves the clock.
        ThreadPool.UnsafeQueueUserWorkItem(static timers => timers.Scan(), this, preferLocal: false);
    }

    private void Scan()
    {
        long from;
        long until;
        lock (_gate)
        {
            // From here on, a timer that is added up to this time is woken by who adds it.
            from = _scanned;
            until = Math.Max(from, Now);
            _scanned = until;
        }

        try
        {
            WakeBetween(from, until);
            Finish(store.NextDue(until));
        }
#pragma warning disable CA1031 // Whatever the store's fault is, the timers are looked for again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            log.TimersRefused(fault.GetType().Name);
            Retry(from);
        }
    }

    private void WakeBetween(long from, long until)
    {
        var last = new DueTimer(from, "\U0010FFFF", 0);
        while (true)
        {
            var batch = store.DueTimers(last, until, BatchSize);
            foreach (var timer in batch)
            {
                wake(timer.Instance, timer.Due);
            }

            if (batch.Count < BatchSize)
            {
                return;
            }

            last = batch[^1];
        }
    }

    private void Finish(long nextInStore)
    {
        lock (_gate)
        {
            _scanning = false;
            // One that was added during the scan may be missing from what the store told.
            _next = _next > _scanned ? Math.Min(_next, nextInStore) : nextInStore;
            Arm();
        }
    }

    private void Retry(long from)
    {
        lock (_gate)
        {
            _scanning = false;
            _scanned = Math.Min(_scanned, from);
            // Else one that is added meanwhile would put the next look off until it is due itself.
            _next = Math.Min(_next, Now);
            _timer?.Change(StoreRetry, Timeout.InfiniteTimeSpan);
        }
    }

    private void Arm()
    {
        if (_scanning || _timer is null || _next == long.MaxValue)
        {
            return;
        }

        var left = new TimeSpan(_next - Now);
        if (left <= TimeSpan.Zero)
        {
            Begin();
            return;
        }

        // Whole milliseconds upwards: a timer that rings too early finds nothing and rings again at once.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        _timer.Change(wait < LongestWait ? wait : LongestWait, Timeout.InfiniteTimeSpan);
        if (_next <= Now)
        {
            // The clock was put forward between the look at it and the timer, which would come late by as much.
            Begin();
        }
    }
}
