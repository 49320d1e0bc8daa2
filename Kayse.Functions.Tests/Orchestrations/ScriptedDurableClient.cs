using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Moq;

namespace Kayse.Functions.Tests.Orchestrations;

/// <summary>A Durable client over a few instances of a test, which behaves as the host's end point does.</summary>
internal sealed class ScriptedDurableClient
{
    private const int PageSize = 2;

    private readonly Mock<DurableTaskClient> _client = new(MockBehavior.Strict, "test");
    private readonly List<OrchestrationMetadata> _instances = [];
    private readonly Dictionary<string, string> _ending = [];

    public ScriptedDurableClient()
    {
        _client.Setup(client => client.ScheduleNewOrchestrationInstanceAsync(It.IsAny<TaskName>(), It.IsAny<object?>(), It.IsAny<StartOrchestrationOptions?>(), It.IsAny<CancellationToken>()))
            .Returns<TaskName, object?, StartOrchestrationOptions?, CancellationToken>((name, input, options, _) => Answer(() => Start(name, input, options!)));
        _client.Setup(client => client.GetInstanceAsync(It.IsAny<string>(), It.IsAny<bool>(), It.IsAny<CancellationToken>()))
            .Returns<string, bool, CancellationToken>((id, payloads, _) => Answer(() => Find(id) is { } found ? Seen(found, payloads) : null));
        _client.Setup(client => client.RaiseEventAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<object?>(), It.IsAny<CancellationToken>()))
            .Returns<string, string, object?, CancellationToken>((id, name, payload, _) => Answer(() => Raised.TryAdd($"{id} {name}", payload)));
        _client.Setup(client => client.TerminateInstanceAsync(It.IsAny<string>(), It.IsAny<TerminateInstanceOptions?>(), It.IsAny<CancellationToken>()))
            .Returns<string, TerminateInstanceOptions?, CancellationToken>((id, options, _) => Answer(() => Terminate(id, (string)options!.Output!)));
        _client.Setup(client => client.PurgeInstanceAsync(It.IsAny<string>(), null, It.IsAny<CancellationToken>()))
            .Returns<string, PurgeInstanceOptions?, CancellationToken>((id, _, _) => Answer(() => Purge(id)));
        _client.Setup(client => client.GetAllInstancesAsync(It.IsAny<OrchestrationQuery?>())).Returns<OrchestrationQuery>(query => new Pages(this, query));
    }

    public DurableTaskClient Object => _client.Object;

    public IReadOnlyList<OrchestrationMetadata> Instances => _instances;

    public List<(string Name, object? Input, StartOrchestrationOptions Options)> Started { get; } = [];

    public Dictionary<string, object?> Raised { get; } = [];

    public List<OrchestrationQuery> Queries { get; } = [];

    /// <summary>What the end point answers instead.</summary>
    public StatusCode? Fault { get; set; }

    /// <summary>What a message to an instance is answered with.</summary>
    public StatusCode? MessageFault { get; set; }

    /// <summary>How often an instance that was told to end is still seen running.</summary>
    public int EndsAfterLooks { get; set; }

    /// <summary>How it is seen after that.</summary>
    public OrchestrationRuntimeStatus EndsAs { get; set; } = OrchestrationRuntimeStatus.Terminated;

    public void Add(OrchestrationMetadata instance)
    {
        _instances.RemoveAll(one => one.InstanceId == instance.InstanceId);
        _instances.Add(instance);
    }

    private Task<T> Answer<T>(Func<T> answer) => Fault is { } fault ? Task.FromException<T>(Rpc(fault)) : Task.FromResult(answer());

    private static RpcException Rpc(StatusCode code) => new(new Status(code, "Ms Jane Roe"));

    private OrchestrationMetadata? Find(string id) => _instances.Find(one => one.InstanceId == id);

    private string Start(string name, object? input, StartOrchestrationOptions options)
    {
        Started.Add((name, input, options));
        if (Find(options.InstanceId!) is { } found && options.DedupeStatuses!.Contains($"{found.RuntimeStatus}"))
        {
            throw new OrchestrationAlreadyExistsException();
        }

        Add(new OrchestrationMetadata(name, options.InstanceId!) { RuntimeStatus = OrchestrationRuntimeStatus.Pending });
        return options.InstanceId!;
    }

    private OrchestrationMetadata Seen(OrchestrationMetadata found, bool payloads)
    {
        if (_ending.TryGetValue(found.InstanceId, out var reason) && EndsAfterLooks-- <= 0)
        {
            _ending.Remove(found.InstanceId);
            found = new OrchestrationMetadata(found.Name, found.InstanceId) { RuntimeStatus = EndsAs, CreatedAt = found.CreatedAt, LastUpdatedAt = found.LastUpdatedAt, SerializedOutput = reason };
            Add(found);
        }

        return payloads ? found : new OrchestrationMetadata(found.Name, found.InstanceId) { RuntimeStatus = found.RuntimeStatus, CreatedAt = found.CreatedAt, LastUpdatedAt = found.LastUpdatedAt };
    }

    private bool Terminate(string id, string reason)
    {
        if (MessageFault is { } fault)
        {
            throw Rpc(fault);
        }

        return _ending.TryAdd(id, $"\"{reason}\"");
    }

    private PurgeResult Purge(string id) => Find(id) is { RuntimeStatus: not OrchestrationRuntimeStatus.Running } found && _instances.Remove(found) ? new PurgeResult(1) : new PurgeResult(0);

    private sealed class Pages(ScriptedDurableClient owner, OrchestrationQuery query) : AsyncPageable<OrchestrationMetadata>
    {
        public override async IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
        {
            owner.Queries.Add(query);
            var found = owner._instances.Where(one =>
                one.InstanceId.StartsWith(query.InstanceIdPrefix ?? string.Empty, StringComparison.Ordinal)
                && (query.CreatedTo is null || one.CreatedAt <= query.CreatedTo)
                && query.Statuses?.Contains(one.RuntimeStatus) != false).ToList();
            foreach (var page in found.Chunk(PageSize))
            {
                await Task.Yield();
                yield return await owner.Answer(() => new Page<OrchestrationMetadata>([.. page.Select(one => owner.Seen(one, query.FetchInputsAndOutputs))], "next"));
            }

            await owner.Answer(() => true);
        }
    }
}
