using Kayse.Core.Workflows;
using Kayse.Standalone.Storage;

namespace Kayse.Standalone.Workflows;

/// <summary>
/// Runs workflows on one machine: replayed from a history in SQLite, committed in groups, and gone on with after a crash as if
/// nothing had happened. An activity runs at least once: its result and what the workflow does next are one commit.
/// </summary>
/// <remarks>An activity that nobody waits for any more when its workflow ends is cancelled, and its result is dropped.</remarks>
public sealed class EmbeddedWorkflowEngine : IWorkflowEngine, IAsyncDisposable
{
    private const int PurgeStep = 200;

    private readonly WorkflowCatalog _catalog;
    private readonly TimeProvider _clock;
    private readonly WorkflowLog _log;
    private readonly WorkflowStore _store;
    private readonly BusyCount _busy = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ActivityRunner _activities;
    private readonly WorkflowRunner _runner;
    private readonly DueTimers _timers;
    private readonly WorkflowMeter _meter;
    private int _stopped;

    /// <summary>An engine over a database; nothing runs until <see cref="Start"/>.</summary>
    public EmbeddedWorkflowEngine(SqliteDatabase database, WorkflowCatalog catalog, TimeProvider clock, ILogger<EmbeddedWorkflowEngine> logger, EmbeddedWorkflowOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        options ??= new EmbeddedWorkflowOptions();
        _catalog = catalog;
        _clock = clock;
        _log = new WorkflowLog(logger);
        _store = new WorkflowStore(database);
        var turns = new TurnTaker(_store, catalog, clock, options, _log, _stopping.Token);
        _runner = new WorkflowRunner(options, _busy, clock, turns, _log);
        _timers = new DueTimers(_store, clock, _log, _runner.Wake);
        _activities = new ActivityRunner(catalog, options, _busy, _log, _runner.Arrive);
        _meter = new WorkflowMeter(OldestRunnableAge, () => _runner.Live);
        turns.Scheduled = _activities.Enqueue;
        turns.TimerAdded = _timers.Add;
        turns.Violated = _runner.Violated;
        turns.Ended = _meter.Ended;
    }

    /// <summary>Instances in memory.</summary>
    public int LiveInstances => _runner.Live;

    /// <summary>Turns and activities that are under way, and the look for due timers: nothing happens by itself when it is zero.</summary>
    internal int Underway => _busy.Count + (_timers.IsScanning ? 1 : 0);

    private long Now => _clock.GetUtcNow().UtcTicks;

    /// <summary>Goes on with every instance that has something to do. Instances may be started before.</summary>
    /// <exception cref="Core.Storage.StorageUnavailableException">The store cannot be read.</exception>
    public void Start()
    {
        _runner.Start();
        var work = _store.Work();
        _log.Resuming(work.Count);
        foreach (var ready in work)
        {
            _runner.Wake(ready.Id, ready.Since);
        }

        _timers.Start();
    }

    /// <summary>Stops: cancels the activities, which run again after the next start, and waits until every turn that was begun is in the store.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        _timers.Dispose();
        _activities.Stop();
        _runner.Stop();
        await _stopping.CancelAsync();
        await _busy.WhenIdleAsync().WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> StartAsync(string instanceId, string workflow, ReadOnlyMemory<byte> inputJson, CancellationToken cancellationToken)
    {
        WorkflowLimits.RequireId(instanceId);
        WorkflowLimits.RequireSize(inputJson, nameof(inputJson));
        if (!_catalog.HasWorkflow(workflow))
        {
            throw new ArgumentException($"There is no workflow '{workflow}'.", nameof(workflow));
        }

        cancellationToken.ThrowIfCancellationRequested();
        var now = Now;
        var instance = new StoredInstance(instanceId, workflow, Random.Shared.NextInt64(), inputJson.ToArray(), HasWork: true, []);
        if (!await _store.StartAsync(instance, now, _runner.Expect))
        {
            return false;
        }

        _meter.Started();
        _runner.Begin(instanceId, now);
        return true;
    }

    /// <inheritdoc/>
    public Task<WorkflowInstance?> GetAsync(string instanceId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(_store.Get(instanceId));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<WorkflowInstance>> QueryAsync(string prefix, WorkflowState? state, string? after, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return Task.FromResult(_store.Query(prefix, state, after ?? string.Empty, limit));
    }

    /// <inheritdoc/>
    public async Task<bool> RaiseEventAsync(string instanceId, string name, ReadOnlyMemory<byte> payloadJson, CancellationToken cancellationToken)
    {
        WorkflowLimits.RequireSize(payloadJson, nameof(payloadJson));
        cancellationToken.ThrowIfCancellationRequested();
        var now = Now;
        if (!await _store.RaiseAsync(instanceId, name, payloadJson.ToArray(), now))
        {
            return false;
        }

        _runner.Wake(instanceId, now);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var ended = await _store.TerminateAsync(instanceId, reason, Now);
        _runner.Forget(instanceId);
        return ended;
    }

    /// <inheritdoc/>
    public async Task<int> PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken)
    {
        var total = 0;
        int step;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            step = await _store.PurgeAsync(endedBefore.UtcTicks, PurgeStep);
            total += step;
        }
        while (step == PurgeStep);

        return total;
    }

    /// <inheritdoc/>
    public async Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var removed = await _store.PurgeInstanceAsync(instanceId);
        _runner.Forget(instanceId);
        return removed;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _meter.Dispose();
        _stopping.Dispose();
    }

    private double OldestRunnableAge()
    {
        var oldest = Math.Min(_runner.OldestReady ?? long.MaxValue, _timers.Overdue ?? long.MaxValue);
        return oldest == long.MaxValue ? 0 : Math.Max(0, new TimeSpan(Now - oldest).TotalSeconds);
    }
}
