using System.Diagnostics;
using System.Text;
using Kayse.Core.Workflows;

namespace Kayse.Standalone.Workflows;

/// <summary>
/// One run of a workflow in memory: the face that its code sees, the operations it waits for, and the rules it must keep.
/// A broken rule is remembered, whatever the code does with the exception.
/// </summary>
internal sealed class EmbeddedWorkflowContext : WorkflowContext
{
    private readonly WorkflowCatalog _catalog;
    private readonly StoredInstance _instance;
    private readonly Action<EmbeddedWorkflowContext> _violated;
    private readonly WorkflowPump _pump;
    private readonly Dictionary<int, IWorkflowOperation> _outstanding = [];
    private readonly EventInbox _events = new();
    private readonly List<OperationRecord> _asked = [];
    private OperationRecord[] _recorded = [];
    private Task<ReadOnlyMemory<byte>>? _root;
    private ReadOnlyMemory<byte>? _nextInput;
    private string? _violation;
    private bool _replaying;
    private int _step;
    private int _guids;

    /// <summary>A run that has not begun. <paramref name="violated"/> is called, on any thread, when a rule was broken outside a turn.</summary>
    public EmbeddedWorkflowContext(StoredInstance instance, WorkflowCatalog catalog, Action<EmbeddedWorkflowContext> violated)
    {
        _instance = instance;
        _catalog = catalog;
        _violated = violated;
        _pump = new WorkflowPump(state => Report(WorkflowFaults.Foreign(SuspendedAwait.OfContinuation(state))));
    }

    public override string InstanceId => _instance.Id;

    public override DateTimeOffset UtcNow
    {
        get
        {
            RequireTurn();
            return new DateTimeOffset(LastTurnAt, TimeSpan.Zero);
        }
    }

    public override bool IsReplaying => _replaying;

    /// <summary>The run that this is.</summary>
    public long Run => _instance.Run;

    /// <summary>Why the instance must fail, or null.</summary>
    public string? Violation => Volatile.Read(ref _violation);

    /// <summary>The time of the last turn, in UTC ticks.</summary>
    public long LastTurnAt { get; private set; }

    /// <summary>The number of activities without a result.</summary>
    public int Activities { get; private set; }

    /// <summary>What the code asked for since the operations were last taken.</summary>
    public IReadOnlyList<OperationRecord> Asked => _asked;

    /// <summary>Operations that wait.</summary>
    public IEnumerable<IWorkflowOperation> Outstanding => _outstanding.Values;

    /// <summary>Timers that the code asked for since the operations were last taken, and that wait.</summary>
    public WorkflowTimer[] NewTimers() => _asked.TrueForAll(asked => asked.Kind != OperationKind.Timer)
        ? []
        : [.. _outstanding.Values
            .Where(operation => operation.Step >= _step - _asked.Count && operation.Record.Kind == OperationKind.Timer)
            .Select(operation => new WorkflowTimer(operation.Step, operation.Record.Due))];

    /// <summary>Events that came and were not taken, in order.</summary>
    public IReadOnlyList<TurnEvent> UntakenEvents => _events.Untaken();

    /// <summary>Repeats the history.</summary>
    public void Replay()
    {
        _recorded = [.. _instance.Turns.SelectMany(turn => turn.Operations)];
        _replaying = true;
        foreach (var turn in _instance.Turns)
        {
            Take(turn.At, turn.Events);
        }

        _replaying = false;
        if (_step < _recorded.Length)
        {
            Break(Mismatch(_step, "nothing more"));
        }

        // What the code asks for beyond the history is new and is recorded with the next turn.
        _asked.RemoveRange(0, Math.Min(_asked.Count, _recorded.Length));
    }

    /// <summary>Runs the code on from what happened until it waits again; returns how many of the events it was given.</summary>
    public int Take(long now, IReadOnlyList<TurnEvent> events)
    {
        LastTurnAt = now;
        var given = 0;
        _pump.Enter();
        try
        {
            _root ??= _catalog.RunWorkflowAsync(_instance.Workflow, this, _instance.Input);
            _pump.Drain();
            for (; given < events.Count && !_root.IsCompleted && Violation is null; given++)
            {
                Apply(events[given]);
                _pump.Drain();
            }
        }
#pragma warning disable CA1031 // Only an async void method of a workflow can throw here: its fault is the workflow's.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Break($"The workflow threw {fault.GetType().Name} outside its task.");
        }
        finally
        {
            _pump.Exit();
        }

        return given;
    }

    /// <summary>Where the last turn left the workflow.</summary>
    public TurnOutcome Outcome() =>
        Violation is { } violation ? TurnOutcome.Failed(violation)
        : _root!.IsCompleted ? Ended(_root)
        : Stuck() is { } stuck ? TurnOutcome.Failed(stuck)
        : TurnOutcome.Waits;

    /// <summary>Makes the instance fail with a rule that an earlier copy of this run broke.</summary>
    public void Fail(string violation) => Break(violation);

    /// <summary>Forgets what the code asked for: it is in the store.</summary>
    public void Committed() => _asked.Clear();

    public override Task<TOut> CallAsync<TIn, TOut>(string activity, TIn input)
    {
        RequireTurn();
        var payload = Payload(input, $"activity '{activity}'");
        var operation = Ask<TOut>(new OperationRecord(OperationKind.Activity, activity, 0));
        operation.Input = payload;
        Activities++;
        return operation.Task;
    }

    public override Task DelayUntilAsync(DateTimeOffset time)
    {
        RequireTurn();
        var operation = Ask<bool>(new OperationRecord(OperationKind.Timer, string.Empty, time.UtcTicks));
        if (operation.Record.Due <= LastTurnAt && _outstanding.Remove(operation.Step))
        {
            operation.Complete(default);
        }

        return operation.Task;
    }

    public override Task<T> WaitForEventAsync<T>(string name)
    {
        RequireTurn();
        var operation = Ask<T>(new OperationRecord(OperationKind.Event, name, 0));
        if (_events.TryTake(name, operation, out var payload))
        {
            _outstanding.Remove(operation.Step);
            operation.Complete(payload);
        }

        return operation.Task;
    }

    public override Guid NewGuid()
    {
        RequireTurn();
        return WorkflowGuid.Of(_instance.Id, _instance.Run, _guids++);
    }

    public override void ContinueAsNew<T>(T input)
    {
        RequireTurn();
        _nextInput = Payload(input, "the next run");
    }

    private ReadOnlyMemory<byte> Payload<T>(T input, string of)
    {
        var payload = _catalog.Serialize(input);
        return payload.Length <= WorkflowLimits.MaxPayloadBytes ? payload : throw Broken(WorkflowErrors.InputTooLarge(of, payload.Length));
    }

    private WorkflowOperation<T> Ask<T>(OperationRecord asked)
    {
        if (_nextInput is not null)
        {
            throw Broken(WorkflowErrors.AskedAfterEnd(asked.ToString()));
        }

        if (_step < _recorded.Length)
        {
            var recorded = _recorded[_step];
            if (recorded.Kind != asked.Kind || recorded.Name != asked.Name)
            {
                throw Broken(Mismatch(_step, asked.ToString()));
            }

            // A timer keeps the time that is in the store, whatever the code now says.
            asked = recorded;
        }

        var operation = new WorkflowOperation<T>(_step++, asked, _catalog);
        _asked.Add(asked);
        _outstanding.Add(operation.Step, operation);
        return operation;
    }

    private void Apply(TurnEvent happened)
    {
        if (happened.Kind == TurnEventKind.Raised)
        {
            if (_events.TryHand(happened, out var waiter))
            {
                _outstanding.Remove(waiter.Step);
                waiter.Complete(happened.Payload);
            }

            return;
        }

        if (!_outstanding.Remove(happened.Step, out var operation))
        {
            // Only a replay can get here: what the history has a result for, the code has not asked for.
            Break(Mismatch(happened.Step, "nothing more"));
            return;
        }

        Activities -= operation.Record.Kind == OperationKind.Activity ? 1 : 0;
        if (happened.Kind == TurnEventKind.ActivityFailed)
        {
            operation.Fail(Encoding.UTF8.GetString(happened.Payload.Span));
        }
        else
        {
            operation.Complete(happened.Payload);
        }
    }

    private TurnOutcome Ended(Task<ReadOnlyMemory<byte>> root) => root switch
    {
        { IsCompletedSuccessfully: false } => TurnOutcome.Failed(WorkflowFaults.Describe(root.Exception?.InnerException)),
        _ when _nextInput is { } next => new TurnOutcome(WorkflowState.Running, NextInput: next),
        { Result.Length: > WorkflowLimits.MaxPayloadBytes } => TurnOutcome.Failed(WorkflowErrors.OutputTooLarge(root.Result.Length)),
        _ => new TurnOutcome(WorkflowState.Completed, root.Result),
    };

    private string? Stuck()
    {
        if (Activities > 0)
        {
            return null;
        }

        // A wait that was given up (WhenAny) must not hide that the code now waits for something that never tells us.
        var (place, leaf) = SuspendedAwait.Follow(_root!);
        return _outstanding.Count == 0 || (leaf is not null && SuspendedAwait.IsCertainlyForeign(leaf) && _outstanding.Values.All(operation => operation.Awaited != leaf))
            ? WorkflowFaults.Foreign(place)
            : null;
    }

    private void RequireTurn()
    {
        if (!_pump.IsHere)
        {
            var error = WorkflowFaults.ForeignCall(SourceLines.OfCaller(new StackTrace(1, fNeedFileInfo: true)));
            Report(error);
            throw new WorkflowRuleException(error);
        }
    }

    private void Report(string error)
    {
        if (Break(error))
        {
            _violated(this);
        }
    }

    private WorkflowRuleException Broken(string error)
    {
        Break(error);
        return new WorkflowRuleException(error);
    }

    private bool Break(string error) => Interlocked.CompareExchange(ref _violation, error, null) is null;

    private string Mismatch(int step, string asked) => WorkflowFaults.Mismatch(step, _recorded[step], asked);
}
