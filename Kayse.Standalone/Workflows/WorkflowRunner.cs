namespace Kayse.Standalone.Workflows;

/// <summary>
/// Decides which instances are in memory. An id that has something to do waits in a fair queue, is loaded when its turn comes,
/// stays while it has activities, and is dropped when it only waits for timers or events.
/// </summary>
internal sealed class WorkflowRunner
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LiveInstance> _live = new(StringComparer.Ordinal);
    private readonly HashSet<string> _queued = new(StringComparer.Ordinal);
    // Instances of which nothing is in the store but their start: they need not be loaded.
    private readonly Dictionary<string, StoredInstance> _fresh = new(StringComparer.Ordinal);
    private readonly int _maxFresh;
    private readonly Dictionary<string, (long Run, string Error)> _violations = new(StringComparer.Ordinal);
    private readonly FairQueue<ReadyInstance> _ready;
    private readonly BusyCount _busy;
    private readonly TimeProvider _clock;
    private readonly TurnTaker _turns;
    private readonly WorkflowLog _log;
    private bool _running;

    public WorkflowRunner(EmbeddedWorkflowOptions options, BusyCount busy, TimeProvider clock, TurnTaker turns, WorkflowLog log)
    {
        _busy = busy;
        _clock = clock;
        _turns = turns;
        _log = log;
        _maxFresh = options.MaxLiveInstances;
        _ready = new FairQueue<ReadyInstance>(options.MaxLiveInstances, Math.Max(1, options.MaxLiveInstances / 2), firstAlwaysEnters: true);
    }

    /// <summary>Instances in memory.</summary>
    public int Live
    {
        get
        {
            lock (_gate)
            {
                return _live.Count;
            }
        }
    }

    /// <summary>Since when the oldest instance waits to be taken up, in UTC ticks, or null.</summary>
    public long? OldestReady
    {
        get
        {
            lock (_gate)
            {
                return _queued.Count == 0 ? null : _ready.Waiting.Min(ready => ready.Since);
            }
        }
    }

    public void Start()
    {
        lock (_gate)
        {
            _running = true;
        }
    }

    /// <summary>Takes up no more instances and cancels the activities that run.</summary>
    public void Stop()
    {
        List<LiveInstance> live;
        lock (_gate)
        {
            _running = false;
            _ready.Clear();
            _queued.Clear();
            _fresh.Clear();
            live = [.. _live.Values];
        }

        live.ForEach(instance => instance.Cancel());
    }

    /// <summary>Takes note of an instance whose start was just committed, before anything else about it can be.</summary>
    public void Expect(StoredInstance instance)
    {
        lock (_gate)
        {
            if (_running && _fresh.Count < _maxFresh)
            {
                _fresh[instance.Id] = instance;
            }
        }
    }

    /// <summary>Takes up an instance whose start is in the store.</summary>
    public void Begin(string id, long since) => Wake(id, since, isStart: true);

    /// <summary>Says that an instance has something to do that is in the store: it has an event or a timer, or was left by an earlier process.</summary>
    public void Wake(string id, long since) => Wake(id, since, isStart: false);

    private void Wake(string id, long since, bool isStart)
    {
        LiveInstance? live;
        lock (_gate)
        {
            if (!isStart)
            {
                _fresh.Remove(id);
            }

            if (!_running)
            {
                return;
            }

            if (!_live.TryGetValue(id, out live) && _queued.Add(id))
            {
                _ready.Enqueue(CompanyOf(id), new ReadyInstance(id, since));
            }

            if (live is not null && !live.Poke())
            {
                return;
            }
        }

        if (live is null)
        {
            Admit();
        }
        else
        {
            Take(live);
        }
    }

    /// <summary>Hands an activity's result to its instance and goes on with it on this thread.</summary>
    public void Arrive(ActivityCall call, TurnEvent result)
    {
        if (call.Instance.Arrive(call.Context, result))
        {
            Take(call.Instance);
        }
    }

    /// <summary>Drops an instance that was ended or removed from outside.</summary>
    public void Forget(string id)
    {
        LiveInstance? live;
        lock (_gate)
        {
            _violations.Remove(id);
            _fresh.Remove(id);
            _live.TryGetValue(id, out live);
        }

        // Who is taking its turn will find that the store refuses it, and drop it then.
        live?.EndRun();
        if (live?.Poke() == true)
        {
            Take(live);
        }
    }

    /// <summary>Notes a rule broken outside a turn, so that the instance fails whether it is still in memory or not.</summary>
    public void Violated(EmbeddedWorkflowContext context)
    {
        lock (_gate)
        {
            _violations[context.InstanceId] = (context.Run, context.Violation!);
        }

        Wake(context.InstanceId, _clock.GetUtcNow().UtcTicks);
    }

    private static string CompanyOf(string id) => id[..id.IndexOf('.', StringComparison.Ordinal)];

    private void Admit()
    {
        while (true)
        {
            LiveInstance instance;
            lock (_gate)
            {
                if (!_running || !_ready.TryTake(out var company, out var ready))
                {
                    return;
                }

                _queued.Remove(ready.Id);
                _fresh.Remove(ready.Id, out var fresh);
                instance = new LiveInstance(ready.Id, company, fresh);
                _live.Add(ready.Id, instance);
                _busy.Enter();
            }

            ThreadPool.UnsafeQueueUserWorkItem(static work => _ = work.Runner.TakeAllAsync(work.Instance), (Runner: this, Instance: instance), preferLocal: false);
        }
    }

    private void Take(LiveInstance instance)
    {
        _busy.Enter();
        _ = TakeAllAsync(instance);
    }

    private async Task TakeAllAsync(LiveInstance instance)
    {
        try
        {
            bool stays;
            do
            {
                stays = await _turns.TakeAsync(instance, TakeViolation(instance.Id));
            }
            while (!TryLeave(instance, stays));
        }
        catch (OperationCanceledException)
        {
            // The engine stops: the next start goes on from the store.
            TryLeave(instance, stays: false);
        }
#pragma warning disable CA1031 // A fault of the engine itself must not end unseen in a forgotten task.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _log.TurnFailed(instance.Id, fault.GetType().Name);
            TryLeave(instance, stays: false);
        }
        finally
        {
            _busy.Leave();
        }
    }

    private (long Run, string Error)? TakeViolation(string id)
    {
        lock (_gate)
        {
            return _violations.Count > 0 && _violations.Remove(id, out var violation) ? violation : null;
        }
    }

    // False when something has arrived meanwhile. In one step, or a wake could fall between the rest and the drop.
    private bool TryLeave(LiveInstance instance, bool stays)
    {
        bool wake;
        lock (_gate)
        {
            if (stays && !instance.TryRest())
            {
                return false;
            }

            if (stays && instance.Context is { Activities: > 0 })
            {
                return true;
            }

            wake = instance.Leave();
            _live.Remove(instance.Id);
            _ready.Release(instance.Company);
        }

        instance.Cancel();
        if (wake)
        {
            Wake(instance.Id, _clock.GetUtcNow().UtcTicks);
        }

        Admit();
        return true;
    }
}
