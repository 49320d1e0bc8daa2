using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Cases.Import;

/// <summary>A firm's imports: a row each, and blobs with the file's rows, part by part, what is to become of them, and the report.</summary>
public sealed class ImportStore(IEntityStore store, IBlobStore blobs)
{
    /// <summary>How an import's id begins.</summary>
    public const string IdPrefix = "imp";

    // One that was ended from outside goes on being marked as running.
    private const double RunningGraceDays = 30;

    private readonly EntityTable<CaseImport> _imports = new(store, Tables.Imports, static () => KayseJson.Default.CaseImport);

    /// <summary>Adds an import.</summary>
    public Task<bool> AddAsync(CompanyId company, CaseImport import, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(import);
        return _imports.InsertAsync(Partitions.Spread(company, import.Id), Ids.NewestFirst(import.Id), import, cancellationToken);
    }

    /// <summary>An import, or null.</summary>
    public async Task<CaseImport?> FindAsync(CompanyId company, string id, CancellationToken cancellationToken) =>
        Ids.IsValid(id) ? (await _imports.GetAsync(Partitions.Spread(company, id), Ids.NewestFirst(id), cancellationToken))?.Value : null;

    /// <summary>A page of imports, newest first; the cursor is the last id.</summary>
    public async Task<(IReadOnlyList<CaseImport> Items, string? Next)> ListAsync(CompanyId company, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _imports.MergeAsync(Partitions.All(company), new RowRange(After: after is null ? null : Ids.NewestFirst(after)), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next is null ? null : Ids.NewestFirst(next));
    }

    /// <summary>Changes an import; <paramref name="change"/> may run again when another writer comes between.</summary>
    /// <returns>The import as it is afterwards, or null when there is none.</returns>
    public async Task<CaseImport?> ChangeAsync(CompanyId company, string id, Func<CaseImport, CaseImport> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        var partition = Partitions.Spread(company, id);
        while (await _imports.GetAsync(partition, Ids.NewestFirst(id), cancellationToken) is { } row)
        {
            var changed = change(row.Value);
            if (changed == row.Value || await _imports.ReplaceAsync(partition, row, changed, cancellationToken))
            {
                return changed;
            }
        }

        return null;
    }

    /// <summary>Stores the columns' names.</summary>
    public Task WriteColumnsAsync(CompanyId company, string id, IReadOnlyList<string> columns, CancellationToken cancellationToken) =>
        WriteAsync(company, id, "columns", [.. columns], KayseJson.Default.ListString, cancellationToken);

    /// <summary>The columns' names.</summary>
    public async Task<IReadOnlyList<string>> ColumnsAsync(CompanyId company, string id, CancellationToken cancellationToken) =>
        await ReadAsync(company, id, "columns", KayseJson.Default.ListString, cancellationToken) ?? [];

    /// <summary>Stores a part's rows.</summary>
    public Task WriteRowsAsync(CompanyId company, string id, int chunk, IReadOnlyList<SheetRow> rows, CancellationToken cancellationToken) =>
        WriteAsync(company, id, $"rows-{chunk:d5}", [.. rows], KayseJson.Default.ListSheetRow, cancellationToken);

    /// <summary>A part's rows.</summary>
    public async Task<IReadOnlyList<SheetRow>> RowsAsync(CompanyId company, string id, int chunk, CancellationToken cancellationToken) =>
        await ReadAsync(company, id, $"rows-{chunk:d5}", KayseJson.Default.ListSheetRow, cancellationToken) ?? throw new InvalidOperationException("The import's rows are gone.");

    /// <summary>Stores what is to become of a part's rows; what was stored before stays.</summary>
    public Task WritePlanAsync(CompanyId company, string id, int chunk, IReadOnlyList<PlannedRow> plan, CancellationToken cancellationToken) =>
        WriteAsync(company, id, $"plan-{chunk:d5}", [.. plan], KayseJson.Default.ListPlannedRow, cancellationToken);

    /// <summary>What is to become of a part's rows, or null while it is not settled.</summary>
    public async Task<IReadOnlyList<PlannedRow>?> PlanAsync(CompanyId company, string id, int chunk, CancellationToken cancellationToken) =>
        await ReadAsync(company, id, $"plan-{chunk:d5}", KayseJson.Default.ListPlannedRow, cancellationToken);

    /// <summary>Stores what the report says about a part's rows.</summary>
    public Task WriteReportAsync(CompanyId company, string id, int chunk, IReadOnlyList<ImportNote> notes, CancellationToken cancellationToken) =>
        WriteAsync(company, id, $"report-{chunk:d5}", [.. notes], KayseJson.Default.ListImportNote, cancellationToken);

    /// <summary>What the report says about a part's rows.</summary>
    public async Task<IReadOnlyList<ImportNote>> ReportAsync(CompanyId company, string id, int chunk, CancellationToken cancellationToken) =>
        await ReadAsync(company, id, $"report-{chunk:d5}", KayseJson.Default.ListImportNote, cancellationToken) ?? [];

    /// <summary>Deletes an import with all that is stored of it.</summary>
    public async Task DeleteAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        // The row goes last: as long as it is there, a deletion that broke off can be repeated.
        await foreach (var blob in blobs.ListAsync($"{company}/imports/{id}", cancellationToken))
        {
            await blobs.DeleteAsync(blob, cancellationToken);
        }

        var partition = Partitions.Spread(company, id);
        if (await _imports.GetAsync(partition, Ids.NewestFirst(id), cancellationToken) is { } row)
        {
            await _imports.DeleteAsync(partition, row, cancellationToken);
        }
    }

    /// <summary>Deletes the imports whose file came before a time, and of those that still run the ones that came a month before it; returns how many.</summary>
    public async Task<int> PurgeAsync(CompanyId company, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var purged = 0;
        var older = new RowRange(After: Ids.NewestFirst($"{IdPrefix}_{Guid.CreateVersion7(before):N}"));
        foreach (var partition in Partitions.All(company))
        {
            await foreach (var row in _imports.AllAsync(partition, older, cancellationToken))
            {
                if (row.Value.CreatedAt < (row.Value.State == ImportStates.Running ? before.AddDays(-RunningGraceDays) : before))
                {
                    await DeleteAsync(company, row.Value.Id, cancellationToken);
                    purged++;
                }
            }
        }

        return purged;
    }

    private async Task WriteAsync<T>(CompanyId company, string id, string name, T value, JsonTypeInfo<T> json, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(value, json));
        await blobs.CreateAsync($"{company}/imports/{id}/{name}", "application/json", bytes, cancellationToken);
    }

    private async Task<T?> ReadAsync<T>(CompanyId company, string id, string name, JsonTypeInfo<T> json, CancellationToken cancellationToken)
        where T : class
    {
        await using var blob = await blobs.OpenAsync($"{company}/imports/{id}/{name}", cancellationToken);
        return blob is null ? null : await JsonSerializer.DeserializeAsync(blob.Content, json, cancellationToken);
    }
}
