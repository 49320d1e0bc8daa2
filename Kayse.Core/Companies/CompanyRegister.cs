using System.Runtime.CompilerServices;
using Kayse.Core.Storage;

namespace Kayse.Core.Companies;

/// <summary>The firms that Kayse serves.</summary>
public sealed class CompanyRegister(IEntityStore store)
{
    /// <summary>The one partition key that is no company id: a hyphen cannot stand in one.</summary>
    private const string Directory = "-companies";

    private readonly EntityTable<Company> _companies = new(store, Tables.Companies, KayseJson.Default.Company);
    private readonly EntityTable<CompanyEntry> _directory = new(store, Tables.Companies, KayseJson.Default.CompanyEntry);

    /// <summary>True for ids that no firm may have: the installation's own secrets stand under them.</summary>
    public static bool IsReserved(string id) => id is "kayse" or "healthz";

    /// <summary>Opens a firm; false when its id is taken.</summary>
    public async Task<bool> OpenAsync(Company company, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(company);
        // The directory first: a firm that is listed but not there is skipped, one that is there but not listed would be missed by every timer.
        await _directory.InsertAsync(Directory, company.Id.ToString(), new CompanyEntry(company.Id), cancellationToken);
        return await _companies.InsertAsync(Partitions.Of(company.Id), "company", company, cancellationToken);
    }

    /// <summary>A firm, or null.</summary>
    public async Task<Company?> FindAsync(CompanyId id, CancellationToken cancellationToken) =>
        (await _companies.GetAsync(Partitions.Of(id), "company", cancellationToken))?.Value;

    /// <summary>Changes a firm's name or time zone; null when there is none.</summary>
    public async Task<Company?> ChangeAsync(CompanyId id, string? name, string? timeZone, CancellationToken cancellationToken)
    {
        while (await _companies.GetAsync(Partitions.Of(id), "company", cancellationToken) is { } row)
        {
            var changed = row.Value with { Name = name ?? row.Value.Name, TimeZone = timeZone ?? row.Value.TimeZone };
            if (await _companies.ReplaceAsync(Partitions.Of(id), row, changed, cancellationToken))
            {
                return changed;
            }
        }

        return null;
    }

    /// <summary>Every firm's id.</summary>
    public async IAsyncEnumerable<CompanyId> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in _directory.AllAsync(Directory, new RowRange(), cancellationToken))
        {
            yield return row.Value.Id;
        }
    }

    /// <summary>Takes a firm out of the directory, the last step of erasing it.</summary>
    public async Task ForgetAsync(CompanyId id, CancellationToken cancellationToken)
    {
        if (await _directory.GetAsync(Directory, id.ToString(), cancellationToken) is { } entry)
        {
            await _directory.DeleteAsync(Directory, entry, cancellationToken);
        }
    }
}
