namespace Kayse.Core.Workflows;

/// <summary>
/// Runs workflows durably: Durable Functions in Azure, the embedded engine on one machine. Ids are
/// <c>{company}.{kind}.{subject}</c> of letters, digits and <c>. _ -</c>, 200 characters at most.
/// </summary>
public interface IWorkflowEngine
{
    /// <summary>Starts an instance; durable when the task completes. False when that id has an instance, running or finished: it is left alone.</summary>
    /// <exception cref="ArgumentException">The id, the workflow's name or the input (too large) is not allowed.</exception>
    Task<bool> StartAsync(string instanceId, string workflow, ReadOnlyMemory<byte> inputJson, CancellationToken cancellationToken);

    /// <summary>The state of one instance, or null.</summary>
    Task<WorkflowInstance?> GetAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Instances whose id begins with <paramref name="prefix"/>, in order of their ids, after an id, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<WorkflowInstance>> QueryAsync(string prefix, WorkflowState? state, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Hands an event to an instance; durable when the task completes. False when there is none that runs.</summary>
    /// <exception cref="ArgumentException">The payload is too large.</exception>
    Task<bool> RaiseEventAsync(string instanceId, string name, ReadOnlyMemory<byte> payloadJson, CancellationToken cancellationToken);

    /// <summary>Ends an instance where it stands. False when there is none that runs.</summary>
    Task<bool> TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken);

    /// <summary>Removes the history of instances that ended before a time, in small steps; returns how many.</summary>
    Task<int> PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken);

    /// <summary>Removes one instance in whatever state; for erasing a firm. False when there is none.</summary>
    Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellationToken);
}
