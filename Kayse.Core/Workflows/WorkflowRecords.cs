using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Workflows;

/// <summary>
/// Starts workflows, once each, and keeps the rows that the API shows. Rows of one workflow share a partition:
/// <c>w~{id}~</c> is the record, <c>w~{id}~{nn}~{step}</c> its steps, <c>i~{state}~{time}~{id}</c> the index, newest first.
/// </summary>
public sealed class WorkflowRecords(IEntityStore store, IWorkflowEngine engine, TimeProvider clock)
{
    private const string AllStates = "all";
    private const int ReconcilePage = 100;
    private const string TerminatedText = "Terminated by an admin.";

    private readonly EntityTable<WorkflowRecord> _records = new(store, Tables.Workflows, static () => KayseJson.Default.WorkflowRecord);
    private readonly EntityTable<WorkflowStep> _steps = new(store, Tables.Workflows, static () => KayseJson.Default.WorkflowStep);
    private readonly EntityTable<WorkflowIndexEntry> _index = new(store, Tables.Workflows, static () => KayseJson.Default.WorkflowIndexEntry);

    /// <summary>Starts a workflow under an id that decides for ever: false when it was started before. Calling it again after a crash finishes the start.</summary>
    public Task<bool> StartAsync(CompanyId company, string id, string workflow, string subject, ReadOnlyMemory<byte> inputJson, CancellationToken cancellationToken) =>
        StartAsync(company, new WorkflowRecord(id, workflow, WorkflowStates.Running, clock.GetUtcNow(), null, subject, null), inputJson, cancellationToken);

    /// <summary>Starts a workflow that shares its effects with others.</summary>
    public Task<bool> StartSharingAsync(CompanyId company, string id, string workflow, string subject, string effects, ReadOnlyMemory<byte> inputJson, CancellationToken cancellationToken) =>
        StartAsync(company, new WorkflowRecord(id, workflow, WorkflowStates.Running, clock.GetUtcNow(), null, subject, null) { Effects = effects }, inputJson, cancellationToken);

    private async Task<bool> StartAsync(CompanyId company, WorkflowRecord record, ReadOnlyMemory<byte> inputJson, CancellationToken cancellationToken)
    {
        var (id, workflow) = (record.Id, record.Name);
        var partition = Partitions.Spread(company, id);
        var inserted = await store.CommitAsync(
            Tables.Workflows,
            partition,
            [
                _records.Insert(RecordRow(id), record),
                _index.Insert(IndexRow(AllStates, record), new WorkflowIndexEntry(id)),
                _index.Insert(IndexRow(WorkflowStates.Running, record), new WorkflowIndexEntry(id)),
            ],
            cancellationToken);
        if (!inserted.Written && await _records.GetAsync(partition, RecordRow(id), cancellationToken) is not { Value.EndedAt: null })
        {
            return false;
        }

        // Also when the record was there: a crash may have come between the two. The engine takes an id once.
        await engine.StartAsync(WorkflowStates.InstanceId(company, id), workflow, inputJson, cancellationToken);
        return inserted.Written;
    }

    /// <summary>A workflow with its steps, or null.</summary>
    public async Task<WorkflowView?> FindAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        var partition = Partitions.Spread(company, id);
        if (await _records.GetAsync(partition, RecordRow(id), cancellationToken) is not { Value: var record })
        {
            return null;
        }

        var steps = await _steps.QueryAsync(partition, new RowRange($"{RecordRow(id)}", RecordRow(id)), EntityRules.MaxPage, cancellationToken);
        return new WorkflowView(record, [.. steps.Rows.Select(row => row.Value)]);
    }

    /// <summary>A page of a firm's workflows, newest first, of one state or all. The cursor is opaque.</summary>
    public async Task<(IReadOnlyList<WorkflowView> Items, string? Next)> ListAsync(CompanyId company, string? state, string? after, int limit, CancellationToken cancellationToken)
    {
        var prefix = $"i~{state ?? AllStates}~";
        var (entries, next) = await _index.MergeAsync(Partitions.All(company), new RowRange(prefix, after is null ? null : prefix + after), limit, cancellationToken);
        var items = new List<WorkflowView>();
        foreach (var entry in entries)
        {
            if (await FindAsync(company, entry.Value.Id, cancellationToken) is { } view)
            {
                items.Add(view);
            }
        }

        return (items, next?[prefix.Length..]);
    }

    /// <summary>Writes a step's row.</summary>
    public Task WriteStepAsync(CompanyId company, string id, int order, string step, Func<WorkflowStep?, WorkflowStep> change, CancellationToken cancellationToken) =>
        _steps.UpdateAsync(Partitions.Spread(company, id), $"{RecordRow(id)}{order:d2}~{step}", change, cancellationToken);

    /// <summary>Writes a step's row that is most likely its first.</summary>
    public Task WriteFirstStepAsync(CompanyId company, string id, int order, string step, Func<WorkflowStep?, WorkflowStep> change, CancellationToken cancellationToken) =>
        _steps.AddOrUpdateAsync(Partitions.Spread(company, id), $"{RecordRow(id)}{order:d2}~{step}", change, cancellationToken);

    /// <summary>Ends a workflow's record; an ended one stays as it is.</summary>
    public async Task EndAsync(CompanyId company, string id, string state, string? error, CancellationToken cancellationToken)
    {
        var partition = Partitions.Spread(company, id);
        while (await _records.GetAsync(partition, RecordRow(id), cancellationToken) is { Value.EndedAt: null } row)
        {
            var ended = row.Value with { State = state, Error = error, EndedAt = clock.GetUtcNow() };
            var batch = new List<EntityOperation>
            {
                EntityOperation.Replace(row.Row, JsonSerializer.SerializeToUtf8Bytes(ended, KayseJson.Default.WorkflowRecord), row.ETag),
                _index.Insert(IndexRow(state, ended), new WorkflowIndexEntry(id)),
            };
            if (await _index.GetAsync(partition, IndexRow(WorkflowStates.Running, ended), cancellationToken) is { } running)
            {
                batch.Add(EntityOperation.Delete(running.Row, running.ETag));
            }

            if ((await store.CommitAsync(Tables.Workflows, partition, batch, cancellationToken)).Written)
            {
                return;
            }
        }
    }

    /// <summary>Ends a running workflow where it stands; false when there is none that runs.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="id">The workflow.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="reason">What its record and its open steps say.</param>
    public async Task<bool> TerminateAsync(CompanyId company, string id, CancellationToken cancellationToken, string reason = TerminatedText)
    {
        if (await FindAsync(company, id, cancellationToken) is not { Record.EndedAt: null })
        {
            return false;
        }

        await engine.TerminateAsync(WorkflowStates.InstanceId(company, id), reason, cancellationToken);
        await EndOpenStepsAsync(company, id, reason, cancellationToken);
        await EndAsync(company, id, WorkflowStates.Terminated, reason, cancellationToken);
        return true;
    }

    /// <summary>Ends the running workflows of the names that are chosen; returns how many.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="isChosen">Of a workflow's name.</param>
    /// <param name="reason">What their records and open steps say.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<int> TerminateAllAsync(CompanyId company, Func<string, bool> isChosen, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(isChosen);
        var stopped = 0;
        string? after = null;
        do
        {
            var (items, next) = await ListAsync(company, WorkflowStates.Running, after, ReconcilePage, cancellationToken);
            foreach (var view in items.Where(view => isChosen(view.Record.Name)))
            {
                stopped += await TerminateAsync(company, view.Record.Id, cancellationToken, reason) ? 1 : 0;
            }

            after = next;
        }
        while (after is not null);
        return stopped;
    }

    /// <summary>Ends the records of workflows that their engine gave up (a rule broken, code changed under a running history), so that nothing shows as running for ever.</summary>
    public async Task ReconcileAsync(CompanyId company, CancellationToken cancellationToken)
    {
        foreach (var (ended, state) in new[] { (WorkflowState.Failed, WorkflowStates.Failed), (WorkflowState.Terminated, WorkflowStates.Terminated) })
        {
            var prefix = WorkflowStates.InstanceId(company, string.Empty);
            string? after = null;
            do
            {
                var instances = await engine.QueryAsync(prefix, ended, after, ReconcilePage, cancellationToken);
                foreach (var instance in instances)
                {
                    await EndAsync(company, instance.Id[prefix.Length..], state, instance.Error, cancellationToken);
                }

                after = instances.Count == ReconcilePage ? instances[^1].Id : null;
            }
            while (after is not null);
        }
    }

    private async Task EndOpenStepsAsync(CompanyId company, string id, string reason, CancellationToken cancellationToken)
    {
        var partition = Partitions.Spread(company, id);
        var steps = await _steps.QueryAsync(partition, new RowRange(RecordRow(id), RecordRow(id)), EntityRules.MaxPage, cancellationToken);
        foreach (var row in steps.Rows.Where(row => row.Value.EndedAt is null))
        {
            await _steps.UpdateAsync(
                partition,
                row.Row,
                old => old is { EndedAt: null } ? old with { State = "refused", EndedAt = clock.GetUtcNow(), Error = reason, NextAttemptAt = null } : old ?? row.Value,
                cancellationToken);
        }
    }

    /// <summary>The row of a workflow's record; its steps' rows begin with it.</summary>
    internal static string RecordRow(string id) => $"w~{id}~";

    /// <summary>The index entries of the workflows that were started before a time.</summary>
    internal static RowRange StartedBefore(DateTimeOffset time) => new($"i~{AllStates}~", $"i~{AllStates}~{Descending(time)}");

    /// <summary>The index entries of an ended workflow.</summary>
    internal static IEnumerable<string> IndexRows(WorkflowRecord record) => [IndexRow(record.State, record), IndexRow(AllStates, record)];

    private static string IndexRow(string state, WorkflowRecord record) => $"i~{state}~{Descending(record.StartedAt)}~{record.Id}";

    private static string Descending(DateTimeOffset time) => $"{253_402_300_799_999 - time.ToUnixTimeMilliseconds():d15}";
}
