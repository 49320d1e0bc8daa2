using System.Text.Json;
using Kayse.Core.Workflows;
using Kayse.Functions.Orchestrations;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Moq;

namespace Kayse.Functions.Tests.Orchestrations;

/// <summary>
/// One run of a workflow's orchestration over a scripted context, turn by turn, as Durable takes it: the same thread, a run that ends only when no activity or timer is open, and an
/// event that goes to the latest who waits.
/// </summary>
internal sealed class OrchestrationScript
{
    private readonly OrchestrationPump _pump = new();
    private readonly Mock<TaskOrchestrationContext> _context = new(MockBehavior.Strict);
    private readonly Dictionary<int, (Asked Asked, TaskCompletionSource<JsonElement> Task)> _open = [];
    private readonly Dictionary<string, Stack<TaskCompletionSource<JsonElement>>> _waiters = [];
    private readonly Dictionary<string, Queue<JsonElement>> _untaken = [];
    private readonly List<Asked> _asked = [];
    private readonly Func<TaskOrchestrationContext, Task<JsonElement>> _run;
    private Task<JsonElement>? _result;
    private JsonElement? _next;
    private DateTimeOffset _now;
    private bool _isReplaying;
    private int _count;
    private int _guids;

    public OrchestrationScript(string workflow, string instance, JsonElement input, WorkflowCatalog catalog)
    {
        _run = context => Orchestration.RunAsync(workflow, context, catalog);
        _context.SetupGet(context => context.InstanceId).Returns(instance);
        _context.SetupGet(context => context.CurrentUtcDateTime).Returns(() => Here(_now.UtcDateTime));
        _context.SetupGet(context => context.IsReplaying).Returns(() => _isReplaying);
        _context.Setup(context => context.GetInput<JsonElement>()).Returns(() => Here(input));
        _context.Setup(context => context.NewGuid()).Returns(() => Here(new Guid(++_guids, 0, 0, new byte[8])));
        _context.Setup(context => context.CreateReplaySafeLogger(It.IsAny<string>())).Returns(new ReplaySafeLog(this));
        _context.Setup(context => context.CallActivityAsync<JsonElement>(It.IsAny<TaskName>(), It.IsAny<object?>(), It.IsAny<TaskOptions?>()))
            .Returns<TaskName, object?, TaskOptions?>(Call);
        _context.Setup(context => context.CreateTimer(It.IsAny<DateTime>(), It.IsAny<CancellationToken>())).Returns<DateTime, CancellationToken>(Delay);
        _context.Setup(context => context.WaitForExternalEvent<JsonElement>(It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .Returns<string, CancellationToken>((name, _) => Wait(name));
        _context.Setup(context => context.ContinueAsNew(It.IsAny<object?>(), true)).Callback<object?, bool>((next, _) => _next = Here((JsonElement)next!));
    }

    /// <summary>Activities and timers without a result.</summary>
    public IEnumerable<Asked> Open => _open.Values.Select(open => open.Asked);

    /// <summary>Events that nobody took.</summary>
    public IReadOnlyDictionary<string, Queue<JsonElement>> Untaken => _untaken;

    /// <summary>What was logged.</summary>
    public List<string> Logged { get; } = [];

    /// <summary>How the run ended; null while it has not.</summary>
    public OrchestrationEnd? End =>
        _result is not { IsCompleted: true } || _open.Count > 0 ? null
        : _result.IsFaulted ? new OrchestrationEnd("failed", Error: _result.Exception!.InnerException!.Message)
        : _next is { } next ? new OrchestrationEnd("continued", next)
        : new OrchestrationEnd("completed", _result.Result);

    /// <summary>Takes a turn; returns what was asked for in it.</summary>
    public IReadOnlyList<Asked> Take(DateTimeOffset at, Happened happened, bool isReplaying = false)
    {
        (_now, _isReplaying) = (at, isReplaying);
        _asked.Clear();
        _pump.Turn(() => Apply(happened));
        Assert.False(_pump.IsBroken, "The orchestration was resumed by something other than its context.");
        Assert.True(_result!.IsCompleted || _open.Count + _waiters.Values.Sum(waiters => waiters.Count) > 0, "The orchestration waits for something other than its context.");
        return [.. _asked];
    }

    private void Apply(Happened happened)
    {
        switch (happened.Kind)
        {
            case "started":
                _result = _run(_context.Object);
                break;
            case "raised":
                Raise(happened.Name!, happened.Payload!.Value);
                break;
            case "failed" when _open.Remove(happened.Id!.Value, out var failed):
                failed.Task.SetException(new TaskFailedException(failed.Asked.Name!, happened.Id.Value, new TaskFailureDetails("Any.Type", happened.Error!, "at Foreign.Code()", null, null)));
                break;
            default:
                if (_open.Remove(happened.Id!.Value, out var done))
                {
                    done.Task.SetResult(happened.Payload ?? default);
                }

                break;
        }
    }

    private Task<JsonElement> Call(TaskName name, object? input, TaskOptions? options)
    {
        Assert.Equal(ActivityFunction.Name, name.Name);
        Assert.Null(options);
        var call = (ActivityCall)input!;
        return Ask(new Asked("activity", _count, call.Name, call.Input)).Task;
    }

    private Task Delay(DateTime fireAt, CancellationToken cancellationToken)
    {
        Assert.Equal(DateTimeKind.Utc, fireAt.Kind);
        var id = _count;
        var timer = Ask(new Asked("timer", id, Due: new DateTimeOffset(fireAt)));
        cancellationToken.Register(() =>
        {
            if (_open.Remove(id))
            {
                timer.TrySetCanceled(cancellationToken);
            }
        });
        return timer.Task;
    }

    private TaskCompletionSource<JsonElement> Ask(Asked asked)
    {
        var task = Here(new TaskCompletionSource<JsonElement>());
        _asked.Add(asked);
        _open.Add(_count++, (asked, task));
        return task;
    }

    private Task<JsonElement> Wait(string name)
    {
        _asked.Add(Here(new Asked("event", Name: name)));
        if (_untaken.TryGetValue(name, out var events) && events.TryDequeue(out var payload))
        {
            return Task.FromResult(payload);
        }

        var waiter = new TaskCompletionSource<JsonElement>();
        if (!_waiters.TryGetValue(name, out var waiters))
        {
            _waiters.Add(name, waiters = new());
        }

        waiters.Push(waiter);
        return waiter.Task;
    }

    private void Raise(string name, JsonElement payload)
    {
        if (_waiters.TryGetValue(name, out var waiters) && waiters.TryPop(out var waiter))
        {
            waiter.SetResult(payload);
            return;
        }

        if (!_untaken.TryGetValue(name, out var events))
        {
            _untaken.Add(name, events = new());
        }

        events.Enqueue(payload);
    }

    private T Here<T>(T value) => _pump.IsHere ? value : throw new InvalidOperationException("The context was used from another thread.");

    private sealed class ReplaySafeLog(OrchestrationScript script) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Null(exception);
            if (!script._isReplaying)
            {
                script.Logged.Add(formatter(state, exception));
            }
        }
    }
}
