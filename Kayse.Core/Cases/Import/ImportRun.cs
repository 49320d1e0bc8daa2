using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;
using Microsoft.Extensions.Logging;

namespace Kayse.Core.Cases.Import;

/// <summary>The activity of <see cref="ImportWorkflow"/>: imports the next part of a file by the webhook's own code.</summary>
public sealed partial class ImportRun(
    ImportStore imports, CaseImports admin, ImportPlanner planner, LeadUpsert upsert, CaseLists lists, LawRulerConnections connections, WorkflowRecords records, AuditLog audit, TimeProvider clock, ILogger<ImportRun> logger)
{
    private const string Step = "import";
    private const int MaxFailures = 6;
    private const int RowsAtATime = 8;

    private static readonly RetryPolicy s_policy = new(FirstDelaySeconds: 10, MaxDelaySeconds: 600, WindowHours: 24);
    private static readonly TimeSpan s_storePatience = TimeSpan.FromSeconds(30);

    /// <summary>Adds the workflow and its activity to the catalog.</summary>
    public void AddTo(WorkflowCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        catalog.AddWorkflow<ImportInput, ImportTurn>(ImportWorkflow.Name, ImportWorkflow.RunAsync)
            .AddActivity<ImportInput, ImportTurn>(ImportWorkflow.PartActivity, (_, input, cancellationToken) => RunAsync(input, cancellationToken));
    }

    /// <summary>Imports the next part. It may be run again at any point: what was settled for a row stays settled.</summary>
    public async Task<ImportTurn> RunAsync(ImportInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        try
        {
            return await NextAsync(input, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            return new ImportTurn(IsDone: false, clock.GetUtcNow() + s_storePatience, input.Failures);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.Fault(logger, input.Company.ToString(), input.Import, input.Failures + 1, fault.GetType().Name, FaultSite.Of(fault));
            return await BrokenOffAsync(input, fault, cancellationToken);
        }
    }

    private async Task<ImportTurn> NextAsync(ImportInput input, CancellationToken cancellationToken)
    {
        var (company, id) = (input.Company, input.Import);
        if (await imports.FindAsync(company, id, cancellationToken) is not { } import)
        {
            await records.EndAsync(company, ImportWorkflow.Id(id), WorkflowStates.Failed, "The import is gone.", cancellationToken);
            return new ImportTurn(IsDone: true);
        }

        if (import.State == ImportStates.Running && import.NextChunk < import.Chunks)
        {
            import = await ImportAsync(company, import, cancellationToken) ?? import;
        }

        if (import.NextChunk < import.Chunks)
        {
            await ShowAsync(company, import, cancellationToken);
            return new ImportTurn(IsDone: false);
        }

        await FinishAsync(company, import, import.Counts.Refused > 0 ? ImportStates.CompletedWithProblems : ImportStates.Completed, null, cancellationToken);
        return new ImportTurn(IsDone: true);
    }

    private async Task<ImportTurn> BrokenOffAsync(ImportInput input, Exception fault, CancellationToken cancellationToken)
    {
        var failures = input.Failures + 1;
        if (failures < MaxFailures)
        {
            return new ImportTurn(IsDone: false, clock.GetUtcNow() + s_policy.Delay($"{input.Import}/{Step}", failures), failures);
        }

        if (await imports.FindAsync(input.Company, input.Import, cancellationToken) is { } import)
        {
            await FinishAsync(input.Company, import, ImportStates.Failed, $"Broken off by a fault inside Kayse ({fault.GetType().Name}); the rows before are imported.", cancellationToken);
        }

        return new ImportTurn(IsDone: true);
    }

    private async Task<CaseImport?> ImportAsync(CompanyId company, CaseImport import, CancellationToken cancellationToken)
    {
        var chunk = import.NextChunk;
        var layout = await admin.LayoutAsync(company, import, cancellationToken);
        var rows = await imports.RowsAsync(company, import.Id, chunk, cancellationToken);
        var plan = await SettleAsync(company, import, layout, rows, cancellationToken);
        var settings = (await connections.GetAsync(company, cancellationToken)).Settings;
        var done = new RowDone[rows.Count];
        // Rows of one lead follow each other; the others share the store's commits.
        var lanes = Enumerable.Range(0, rows.Count).GroupBy(i => layout.Read(rows[i]).Post["Lead ID"] ?? string.Empty, StringComparer.Ordinal);
        await Parallel.ForEachAsync(lanes, new ParallelOptions { MaxDegreeOfParallelism = RowsAtATime, CancellationToken = cancellationToken }, async (lane, stop) =>
        {
            foreach (var i in lane)
            {
                done[i] = await ImportAsync(company, import, layout, settings, rows[i], plan[i], stop);
            }
        });
        List<ImportNote> notes = [.. done.Select(row => row.Note).OfType<ImportNote>()];
        if (notes.Count > 0)
        {
            await imports.WriteReportAsync(company, import.Id, chunk, notes, cancellationToken);
        }

        var counts = done.Aggregate(new ImportCounts(), (sum, row) => sum.Plus(row.Count));
        return await imports.ChangeAsync(
            company,
            import.Id,
            old => old.NextChunk != chunk ? old : old with { NextChunk = chunk + 1, Counts = old.Counts.Plus(counts), Reported = notes.Count > 0 ? [.. old.Reported, chunk] : old.Reported },
            cancellationToken);
    }

    private async Task<IReadOnlyList<PlannedRow>> SettleAsync(CompanyId company, CaseImport import, ImportLayout layout, IReadOnlyList<SheetRow> rows, CancellationToken cancellationToken)
    {
        if (await imports.PlanAsync(company, import.Id, import.NextChunk, cancellationToken) is { } settled)
        {
            return settled;
        }

        var plan = await planner.PlanAsync(company, layout, rows, import.Duplicates ?? DuplicateModes.Skip, cancellationToken);
        await imports.WritePlanAsync(company, import.Id, import.NextChunk, plan, cancellationToken);
        // Another one may have been faster: what is stored counts.
        return await imports.PlanAsync(company, import.Id, import.NextChunk, cancellationToken) ?? plan;
    }

    private async Task<RowDone> ImportAsync(CompanyId company, CaseImport import, ImportLayout layout, LawRulerSettings settings, SheetRow row, PlannedRow planned, CancellationToken cancellationToken)
    {
        var (post, _) = layout.Read(row);
        var lead = post["Lead ID"];
        if (planned.Action == PlannedRow.Refuse)
        {
            return new RowDone(new ImportCounts(Refused: 1), new ImportNote(row.Number, lead, ImportNote.Refused, planned.Errors ?? []));
        }

        if (planned.Action == DuplicateModes.Skip)
        {
            return new RowDone(new ImportCounts(Skipped: 1), null);
        }

        try
        {
            var write = new LeadWrite(import.CreatedAt, OnlyBlanks: planned.Action == DuplicateModes.Merge, Case: planned.CaseId) { IsImport = true };
            var (matter, _, warnings) = await upsert.ApplyAsync(company, LeadId.Parse(lead!), post, settings, write, cancellationToken);
            if (import.ListId is not null)
            {
                await lists.AddAsync(company, import.ListId, matter.Id, cancellationToken);
            }

            var note = warnings.Count > 0 ? new ImportNote(row.Number, lead, ImportNote.Warning, [.. warnings.Select(layout.Warning)]) : null;
            return new RowDone(Count(planned.Action), note);
        }
        catch (Exception fault) when (fault is not (StorageUnavailableException or OperationCanceledException))
        {
            // One row must not keep the others from being imported.
            Log.RowFault(logger, company.ToString(), import.Id, row.Number, fault.GetType().Name, FaultSite.Of(fault));
            return new RowDone(new ImportCounts(Refused: 1), new ImportNote(row.Number, lead, ImportNote.Refused, [new FieldError("row", $"A fault inside Kayse ({fault.GetType().Name}). Import the row again; if it stays, tell the operator.")]));
        }
    }

    private static ImportCounts Count(string action) => action switch
    {
        DuplicateModes.Update => new ImportCounts(Updated: 1),
        DuplicateModes.Merge => new ImportCounts(Merged: 1),
        _ => new ImportCounts(Created: 1),
    };

    private Task ShowAsync(CompanyId company, CaseImport import, CancellationToken cancellationToken) =>
        records.WriteStepAsync(
            company,
            ImportWorkflow.Id(import.Id),
            0,
            Step,
            old => new WorkflowStep(Step, "running", 1, old?.StartedAt ?? clock.GetUtcNow(), null, Progress(import), null),
            cancellationToken);

    private async Task FinishAsync(CompanyId company, CaseImport import, string state, string? error, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var ended = await imports.ChangeAsync(
            company, import.Id, old => old.EndedAt is null ? old with { State = state, EndedAt = now, Error = error } : old, cancellationToken) ?? import;
        var id = ImportWorkflow.Id(import.Id);
        await records.WriteStepAsync(
            company, id, 0, Step, old => new WorkflowStep(Step, state == ImportStates.Failed ? "refused" : "done", 1, old?.StartedAt ?? now, now, error ?? Progress(ended), null), cancellationToken);
        await audit.WriteAsync(company, LawRulerConnections.Crm, "import", state == ImportStates.Failed ? "refused" : "done", null, import.Id, error ?? Progress(ended), cancellationToken);
        await records.EndAsync(company, id, state, error, cancellationToken);
    }

    private static string Progress(CaseImport import) =>
        $"{import.Counts.Done} of {import.Rows} rows: {import.Counts.Created} created, {import.Counts.Updated} updated, {import.Counts.Merged} merged, {import.Counts.Skipped} skipped, {import.Counts.Refused} refused.";

    private sealed record RowDone(ImportCounts Count, ImportNote? Note);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Company}: import {Import} attempt {Attempt} broke off with {Fault} at {Site}")]
        public static partial void Fault(ILogger logger, string company, string import, int attempt, string fault, string site);

        [LoggerMessage(2, LogLevel.Error, "{Company}: import {Import} row {Row} ended with {Fault} at {Site}")]
        public static partial void RowFault(ILogger logger, string company, string import, int row, string fault, string site);
    }
}
