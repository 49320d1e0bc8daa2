using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Cases.Import;

/// <summary>What an admin does with an import: match its columns, look at what would happen, start it, read its report.</summary>
public sealed class CaseImports(ImportStore imports, ImportPlanner planner, LawRulerConnections connections, WorkflowRecords records, AuditLog audit, TimeProvider clock)
{
    /// <summary>Changes what an import's columns are matched with.</summary>
    /// <returns>The import as it is afterwards, or null when there is none; it stays as it was when it has been started.</returns>
    public Task<CaseImport?> MapAsync(CompanyId company, string id, IReadOnlyList<string?> mapping, CancellationToken cancellationToken) =>
        imports.ChangeAsync(company, id, old => old.State == ImportStates.Uploaded ? old with { Mapping = mapping } : old, cancellationToken);

    /// <summary>The first rows with what would happen to each; nothing is written.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="import">The import.</param>
    /// <param name="duplicates">One of <see cref="DuplicateModes"/>.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<PreviewRow>> PreviewAsync(CompanyId company, CaseImport import, string duplicates, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(import);
        var layout = await LayoutAsync(company, import, cancellationToken);
        var rows = (await imports.RowsAsync(company, import.Id, 0, cancellationToken)).Take(count).ToList();
        var plan = await planner.PlanAsync(company, layout, rows, duplicates, cancellationToken);
        return [.. rows.Zip(plan, (row, planned) => Preview(layout, row, planned))];
    }

    /// <summary>Starts an import; calling it again after a crash finishes the start.</summary>
    /// <returns>False when it was started before.</returns>
    public async Task<bool> StartAsync(CompanyId company, string id, string duplicates, string? listId, CancellationToken cancellationToken)
    {
        var isFirst = false;
        var started = await imports.ChangeAsync(
            company,
            id,
            old =>
            {
                isFirst = old.State == ImportStates.Uploaded;
                return isFirst ? old with { State = ImportStates.Running, Duplicates = duplicates, ListId = listId, StartedAt = clock.GetUtcNow() } : old;
            },
            cancellationToken);
        if (started?.State != ImportStates.Running)
        {
            return false;
        }

        var input = JsonSerializer.SerializeToUtf8Bytes(new ImportInput(company, id), KayseJson.Default.ImportInput);
        var isStarted = await records.StartAsync(company, ImportWorkflow.Id(id), ImportWorkflow.Name, id, input, cancellationToken);
        if (isStarted)
        {
            await audit.WriteAsync(company, LawRulerConnections.Crm, "import", "started", null, id, $"{started.Rows} rows; duplicates: {started.Duplicates}.", cancellationToken);
        }

        return isFirst || isStarted;
    }

    /// <summary>An import as it stands; one whose workflow was ended from outside is written down as ended, with when and why.</summary>
    public async Task<CaseImport> SettledAsync(CompanyId company, CaseImport import, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(import);
        return import.State == ImportStates.Running
            && await records.FindAsync(company, ImportWorkflow.Id(import.Id), cancellationToken) is { Record: { EndedAt: { } endedAt } record }
            ? await imports.ChangeAsync(
                company, import.Id, old => old.State == ImportStates.Running ? old with { State = record.State, EndedAt = old.EndedAt ?? endedAt, Error = old.Error ?? record.Error } : old, cancellationToken) ?? import
            : import;
    }

    /// <summary>A page of the report; the cursor is opaque.</summary>
    public async Task<(IReadOnlyList<ImportNote> Items, string? Next)> ReportAsync(CompanyId company, CaseImport import, string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(import);
        var (chunk, index) = Cursor(after);
        var items = new List<ImportNote>();
        foreach (var reported in import.Reported.Where(reported => reported >= chunk))
        {
            var notes = await imports.ReportAsync(company, import.Id, reported, cancellationToken);
            for (var i = reported == chunk ? index : 0; i < notes.Count; i++)
            {
                if (items.Count == limit)
                {
                    return (items, $"{reported}.{i}");
                }

                items.Add(notes[i]);
            }
        }

        return (items, null);
    }

    /// <summary>An import's columns.</summary>
    public async Task<ImportLayout> LayoutAsync(CompanyId company, CaseImport import, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(import);
        var columns = await imports.ColumnsAsync(company, import.Id, cancellationToken);
        return new ImportLayout(columns, import.Mapping, (await connections.GetAsync(company, cancellationToken)).Settings.Webhook);
    }

    private static (int Chunk, int Index) Cursor(string? after) =>
        after?.Split('.') is [var chunk, var index] && int.TryParse(chunk, out var c) && int.TryParse(index, out var i) && c >= 0 && i >= 0 ? (c, i) : (0, 0);

    private static PreviewRow Preview(ImportLayout layout, SheetRow row, PlannedRow planned)
    {
        var (post, _) = layout.Read(row);
        var values = ImportMapping.Fields.Where(field => post[field] is not null).ToDictionary(field => field, field => post[field]!, StringComparer.Ordinal);
        foreach (var (name, value) in post.Others)
        {
            values.TryAdd(name, value);
        }

        return new PreviewRow(row.Number, planned.Action, values, planned.Errors ?? [], [.. post.Warnings.Select(layout.Warning)]);
    }
}

/// <summary>A row of the preview.</summary>
/// <param name="Row">The row, as a spreadsheet numbers it.</param>
/// <param name="Action">What would happen: <c>create</c>, <c>update</c>, <c>merge</c>, <c>skip</c> or <c>error</c>.</param>
/// <param name="Values">What would be imported, by field, and by the column's name for what is kept under it.</param>
/// <param name="Errors">Why it would be refused, by the column's name.</param>
/// <param name="Warnings">What is odd about it, by the column's name.</param>
public sealed record PreviewRow(int Row, string Action, IReadOnlyDictionary<string, string> Values, IReadOnlyList<FieldError> Errors, IReadOnlyList<FieldError> Warnings);
