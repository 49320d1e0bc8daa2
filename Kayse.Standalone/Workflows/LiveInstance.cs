namespace Kayse.Standalone.Workflows;

/// <summary>An instance in memory. What belongs to a turn is touched only by who takes the turn; what arrives meanwhile waits here.</summary>
/// <param name="id">Its id.</param>
/// <param name="company">Whose it is.</param>
/// <param name="fresh">All there is of it when it was only just started, or null: then it has to be loaded.</param>
internal sealed class LiveInstance(string id, string company, StoredInstance? fresh)
{
    private readonly Lock _gate = new();
    private List<TurnEvent> _results = [];
    private EmbeddedWorkflowContext? _context;
    private CancellationTokenSource? _cancellation;
    private bool _busy = true;
    private StoredInstance? _fresh = fresh;
    private bool _poked = fresh is null;
    private bool _stale;
    private bool _gone;

    public string Id => id;

    public string Company => company;

    /// <summary>The first two parts of its id, e.g. <c>demo.postcall</c>: its company and what kind of workflow it is.</summary>
    public string Kind { get; } = KindOf(id);

    /// <summary>The run in memory, or null when it has to be loaded.</summary>
    public EmbeddedWorkflowContext? Context => _context;

    /// <summary>The number of the next turn.</summary>
    public int Sequence { get; set; }

    /// <summary>The last raised event that is in the history.</summary>
    public long EventsThrough { get; set; }

    /// <summary>True when the store has it marked as one to be resumed.</summary>
    public bool HasWork { get; set; }

    /// <summary>Cancels the activities of this run.</summary>
    public CancellationToken Cancellation
    {
        get
        {
            lock (_gate)
            {
                // Without timers and links there is nothing to dispose, and an activity may hold the token longer than the run lives.
                _cancellation ??= new CancellationTokenSource();
                return _cancellation.Token;
            }
        }
    }

    /// <summary>What was only just started, the first time it is asked for; null when the store has to be asked.</summary>
    public StoredInstance? TakeFresh()
    {
        (var fresh, _fresh) = (_fresh, null);
        return fresh;
    }

    /// <summary>Takes the loaded run into use.</summary>
    public void Begin(EmbeddedWorkflowContext context, int sequence, bool hasWork)
    {
        lock (_gate)
        {
            _context = context;
        }

        Sequence = sequence;
        EventsThrough = 0;
        HasWork = hasWork;
    }

    /// <summary>Gives up the run, whose activities do not count any more: the next turn loads what the store has. Anyone may call it.</summary>
    public void EndRun()
    {
        lock (_gate)
        {
            _stale = true;
            _poked = true;
        }

        Cancel();
    }

    /// <summary>Adds an activity's result; true when the caller has to take the turn.</summary>
    public bool Arrive(EmbeddedWorkflowContext context, TurnEvent result)
    {
        lock (_gate)
        {
            if (_gone || _stale || !ReferenceEquals(context, _context))
            {
                return false;
            }

            _results.Add(result);
            return Occupy();
        }
    }

    /// <summary>Says that there are timers or events in the store; true when the caller has to take the turn.</summary>
    public bool Poke()
    {
        lock (_gate)
        {
            _poked = true;
            return !_gone && Occupy();
        }
    }

    /// <summary>Takes what arrived, and lets a run go that was given up.</summary>
    public List<TurnEvent> TakeArrivals(out bool poked)
    {
        lock (_gate)
        {
            if (_stale)
            {
                (_context, _results, _stale) = (null, [], false);
            }

            (var results, _results) = (_results, []);
            (poked, _poked) = (_poked, false);
            return results;
        }
    }

    /// <summary>Ends the turn. False when something has arrived meanwhile: another turn has to be taken.</summary>
    public bool TryRest()
    {
        lock (_gate)
        {
            if (!_gone && (_poked || _results.Count > 0))
            {
                return false;
            }

            _busy = false;
            return true;
        }
    }

    /// <summary>Takes it out of use; returns whether it was told of something that it has not looked at.</summary>
    public bool Leave()
    {
        lock (_gate)
        {
            _gone = true;
            return _poked;
        }
    }

    /// <summary>Cancels the activities of this run.</summary>
    public void Cancel()
    {
        CancellationTokenSource? cancellation;
        lock (_gate)
        {
            (cancellation, _cancellation) = (_cancellation, null);
        }

        // Callbacks of activities must not run on, or throw into, the engine's thread.
        _ = cancellation?.CancelAsync();
    }

    private static string KindOf(string id) => id[..id.IndexOf('.', id.IndexOf('.', StringComparison.Ordinal) + 1)];

    private bool Occupy()
    {
        if (_busy)
        {
            return false;
        }

        _busy = true;
        return true;
    }
}
