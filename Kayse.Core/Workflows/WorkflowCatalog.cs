using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kayse.Core.Workflows;

/// <summary>
/// The workflows and activities by name. Both engines run them from here, so that a host needs no knowledge of what a
/// workflow does.
/// </summary>
/// <param name="json">Knows every type that stands in an input, a result or an event.</param>
public sealed class WorkflowCatalog(JsonSerializerOptions json)
{
    private readonly Dictionary<string, Func<WorkflowContext, ReadOnlyMemory<byte>, Task<ReadOnlyMemory<byte>>>> _workflows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<string, ReadOnlyMemory<byte>, CancellationToken, Task<ReadOnlyMemory<byte>>>> _activities = new(StringComparer.Ordinal);

    /// <summary>How inputs, results and events are written.</summary>
    public JsonSerializerOptions Json => json;

    /// <summary>The names of the workflows.</summary>
    public IEnumerable<string> Workflows => _workflows.Keys;

    /// <summary>The names of the activities.</summary>
    public IEnumerable<string> Activities => _activities.Keys;

    /// <summary>Adds a workflow.</summary>
    public WorkflowCatalog AddWorkflow<TIn, TOut>(string name, Func<WorkflowContext, TIn, Task<TOut>> run)
    {
        _workflows.Add(name, RunAsync);
        return this;

        // The outer method only waits for the inner one: the await is the workflow's own task, on the engine's thread.
        async Task<ReadOnlyMemory<byte>> RunAsync(WorkflowContext context, ReadOnlyMemory<byte> input) =>
            Serialize(await run(context, Deserialize<TIn>(input)));
    }

    /// <summary>Adds an activity; it is told the id of the instance that calls it.</summary>
    public WorkflowCatalog AddActivity<TIn, TOut>(string name, Func<string, TIn, CancellationToken, Task<TOut>> run)
    {
        _activities.Add(name, RunAsync);
        return this;

        async Task<ReadOnlyMemory<byte>> RunAsync(string instanceId, ReadOnlyMemory<byte> input, CancellationToken cancellationToken) =>
            Serialize(await run(instanceId, Deserialize<TIn>(input), cancellationToken));
    }

    /// <summary>True when there is a workflow of that name.</summary>
    public bool HasWorkflow(string name) => _workflows.ContainsKey(name);

    /// <summary>Runs a workflow over a context.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public Task<ReadOnlyMemory<byte>> RunWorkflowAsync(string name, WorkflowContext context, ReadOnlyMemory<byte> input) => _workflows[name](context, input);

    /// <summary>Runs an activity.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public Task<ReadOnlyMemory<byte>> RunActivityAsync(string name, string instanceId, ReadOnlyMemory<byte> input, CancellationToken cancellationToken) =>
        _activities[name](instanceId, input, cancellationToken);

    /// <summary>Writes a value as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Serialize<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo<T>());

    /// <summary>Reads a value from UTF-8 JSON.</summary>
    /// <exception cref="JsonException">The JSON is not one.</exception>
    public T Deserialize<T>(ReadOnlyMemory<byte> utf8Json) =>
        JsonSerializer.Deserialize(utf8Json.Span, TypeInfo<T>()) ?? throw new JsonException($"The payload is null where a {typeof(T).Name} was expected.");

    private JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)json.GetTypeInfo(typeof(T));
}
