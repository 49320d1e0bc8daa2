using System.Security.Cryptography;
using System.Text;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Cases;

/// <summary>A firm's case lists and who is on them.</summary>
public sealed class CaseLists(IEntityStore store, TimeProvider clock)
{
    private readonly EntityTable<CaseList> _lists = new(store, Tables.Lists, static () => KayseJson.Default.CaseList);
    private readonly EntityTable<CaseLink> _names = new(store, Tables.Lists, static () => KayseJson.Default.CaseLink);
    private readonly EntityTable<ListMember> _members = new(store, Tables.Lists, static () => KayseJson.Default.ListMember);

    /// <summary>Makes a list; null when the id is taken.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="id">The id it shall have, or null for a new one.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<CaseList?> CreateAsync(CompanyId company, string? id, string name, CancellationToken cancellationToken)
    {
        var list = new CaseList(id ?? Ids.New("list", clock), name, clock.GetUtcNow());
        // The name first: one that leads to no list leads nowhere, but a list without it would never be found.
        await NameAsync(company, list, cancellationToken);
        return await _lists.InsertAsync(Partitions.Of(company), list.Id, list, cancellationToken) ? list : null;
    }

    /// <summary>Gives a list another name; null when there is no such list. Its id, by which rules and webhooks know it, stays.</summary>
    public async Task<CaseList?> RenameAsync(CompanyId company, string id, string name, CancellationToken cancellationToken)
    {
        while (Ids.IsValid(id) && await _lists.GetAsync(Partitions.Of(company), id, cancellationToken) is { } row)
        {
            var renamed = row.Value with { Name = name };
            await NameAsync(company, renamed, cancellationToken);
            if (await _lists.ReplaceAsync(Partitions.Of(company), row, renamed, cancellationToken))
            {
                return renamed;
            }
        }

        return null;
    }

    /// <summary>Deletes a list with its members; false when there is no such list. What a crash has cut off is finished by the next call.</summary>
    public async Task<bool> DeleteAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        while (Ids.IsValid(id) && await _lists.GetAsync(Partitions.Of(company), id, cancellationToken) is { } row)
        {
            await ClearAsync(company, id, cancellationToken);
            if (await _lists.DeleteAsync(Partitions.Of(company), row, cancellationToken))
            {
                // Who joined meanwhile would be on the next list of this id.
                await ClearAsync(company, id, cancellationToken);
                return true;
            }
        }

        return false;
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
    public async Task<CaseList?> FindByNameAsync(CompanyId company, string name, CancellationToken cancellationToken) =>
        await _names.GetAsync(Names(company), NameRow(name), cancellationToken) is { Value: var link }
            && await FindAsync(company, link.Id, cancellationToken) is { } list && list.Name.Equals(name, StringComparison.OrdinalIgnoreCase) ? list : null;

    /// <summary>Puts a case on a list; false when it was on it.</summary>
    public Task<bool> AddAsync(CompanyId company, string listId, CaseId caseId, CancellationToken cancellationToken) =>
        _members.InsertAsync(Member(company, listId, caseId), caseId.ToString(), new ListMember(caseId, clock.GetUtcNow()), cancellationToken);

    /// <summary>Takes a case off a list; false when it was not on it, which is no error.</summary>
    public async Task<bool> RemoveAsync(CompanyId company, string listId, CaseId caseId, CancellationToken cancellationToken)
    {
        var partition = Member(company, listId, caseId);
        return await _members.GetAsync(partition, caseId.ToString(), cancellationToken) is { } row && await _members.DeleteAsync(partition, row, cancellationToken);
    }

    /// <summary>True when a case is on a list.</summary>
    public async Task<bool> ContainsAsync(CompanyId company, string listId, CaseId caseId, CancellationToken cancellationToken) =>
        await _members.GetAsync(Member(company, listId, caseId), caseId.ToString(), cancellationToken) is not null;

    /// <summary>A page of a list's members; the cursor is the last case id.</summary>
    public async Task<(IReadOnlyList<ListMember> Items, string? Next)> MembersAsync(CompanyId company, string listId, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _members.MergeAsync(Partitions.All(company, Part(listId)), new RowRange(After: after), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next);
    }

    private async Task ClearAsync(CompanyId company, string listId, CancellationToken cancellationToken)
    {
        foreach (var partition in Partitions.All(company, Part(listId)))
        {
            while (await store.QueryAsync(Tables.Lists, partition, new RowRange(), EntityRules.MaxOperations, cancellationToken) is { Rows.Count: > 0 } page)
            {
                // One that has left meanwhile lets the whole batch go once more.
                await store.CommitAsync(Tables.Lists, partition, [.. page.Rows.Select(row => EntityOperation.Delete(row.Row, row.ETag))], cancellationToken);
            }
        }
    }

    private async Task NameAsync(CompanyId company, CaseList list, CancellationToken cancellationToken)
    {
        var link = new CaseLink(list.Id);
        if (!await _names.InsertAsync(Names(company), NameRow(list.Name), link, cancellationToken)
            && await FindByNameAsync(company, list.Name, cancellationToken) is null
            && await _names.GetAsync(Names(company), NameRow(list.Name), cancellationToken) is { } stale)
        {
            await _names.ReplaceAsync(Names(company), stale, link, cancellationToken);
        }
    }

    private static string Names(CompanyId company) => Partitions.Of(company, "listnames");

    // A name may have letters that no key takes.
    private static string NameRow(string name) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name.ToUpperInvariant())));

    private static string Part(string listId) => $"list.{listId}";

    private static string Member(CompanyId company, string listId, CaseId caseId) => Partitions.Spread(company, Part(listId), caseId.ToString());
}
