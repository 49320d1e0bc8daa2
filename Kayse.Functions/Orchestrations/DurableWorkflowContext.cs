using System.Text.Json;
using Kayse.Core.Workflows;
using Microsoft.DurableTask;

namespace Kayse.Functions.Orchestrations;

/// <summary>
/// What a workflow sees of one run of its orchestration. A broken rule is remembered, whatever the code does with the exception. Nothing but Durable's own tasks is awaited.
/// </summary>
internal sealed class DurableWorkflowContext(TaskOrchestrationContext context, WorkflowCatalog catalog) : WorkflowContext, IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Dictionary<string, Task> _lastWaiters = new(StringComparer.OrdinalIgnoreCase);

    public override string InstanceId => context.InstanceId;

    public override DateTimeOffset UtcNow => new(DateTime.SpecifyKind(context.CurrentUtcDateTime, DateTimeKind.Utc));

    public override bool IsReplaying => context.IsReplaying;

    /// <summary>Why the instance must fail, or null.</summary>
    public string? Violation { get; private set; }

    /// <summary>True when the workflow goes on as a new run.</summary>
    public bool Continues { get; private set; }

    public override Task<TOut> CallAsync<TIn, TOut>(string activity, TIn input)
    {
        var asked = $"activity '{activity}'";
        RequireRunning(asked);
        return CallAsync<TOut>(new ActivityCall(activity, Payload(input, asked)));
    }

    public override Task DelayUntilAsync(DateTimeOffset time)
    {
        RequireRunning("a timer");
        return time <= UtcNow ? Task.CompletedTask : context.CreateTimer(time.UtcDateTime, _ended.Token);
    }

    public override Task<T> WaitForEventAsync<T>(string name)
    {
        RequireRunning($"event '{name}'");
        var waiter = TakeEventAsync<T>(name, _lastWaiters.GetValueOrDefault(name));
        _lastWaiters[name] = waiter;
        return waiter;
    }

    public override Guid NewGuid() => context.NewGuid();

    public override void ContinueAsNew<T>(T input)
    {
        var payload = Payload(input, "the next run");
        Continues = true;
        context.ContinueAsNew(payload, preserveUnprocessedEvents: true);
    }

    /// <summary>
    /// Gives up the timers that still run: an orchestration with an open timer stays in the state Running until it fires
    /// (<c>TaskOrchestrationContext.CreateTimer</c>), and a chain leaves the timers behind against which its steps were raced.
    /// </summary>
    public void End() => _ended.Cancel();

    public void Dispose() => _ended.Dispose();

    private async Task<TOut> CallAsync<TOut>(ActivityCall call)
    {
        JsonElement result;
        try
        {
            result = await context.CallActivityAsync<JsonElement>(ActivityFunction.Name, call);
        }
        catch (TaskFailedException fault)
        {
            throw ActivityFault.Read(call.Name, fault);
        }

        return catalog.Deserialize<TOut>(Payloads.ToUtf8(result));
    }

    // Durable gives an event to the latest who waits for it, this port to the earliest.
    private async Task<T> TakeEventAsync<T>(string name, Task? earlier)
    {
        if (earlier is not null)
        {
            await Task.WhenAny(earlier);
        }

        return catalog.Deserialize<T>(Payloads.ToUtf8(await context.WaitForExternalEvent<JsonElement>(name)));
    }

    private JsonElement Payload<T>(T input, string of)
    {
        var payload = catalog.Serialize(input);
        return payload.Length <= WorkflowLimits.MaxPayloadBytes ? Payloads.ToElement(payload) : throw Broken(WorkflowErrors.InputTooLarge(of, payload.Length));
    }

    private void RequireRunning(string asked)
    {
        if (Continues)
        {
            throw Broken(WorkflowErrors.AskedAfterEnd(asked));
        }
    }

    private WorkflowFailedException Broken(string error)
    {
        Violation ??= error;
        return new WorkflowFailedException(error);
    }
}
