using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Cases;

/// <summary>A firm's case lists and who is on them.</summary>
public sealed class CaseLists(IEntityStore store, TimeProvider clock)
{
    private readonly EntityTable<CaseList> _lists = new(store, Tables.Lists, KayseJson.Default.CaseList);
    private readonly EntityTable<ListMember> _members = new(store, Tables.Lists, KayseJson.Default.ListMember);

    /// <summary>Makes a list; null when the id is taken.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="id">The id it shall have, or null for a new one.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<CaseList?> CreateAsync(CompanyId company, string? id, string name, CancellationToken cancellationToken)
    {
        var list = new CaseList(id ?? Ids.New("list", clock), name, clock.GetUtcNow());
        return await _lists.InsertAsync(Partitions.Of(company), list.Id, list, cancellationToken) ? list : null;
    }

    /// <summary>A page of a firm's lists; the cursor is the last id.</summary>
    public async Task<(IReadOnlyList<CaseList> Items, string? Next)> ListAsync(CompanyId company, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _lists.QueryAsync(Partitions.Of(company), new RowRange(After: after), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next);
    }

    /// <summary>A list by its id, or null.</summary>
    public async Task<CaseList?> FindAsync(CompanyId company, string id, CancellationToken cancellationToken) =>
        Ids.IsValid(id) ? (await _lists.GetAsync(Partitions.Of(company), id, cancellationToken))?.Value : null;

    /// <summary>The first list of a name, without regard to case, or null.</summary>
    public async Task<CaseList?> FindByNameAsync(CompanyId company, string name, CancellationToken cancellationToken)
    {
        await foreach (var row in _lists.AllAsync(Partitions.Of(company), new RowRange(), cancellationToken))
        {
            if (row.Value.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return row.Value;
            }
        }

        return null;
    }

    /// <summary>Puts a case on a list; false when it was on it.</summary>
    public Task<bool> AddAsync(CompanyId company, string listId, CaseId caseId, CancellationToken cancellationToken) =>
        _members.InsertAsync(Members(company, listId), caseId.ToString(), new ListMember(caseId, clock.GetUtcNow()), cancellationToken);

    /// <summary>Takes a case off a list; false when it was not on it, which is no error.</summary>
    public async Task<bool> RemoveAsync(CompanyId company, string listId, CaseId caseId, CancellationToken cancellationToken) =>
        await _members.GetAsync(Members(company, listId), caseId.ToString(), cancellationToken) is { } row
        && await _members.DeleteAsync(Members(company, listId), row, cancellationToken);

    /// <summary>A page of a list's members; the cursor is the last case id.</summary>
    public async Task<(IReadOnlyList<ListMember> Items, string? Next)> MembersAsync(CompanyId company, string listId, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _members.QueryAsync(Members(company, listId), new RowRange(After: after), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next);
    }

    private static string Members(CompanyId company, string listId) => Partitions.Of(company, $"list.{listId}");
}
