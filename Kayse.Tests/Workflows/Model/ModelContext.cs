using System.Text;
using Kayse.Core.Workflows;
using Kayse.Standalone.Workflows;

namespace Kayse.Tests.Workflows.Model;

/// <summary>One run of a workflow as it would be if nothing ever crashed and nothing had to be stored.</summary>
internal sealed class ModelContext(string id, ModelInput input, WorkflowCatalog catalog, Func<DateTimeOffset> now) : WorkflowContext
{
    private readonly List<ModelEvent> _untaken = [];
    private int _guids;

    public ModelInput Input => input;

    /// <summary>What the code asked for, in order.</summary>
    public List<OperationRecord> Asked { get; } = [];

    /// <summary>What it waits for, or has given up waiting for, by step.</summary>
    public SortedDictionary<int, IWorkflowOperation> Outstanding { get; } = [];

    /// <summary>What happened to its activities and timers, as text.</summary>
    public List<string> Results { get; } = [];

    /// <summary>The events that it was given, in order.</summary>
    public List<ModelEvent> Raised { get; } = [];

    /// <summary>The labels of its activities by step.</summary>
    public Dictionary<int, string> Labels { get; } = [];

    public IReadOnlyList<ModelEvent> Untaken => _untaken;

    public Task<ReadOnlyMemory<byte>> Root { get; private set; } = null!;

    public ModelInput? Next { get; private set; }

    public override string InstanceId => id;

    public override DateTimeOffset UtcNow => now();

    public override bool IsReplaying => false;

    public void Begin(string workflow) => Root = catalog.RunWorkflowAsync(workflow, this, catalog.Serialize(input));

    public void Give(ModelEvent raised)
    {
        Raised.Add(raised);
        var waiter = Outstanding.Values.FirstOrDefault(operation => operation.Record == new OperationRecord(OperationKind.Event, raised.Name, 0));
        if (waiter is null)
        {
            _untaken.Add(raised);
            return;
        }

        Outstanding.Remove(waiter.Step);
        waiter.Complete(raised.Json);
    }

    public void Finish(int step, TurnEventKind kind, ReadOnlyMemory<byte> payload)
    {
        Results.Add($"{kind} {step} {Encoding.UTF8.GetString(payload.Span)}");
        Outstanding.Remove(step, out var operation);
        if (kind == TurnEventKind.ActivityFailed)
        {
            operation!.Fail(Encoding.UTF8.GetString(payload.Span));
        }
        else
        {
            operation!.Complete(payload);
        }
    }

    public override Task<TOut> CallAsync<TIn, TOut>(string activity, TIn input)
    {
        var operation = Ask<TOut>(OperationKind.Activity, activity, 0);
        operation.Input = catalog.Serialize(input);
        Labels.Add(operation.Step, ModelActivities.LabelOf(activity, operation.Input.Value));
        return operation.Task;
    }

    public override Task DelayUntilAsync(DateTimeOffset time)
    {
        var operation = Ask<bool>(OperationKind.Timer, string.Empty, time.UtcTicks);
        if (time <= now())
        {
            Outstanding.Remove(operation.Step);
            operation.Complete(default);
        }

        return operation.Task;
    }

    public override Task<T> WaitForEventAsync<T>(string name)
    {
        var operation = Ask<T>(OperationKind.Event, name, 0);
        if (_untaken.Find(one => one.Name == name) is { } raised)
        {
            _untaken.Remove(raised);
            Outstanding.Remove(operation.Step);
            operation.Complete(raised.Json);
        }

        return operation.Task;
    }

    public override Guid NewGuid() => new(_guids++, 0, 0, new byte[8]);

    public override void ContinueAsNew<T>(T input) => Next = (ModelInput)(object)input!;

    private WorkflowOperation<T> Ask<T>(OperationKind kind, string name, long due)
    {
        var operation = new WorkflowOperation<T>(Asked.Count, new OperationRecord(kind, name, due), catalog);
        Asked.Add(operation.Record);
        Outstanding.Add(operation.Step, operation);
        return operation;
    }
}
