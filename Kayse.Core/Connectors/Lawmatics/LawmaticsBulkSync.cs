using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Bulk syncs: never two of a firm's at once, and within one a matter after the other.</summary>
public sealed class LawmaticsBulkSync(
    IEntityStore store, LawmaticsConnections connections, LawmaticsLinks links, LawmaticsSync sync, CaseStore cases, Matters matters, WorkflowRecords records, AuditLog audit, TimeProvider clock)
{
    private const string Row = $"{LawmaticsConnections.Crm}~bulk";
    private const string Step = "bulk";
    private const int CasesAPage = 100;
    private const int PagesATurn = 5;

    // Of the firm's requests: a sync takes some five of them, so it is looked after about twice while it runs, and never busily.
    private const double RequestsBetween = 2;

    // As long a start that a crash has cut off may be finished; what has no record later has ended long ago.
    private static readonly TimeSpan s_startPatience = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_storePatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(2);

    private readonly EntityTable<LawmaticsBulk> _bulks = new(store, Tables.Integrations, static () => KayseJson.Default.LawmaticsBulk);

    /// <summary>Adds the workflow and its activity to the catalog.</summary>
    public void AddTo(WorkflowCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.AddWorkflow<LawmaticsBulkInput, LawmaticsBulkTurn>(LawmaticsBulkWorkflow.Name, LawmaticsBulkWorkflow.RunAsync)
            .AddActivity<LawmaticsBulkInput, LawmaticsBulkTurn>(LawmaticsBulkWorkflow.TurnActivity, (_, input, cancellationToken) => TryTurnAsync(input, cancellationToken));
    }

    /// <summary>The bulk sync that runs or ran last; null before the first.</summary>
    public async Task<LawmaticsBulk?> FindAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var bulk = (await _bulks.GetAsync(Partitions.Of(company), Row, cancellationToken))?.Value;
        return bulk is { EndedAt: null } ? bulk with { EndedAt = await EndedAsync(company, bulk, cancellationToken) } : bulk;
    }

    /// <summary>Starts one, unless one runs.</summary>
    /// <returns>The one that runs now, and whether it was started by this.</returns>
    public async Task<(LawmaticsBulk Bulk, bool IsNew)> StartAsync(CompanyId company, BulkChoice which, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await _bulks.GetAsync(Partitions.Of(company), Row, cancellationToken);
            if (row?.Value is { EndedAt: null } running && await EndedAsync(company, running, cancellationToken) is null)
            {
                // Its start is finished, wherever a crash has come into it.
                await RunAsync(company, running.Id, cancellationToken);
                return (running, false);
            }

            var next = new LawmaticsBulk($"{LawmaticsBulkWorkflow.IdPrefix}.{Ids.New("blk", clock)}", which, clock.GetUtcNow());
            if (row is null ? await _bulks.InsertAsync(Partitions.Of(company), Row, next, cancellationToken) : await _bulks.ReplaceAsync(Partitions.Of(company), row, next, cancellationToken))
            {
                await RunAsync(company, next.Id, cancellationToken);
                await audit.WriteAsync(company, LawmaticsConnections.Crm, "bulk_sync_started", "done", null, next.Id, $"Matters: {JsonNamingPolicy.CamelCase.ConvertName(which.ToString())}.", cancellationToken);
                return (next, true);
            }
        }
    }

    /// <summary>Goes on with one that was ended from outside, where it stood; false when another has been started since.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="id">Its workflow.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<bool> ResumeAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        if (await _bulks.GetAsync(Partitions.Of(company), Row, cancellationToken) is not { Value: { EndedAt: null } stopped } row || stopped.Id != id)
        {
            return false;
        }

        var waitsFor = stopped.Case is { } matter ? await sync.StartAsync(company, matter, new LawmaticsSyncOrder(IsBulk: true), cancellationToken) : null;
        var next = stopped with { Id = $"{LawmaticsBulkWorkflow.IdPrefix}.{Ids.New("blk", clock)}", Sync = waitsFor };
        if (!await _bulks.ReplaceAsync(Partitions.Of(company), row, next, cancellationToken))
        {
            return false;
        }

        await RunAsync(company, next.Id, cancellationToken);
        return true;
    }

    /// <summary>When one ended that has not written so, since it was ended from outside; null while it runs. Its record may have been purged since.</summary>
    private async Task<DateTimeOffset?> EndedAsync(CompanyId company, LawmaticsBulk bulk, CancellationToken cancellationToken) =>
        await records.FindAsync(company, bulk.Id, cancellationToken) is { } view ? view.Record.EndedAt
        : bulk.StartedAt + s_startPatience is var latest && latest < clock.GetUtcNow() ? latest : null;

    private Task RunAsync(CompanyId company, string id, CancellationToken cancellationToken) =>
        records.StartAsync(company, id, LawmaticsBulkWorkflow.Name, LawmaticsConnections.Crm, JsonSerializer.SerializeToUtf8Bytes(new LawmaticsBulkInput(company, id), KayseJson.Default.LawmaticsBulkInput), cancellationToken);

    private async Task<LawmaticsBulkTurn> TryTurnAsync(LawmaticsBulkInput input, CancellationToken cancellationToken)
    {
        try
        {
            return await TurnAsync(input, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            return new LawmaticsBulkTurn(clock.GetUtcNow() + s_storePatience, IsDone: false);
        }
    }

    /// <summary>Takes a turn. After a crash it is taken again: the sync of a case that runs is not started twice.</summary>
    private async Task<LawmaticsBulkTurn> TurnAsync(LawmaticsBulkInput input, CancellationToken cancellationToken)
    {
        var company = input.Company;
        var row = await _bulks.GetAsync(Partitions.Of(company), Row, cancellationToken);
        if (row is not { Value.EndedAt: null } || row.Value.Id != input.Workflow)
        {
            var isOwn = row is not null && row.Value.Id == input.Workflow;
            await records.EndAsync(company, input.Workflow, isOwn ? EndState(row!.Value) : WorkflowStates.Completed, null, cancellationToken);
            return new LawmaticsBulkTurn(clock.GetUtcNow(), IsDone: true);
        }

        var connection = await connections.GetAsync(company, cancellationToken);
        if (LawmaticsOutcomes.WhyNotNow(connection, clock.GetUtcNow()) is { } instead)
        {
            return instead.Kind == StepKind.Refused ? await EndAsync(company, row, row.Value with { Message = instead.Reason }, cancellationToken)
                : await WaitAsync(company, row, row.Value with { Message = instead.Reason }, instead.NotBefore ?? clock.GetUtcNow() + s_most, cancellationToken);
        }

        var pause = TimeSpan.FromSeconds(Math.Clamp(RequestsBetween * 60 / connection.Settings.RequestsPerMinute, s_least.TotalSeconds, s_most.TotalSeconds));
        var (bulk, runs) = await LookAfterAsync(company, row.Value with { Message = null }, cancellationToken);
        if (runs)
        {
            return await WaitAsync(company, row, bulk, clock.GetUtcNow() + pause, cancellationToken);
        }

        var (next, isLast) = await NextAsync(company, bulk, LawmaticsLinks.FirmOf(connection), cancellationToken);
        return isLast ? await EndAsync(company, row, next, cancellationToken)
            : await WaitAsync(company, row, next, clock.GetUtcNow() + (next.Sync is null ? TimeSpan.Zero : pause), cancellationToken);
    }

    /// <summary>Looks how far the sync has come that it waits for. One that did not work at once is left to its own retries.</summary>
    private async Task<(LawmaticsBulk Bulk, bool Runs)> LookAfterAsync(CompanyId company, LawmaticsBulk bulk, CancellationToken cancellationToken)
    {
        if (bulk.Sync is not { } running)
        {
            return (bulk, false);
        }

        var idle = bulk with { Sync = null, Case = null };
        return await records.FindAsync(company, running, cancellationToken) is not { } view ? (idle, false)
            : view.Record.State == WorkflowStates.Completed ? (idle with { Done = bulk.Done + 1 }, false)
            : view.Record.EndedAt is not null ? (idle with { Failed = bulk.Failed + 1 }, false)
            : LawmaticsSync.IsTriedAgain(view) ? (idle with { Waiting = bulk.Waiting + 1 }, false)
            : (bulk, true);
    }

    /// <summary>Starts the sync of the next case that is to be sent.</summary>
    private async Task<(LawmaticsBulk Bulk, bool IsLast)> NextAsync(CompanyId company, LawmaticsBulk bulk, string firm, CancellationToken cancellationToken)
    {
        for (var page = 0; page < PagesATurn; page++)
        {
            var (items, next) = await cases.ListCasesAsync(company, bulk.After, CasesAPage, cancellationToken);
            foreach (var matter in items)
            {
                bulk = bulk with { After = matter.Id.ToString(), Seen = bulk.Seen + 1 };
                if (await IsChosenAsync(company, matter, bulk.Which, firm, cancellationToken))
                {
                    var started = await sync.StartAsync(company, matter.Id, new LawmaticsSyncOrder(IsByHand: bulk.Which != BulkChoice.Unlinked, IsBulk: true), cancellationToken);
                    return (bulk with { Sync = started, Case = matter.Id }, false);
                }
            }

            if (next is null)
            {
                return (bulk, true);
            }
        }

        return (bulk, false);
    }

    private async Task<bool> IsChosenAsync(CompanyId company, Case matter, BulkChoice which, string firm, CancellationToken cancellationToken) => which switch
    {
        BulkChoice.Failed => (await sync.FindAsync(company, matter.Id, cancellationToken)).Standing is SyncStanding.Failed or SyncStanding.Waiting,
        // What only another CRM knows is that one's: it goes out when a person says so of it.
        _ when matter.ExternalSource == LawRulerConnections.Crm && (await matters.FindAsync(company, matter.Id, cancellationToken)).MatterId is null => false,
        BulkChoice.Unlinked => await links.FindAsync(company, firm, matter.Id, cancellationToken) is null,
        _ => true,
    };

    private async Task<LawmaticsBulkTurn> WaitAsync(CompanyId company, Stored<LawmaticsBulk> row, LawmaticsBulk bulk, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        if (bulk != row.Value)
        {
            // Nobody else writes it while it runs; a turn that is taken twice by chance leaves what the other has noted.
            await _bulks.ReplaceAsync(Partitions.Of(company), row, bulk, cancellationToken);
            await ShowAsync(company, bulk, "running", nextAt, cancellationToken);
        }

        return new LawmaticsBulkTurn(nextAt, IsDone: false);
    }

    private async Task<LawmaticsBulkTurn> EndAsync(CompanyId company, Stored<LawmaticsBulk> row, LawmaticsBulk bulk, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var ended = bulk with { EndedAt = now, Sync = null, Case = null };
        var state = EndState(ended);
        var outcome = state == WorkflowStates.Completed ? "done" : "refused";
        await ShowAsync(company, ended, outcome, null, cancellationToken);
        await audit.WriteAsync(company, LawmaticsConnections.Crm, "bulk_sync", outcome, null, bulk.Id, Told(ended), cancellationToken);
        // The figures before the end: whoever sees that it has ended sees what it came to.
        await _bulks.ReplaceAsync(Partitions.Of(company), row, ended, cancellationToken);
        await records.EndAsync(company, bulk.Id, state, null, cancellationToken);
        return new LawmaticsBulkTurn(now, IsDone: true);
    }

    /// <summary>What one ended with: a message stays only where it ended before all were looked at.</summary>
    private static string EndState(LawmaticsBulk ended) => ended.Failed > 0 || ended.Message is not null ? WorkflowStates.CompletedWithProblems : WorkflowStates.Completed;

    private Task ShowAsync(CompanyId company, LawmaticsBulk bulk, string state, DateTimeOffset? nextAt, CancellationToken cancellationToken) =>
        records.WriteStepAsync(company, bulk.Id, 0, Step, _ => new WorkflowStep(Step, state, 1, bulk.StartedAt, bulk.EndedAt, Told(bulk), nextAt), cancellationToken);

    private static string Told(LawmaticsBulk bulk) => $"Looked at {bulk.Seen}: {bulk.Done} done, {bulk.Failed} failed, {bulk.Waiting} are tried again by themselves. {bulk.Message}".TrimEnd();
}
