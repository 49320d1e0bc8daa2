using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Cases;

/// <summary>Cases and clients, found by our ids or by a CRM's.</summary>
public sealed class CaseStore(IEntityStore store, TimeProvider clock)
{
    private readonly EntityTable<Case> _cases = new(store, Tables.Cases, static () => KayseJson.Default.Case);
    private readonly EntityTable<Client> _clients = new(store, Tables.Clients, static () => KayseJson.Default.Client);
    private readonly EntityTable<CaseLink> _links = new(store, Tables.Links, static () => KayseJson.Default.CaseLink);

    /// <summary>The case id that a CRM's id is tied to, made when there is none; two callers at the same moment get the same.</summary>
    public async Task<CaseId> CaseIdAsync(CompanyId company, string source, string externalId, CancellationToken cancellationToken) =>
        CaseId.Parse(await LinkAsync(company, $"{source}~case~{externalId}", "case", cancellationToken));

    /// <summary>Ties a CRM's id to a case that there is; one that is tied already stays so.</summary>
    /// <returns>The case that it is tied to.</returns>
    public async Task<CaseId> TieAsync(CompanyId company, string source, string externalId, CaseId id, CancellationToken cancellationToken)
    {
        var row = $"{source}~case~{externalId}";
        return CaseId.Parse((await _links.UpdateAsync(Partitions.Spread(company, row), row, old => old ?? new CaseLink(id.ToString()), cancellationToken)).Id);
    }

    /// <summary>Takes back that a CRM's id is tied to a case; another case's stays.</summary>
    public async Task UntieAsync(CompanyId company, string source, string externalId, CaseId id, CancellationToken cancellationToken)
    {
        var row = $"{source}~case~{externalId}";
        while (await _links.GetAsync(Partitions.Spread(company, row), row, cancellationToken) is { } found && found.Value.Id == id.ToString()
            && !await _links.DeleteAsync(Partitions.Spread(company, row), found, cancellationToken))
        {
            // Another writer was between.
        }
    }

    /// <summary>The client id that a CRM's contact id is tied to, made when there is none.</summary>
    public async Task<ClientId> ClientIdAsync(CompanyId company, string source, string externalId, CancellationToken cancellationToken) =>
        ClientId.Parse(await LinkAsync(company, $"{source}~contact~{externalId}", "client", cancellationToken));

    /// <summary>The client id that a CRM's contact id is tied to, or null.</summary>
    public async Task<ClientId?> FindClientIdAsync(CompanyId company, string source, string externalId, CancellationToken cancellationToken)
    {
        var row = $"{source}~contact~{externalId}";
        return await _links.GetAsync(Partitions.Spread(company, row), row, cancellationToken) is { Value: var link } && ClientId.TryParse(link.Id, null, out var id) ? id : null;
    }

    /// <summary>Ties a CRM's contact id to a client, unless it is tied already; returns the client that it is tied to.</summary>
    public async Task<ClientId> TieClientAsync(CompanyId company, string source, string externalId, ClientId client, CancellationToken cancellationToken)
    {
        var row = $"{source}~contact~{externalId}";
        return ClientId.Parse((await _links.UpdateAsync(Partitions.Spread(company, row), row, old => old ?? new CaseLink(client.ToString()), cancellationToken)).Id);
    }

    /// <summary>Deletes a client that was made for one case alone, when that case has moved to another; a contact of the CRM's stays.</summary>
    public async Task DropOwnClientAsync(CompanyId company, ClientId id, CancellationToken cancellationToken)
    {
        var partition = Partitions.Spread(company, id.ToString());
        while (await _clients.GetAsync(partition, Ids.NewestFirst(id.ToString()), cancellationToken) is { Value.ExternalSourceId: null } row)
        {
            if (await _clients.DeleteAsync(partition, row, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>The case of a CRM's, or null.</summary>
    public async Task<Case?> FindAsync(CompanyId company, string source, string externalId, CancellationToken cancellationToken)
    {
        var row = $"{source}~case~{externalId}";
        return await _links.GetAsync(Partitions.Spread(company, row), row, cancellationToken) is { Value: var link }
            && CaseId.TryParse(link.Id, null, out var id) ? await FindAsync(company, id, cancellationToken) : null;
    }

    /// <summary>A case, or null.</summary>
    public async Task<Case?> FindAsync(CompanyId company, CaseId id, CancellationToken cancellationToken) =>
        (await _cases.GetAsync(Partitions.Spread(company, id.ToString()), Ids.NewestFirst(id.ToString()), cancellationToken))?.Value;

    /// <summary>A client, or null.</summary>
    public async Task<Client?> FindAsync(CompanyId company, ClientId id, CancellationToken cancellationToken) =>
        (await _clients.GetAsync(Partitions.Spread(company, id.ToString()), Ids.NewestFirst(id.ToString()), cancellationToken))?.Value;

    /// <summary>Adds or changes a case; <paramref name="change"/> may run again when another writer comes between.</summary>
    /// <returns>The case as it was and as it is.</returns>
    public async Task<(Case? Before, Case After)> ChangeAsync(CompanyId company, CaseId id, Func<Case?, Case> change, CancellationToken cancellationToken)
    {
        Case? before = null;
        var after = await _cases.UpdateAsync(
            Partitions.Spread(company, id.ToString()),
            Ids.NewestFirst(id.ToString()),
            old =>
            {
                before = old;
                var changed = change(old);
                return changed == old ? old
                    : changed with { StatusPostedAt = old?.StatusPostedAt } == old ? changed
                    : changed with { UpdatedAt = clock.GetUtcNow() };
            },
            cancellationToken);
        return (before, after);
    }

    /// <summary>Adds or changes a client.</summary>
    /// <returns>The client as it is, and whether anything of it changed.</returns>
    public async Task<(Client After, bool IsChanged)> ChangeAsync(CompanyId company, ClientId id, Func<Client?, Client> change, CancellationToken cancellationToken)
    {
        var isChanged = false;
        var after = await _clients.UpdateAsync(
            Partitions.Spread(company, id.ToString()),
            Ids.NewestFirst(id.ToString()),
            old =>
            {
                var changed = change(old);
                isChanged = changed != old;
                return isChanged ? changed with { UpdatedAt = clock.GetUtcNow() } : changed;
            },
            cancellationToken);
        return (after, isChanged);
    }

    /// <summary>A page of cases, newest first; the cursor is the last id.</summary>
    public async Task<(IReadOnlyList<Case> Items, string? Next)> ListCasesAsync(CompanyId company, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _cases.MergeAsync(Partitions.All(company), new RowRange(After: after is null ? null : Ids.NewestFirst(after)), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next is null ? null : Ids.NewestFirst(next));
    }

    /// <summary>A page of clients, newest first; the cursor is the last id.</summary>
    public async Task<(IReadOnlyList<Client> Items, string? Next)> ListClientsAsync(CompanyId company, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _clients.MergeAsync(Partitions.All(company), new RowRange(After: after is null ? null : Ids.NewestFirst(after)), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next is null ? null : Ids.NewestFirst(next));
    }

    private async Task<string> LinkAsync(CompanyId company, string row, string prefix, CancellationToken cancellationToken)
    {
        var partition = Partitions.Spread(company, row);
        return (await _links.UpdateAsync(partition, row, old => old ?? new CaseLink(Ids.New(prefix, clock)), cancellationToken)).Id;
    }
}
