using System.Runtime.CompilerServices;
using Kayse.Core.Storage;

namespace Kayse.Core.Companies;

/// <summary>The firms that Kayse serves.</summary>
public sealed class CompanyRegister(IEntityStore store)
{
    /// <summary>A partition key that is no company id: a hyphen cannot stand in one.</summary>
    private const string Directory = "-companies";

    /// <summary>The same for the tenants whose people may sign in.</summary>
    private const string Tenants = "-tenants";

    private readonly EntityTable<Company> _companies = new(store, Tables.Companies, static () => KayseJson.Default.Company);
    private readonly EntityTable<CompanyEntry> _directory = new(store, Tables.Companies, static () => KayseJson.Default.CompanyEntry);
    private readonly EntityTable<TenantEntry> _tenants = new(store, Tables.Companies, static () => KayseJson.Default.TenantEntry);

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

    /// <summary>The firm that a Microsoft Entra tenant's people may sign in for, or null.</summary>
    public async Task<CompanyId?> OfTenantAsync(Guid tenant, CancellationToken cancellationToken) =>
        (await _tenants.GetAsync(Tenants, tenant.ToString("N"), cancellationToken))?.Value.Company is { } id
        // The firm's own row decides: an entry that a broken-off change left behind opens nothing.
        && await FindAsync(id, cancellationToken) is { } company && company.TenantId == tenant ? id : null;

    /// <summary>Lets a tenant's people sign in for a firm in place of the one before, or nobody's; false when the tenant is another firm's.</summary>
    public async Task<bool> ChangeTenantAsync(CompanyId id, Guid? tenant, CancellationToken cancellationToken)
    {
        if (tenant is { } next && !await TakeTenantAsync(id, next, cancellationToken))
        {
            return false;
        }

        while (await _companies.GetAsync(Partitions.Of(id), "company", cancellationToken) is { } row)
        {
            if (await _companies.ReplaceAsync(Partitions.Of(id), row, row.Value with { TenantId = tenant }, cancellationToken))
            {
                await LetGoAsync(id, row.Value.TenantId == tenant ? null : row.Value.TenantId, cancellationToken);
                break;
            }
        }

        return true;
    }

    /// <summary>Every firm's id.</summary>
    public async IAsyncEnumerable<CompanyId> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in _directory.AllAsync(Directory, new RowRange(), cancellationToken))
        {
            yield return row.Value.Id;
        }
    }

    /// <summary>Takes a firm's tenant from it, so that nobody can sign in while it is erased.</summary>
    public async Task ForgetTenantAsync(CompanyId id, CancellationToken cancellationToken) =>
        await LetGoAsync(id, (await FindAsync(id, cancellationToken))?.TenantId, cancellationToken);

    /// <summary>Takes a firm out of the directory, the last step of erasing it.</summary>
    public async Task ForgetAsync(CompanyId id, CancellationToken cancellationToken)
    {
        if (await _directory.GetAsync(Directory, id.ToString(), cancellationToken) is { } entry)
        {
            await _directory.DeleteAsync(Directory, entry, cancellationToken);
        }
    }

    private async Task<bool> TakeTenantAsync(CompanyId id, Guid tenant, CancellationToken cancellationToken)
    {
        var row = tenant.ToString("N");
        while (!await _tenants.InsertAsync(Tenants, row, new TenantEntry(id), cancellationToken))
        {
            if (await _tenants.GetAsync(Tenants, row, cancellationToken) is not { } taken)
            {
                continue;
            }

            if (taken.Value.Company == id)
            {
                return true;
            }

            if (await FindAsync(taken.Value.Company, cancellationToken) is not null)
            {
                return false;
            }

            await _tenants.DeleteAsync(Tenants, taken, cancellationToken);
        }

        return true;
    }

    private async Task LetGoAsync(CompanyId id, Guid? tenant, CancellationToken cancellationToken)
    {
        if (tenant is { } old && await _tenants.GetAsync(Tenants, old.ToString("N"), cancellationToken) is { } entry && entry.Value.Company == id)
        {
            await _tenants.DeleteAsync(Tenants, entry, cancellationToken);
        }
    }
}
