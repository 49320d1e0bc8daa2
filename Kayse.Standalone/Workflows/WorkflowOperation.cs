using System.Text.Json;
using Kayse.Core.Workflows;

namespace Kayse.Standalone.Workflows;

/// <summary>An operation that a workflow waits for.</summary>
internal interface IWorkflowOperation
{
    int Step { get; }

    OperationRecord Record { get; }

    /// <summary>The task that the workflow awaits.</summary>
    Task Awaited { get; }

    /// <summary>An activity's input until the activity is handed out, else null.</summary>
    ReadOnlyMemory<byte>? Input { get; set; }

    void Complete(ReadOnlyMemory<byte> payload);

    void Fail(string message);
}

/// <summary>
/// An operation with its result's type. Its continuations run inside <see cref="TaskCompletionSource{T}.SetResult"/>, on the
/// thread that takes the turn: were they asynchronous, <c>WhenAny</c> and <c>WhenAll</c> would go on in the thread pool.
/// </summary>
internal sealed class WorkflowOperation<T>(int step, OperationRecord record, WorkflowCatalog catalog) : TaskCompletionSource<T>, IWorkflowOperation
{
    public int Step => step;

    public OperationRecord Record => record;

    public Task Awaited => Task;

    public ReadOnlyMemory<byte>? Input { get; set; }

    public void Complete(ReadOnlyMemory<byte> payload)
    {
        if (record.Kind == OperationKind.Timer)
        {
            SetResult(default!);
            return;
        }

        T value;
        try
        {
            value = catalog.Deserialize<T>(payload);
        }
        catch (JsonException)
        {
            Fail($"What {record} gave is not a {typeof(T).Name}.");
            return;
        }

        SetResult(value);
    }

    public void Fail(string message) => SetException(new WorkflowActivityException(message));
}
