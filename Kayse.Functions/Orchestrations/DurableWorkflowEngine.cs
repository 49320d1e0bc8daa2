using DurableTask.Core.Exceptions;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Kayse.Functions.Orchestrations;

/// <summary>Runs workflows as Durable orchestrations.</summary>
public sealed class DurableWorkflowEngine(DurableConnection durable, WorkflowCatalog catalog, TimeProvider clock) : IWorkflowEngine
{
    private const int PageSize = 200;
    private const int AtOnce = 8;

    // An instance is ended by a message to it, which Durable takes up in its own time.
    private static readonly TimeSpan s_endPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_endPoll = TimeSpan.FromMilliseconds(250);

    // Every status that may be given; by default Durable replaces a finished instance (StartOrchestrationOptionsExtensions.ValidDedupeStatuses has the names).
    private static readonly string[] s_everyStatus =
    [
        nameof(OrchestrationRuntimeStatus.Completed),
        nameof(OrchestrationRuntimeStatus.Failed),
        nameof(OrchestrationRuntimeStatus.Terminated),
        "Canceled",
        nameof(OrchestrationRuntimeStatus.Pending),
        nameof(OrchestrationRuntimeStatus.Running),
        nameof(OrchestrationRuntimeStatus.Suspended),
    ];

    /// <inheritdoc/>
    public async Task<bool> StartAsync(string instanceId, string workflow, ReadOnlyMemory<byte> inputJson, CancellationToken cancellationToken)
    {
        WorkflowLimits.RequireId(instanceId);
        WorkflowLimits.RequireSize(inputJson, nameof(inputJson));
        if (!catalog.HasWorkflow(workflow))
        {
            throw new ArgumentException($"There is no workflow '{workflow}'.", nameof(workflow));
        }

        var options = new StartOrchestrationOptions(InstanceId: instanceId) { DedupeStatuses = s_everyStatus };
        try
        {
            await durable.AskAsync(client => client.ScheduleNewOrchestrationInstanceAsync(workflow, Payloads.ToElement(inputJson), options, cancellationToken), cancellationToken);
            DurableWorkflowMeter.Started.Add(1);
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<WorkflowInstance?> GetAsync(string instanceId, CancellationToken cancellationToken) =>
        await FindAsync(instanceId, payloads: true, cancellationToken) is { } found ? DurableInstance.Read(found) : null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WorkflowInstance>> QueryAsync(string prefix, WorkflowState? state, string? after, int limit, CancellationToken cancellationToken)
    {
        // Durable's pages are in an order of their own: the nearest ids are picked from all of them, and only those are asked for what they returned.
        var nearest = new SortedList<string, OrchestrationMetadata>(StringComparer.Ordinal);
        var query = new OrchestrationQuery(Statuses: DurableInstance.Statuses(state), InstanceIdPrefix: prefix, PageSize: PageSize);
        await foreach (var page in durable.PagesAsync(query, cancellationToken))
        {
            foreach (var found in page.Where(found => found.InstanceId.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(found.InstanceId, after) > 0))
            {
                nearest[found.InstanceId] = found;
                if (nearest.Count > limit)
                {
                    nearest.RemoveAt(limit);
                }
            }
        }

        return await WithOutputsAsync([.. nearest.Values], cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> RaiseEventAsync(string instanceId, string name, ReadOnlyMemory<byte> payloadJson, CancellationToken cancellationToken)
    {
        WorkflowLimits.RequireSize(payloadJson, nameof(payloadJson));
        // Not every backend looks itself: one drops an event that nobody can take.
        return await IsRunningAsync(instanceId, cancellationToken)
            && await durable.TellAsync(client => client.RaiseEventAsync(instanceId, name, Payloads.ToElement(payloadJson), cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken)
    {
        if (!await IsRunningAsync(instanceId, cancellationToken)
            || !await durable.TellAsync(client => client.TerminateInstanceAsync(instanceId, new TerminateInstanceOptions(reason), cancellationToken), cancellationToken))
        {
            return false;
        }

        // It may have ended by itself before the message came to it.
        return await EndOfAsync(instanceId, cancellationToken) is { RuntimeStatus: OrchestrationRuntimeStatus.Terminated };
    }

    /// <inheritdoc/>
    public async Task<int> PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken)
    {
        // Durable's own filter knows when an instance was created, not when it ended.
        var query = new OrchestrationQuery(CreatedTo: endedBefore, Statuses: DurableInstance.Ended, PageSize: PageSize);
        var total = 0;
        int pass;
        do
        {
            pass = 0;
            await foreach (var page in durable.PagesAsync(query, cancellationToken))
            {
                foreach (var step in page.Where(found => found.LastUpdatedAt < endedBefore).Chunk(AtOnce))
                {
                    pass += (await Task.WhenAll(step.Select(found => PurgeEndedAsync(found.InstanceId, cancellationToken)))).Count(purged => purged);
                }
            }

            total += pass;
        }
        while (pass > 0);

        return total;
    }

    /// <inheritdoc/>
    public async Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (await FindAsync(instanceId, payloads: false, cancellationToken) is not { } found)
        {
            return false;
        }

        if (DurableInstance.IsRunning(found))
        {
            await durable.TellAsync(client => client.TerminateInstanceAsync(instanceId, new TerminateInstanceOptions("Removed."), cancellationToken), cancellationToken);
            await EndOfAsync(instanceId, cancellationToken);
        }

        return await PurgeEndedAsync(instanceId, cancellationToken);
    }

    private Task<OrchestrationMetadata?> FindAsync(string instanceId, bool payloads, CancellationToken cancellationToken) =>
        durable.AskAsync(client => client.GetInstanceAsync(instanceId, payloads, cancellationToken), cancellationToken);

    private async Task<bool> IsRunningAsync(string instanceId, CancellationToken cancellationToken) =>
        await FindAsync(instanceId, payloads: false, cancellationToken) is { } found && DurableInstance.IsRunning(found);

    private async Task<OrchestrationMetadata?> EndOfAsync(string instanceId, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() + s_endPatience;
        while (await FindAsync(instanceId, payloads: false, cancellationToken) is { } found)
        {
            if (!DurableInstance.IsRunning(found))
            {
                return found;
            }

            if (clock.GetUtcNow() >= until)
            {
                throw new StorageUnavailableException("The workflow engine has not ended the instance yet; it is under way.");
            }

            await Task.Delay(s_endPoll, clock, cancellationToken);
        }

        return null;
    }

    private async Task<bool> PurgeEndedAsync(string instanceId, CancellationToken cancellationToken)
    {
        var purged = await durable.AskAsync(client => client.PurgeInstanceAsync(instanceId, options: null, cancellationToken), cancellationToken);
        return purged.PurgedInstanceCount > 0;
    }

    private async Task<IReadOnlyList<WorkflowInstance>> WithOutputsAsync(OrchestrationMetadata[] found, CancellationToken cancellationToken)
    {
        var instances = new List<WorkflowInstance>(found.Length);
        foreach (var step in found.Chunk(AtOnce))
        {
            instances.AddRange(await Task.WhenAll(step.Select(async one => DurableInstance.Read(
                DurableInstance.IsRunning(one) ? one
                // It may have been removed, or started again, since: then it is told as it was found.
                : await FindAsync(one.InstanceId, payloads: true, cancellationToken) is { } whole && whole.RuntimeStatus == one.RuntimeStatus ? whole : one))));
        }

        return instances;
    }
}
