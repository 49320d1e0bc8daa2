using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Leads of which something is to be read: notes of those that had no case when the notes came, documents of those that changed.</summary>
public sealed class WaitingLeads(IEntityStore store, TimeProvider clock)
{
    /// <summary>The list of leads that have notes and no case. When the case comes, the next sync fetches its notes.</summary>
    public const string Unmatched = "unmatched";

    /// <summary>The list of leads that changed since their documents were last looked through.</summary>
    public const string Documents = "documents";

    private readonly EntityTable<WaitingLead> _leads = new(store, Tables.Integrations, KayseJson.Default.WaitingLead);

    /// <summary>Puts a lead on a list; one that is on it stays as it is.</summary>
    public Task AddAsync(CompanyId company, string list, LeadId lead, CancellationToken cancellationToken) =>
        _leads.InsertAsync(Partition(company, list), lead.ToString(), new WaitingLead(lead, clock.GetUtcNow()), cancellationToken);

    /// <summary>A page of a list, by the leads' ids; the cursor is the last Lead ID.</summary>
    public async Task<(IReadOnlyList<WaitingLead> Items, string? Next)> ListAsync(CompanyId company, string list, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _leads.QueryAsync(Partition(company, list), new RowRange(After: after), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next);
    }

    /// <summary>Writes how far a lead was read; null takes it off the list.</summary>
    public async Task GoOnAsync(CompanyId company, string list, LeadId lead, WaitingLead? next, CancellationToken cancellationToken)
    {
        var partition = Partition(company, list);
        while (await _leads.GetAsync(partition, lead.ToString(), cancellationToken) is { } row)
        {
            if (next is null ? await _leads.DeleteAsync(partition, row, cancellationToken) : await _leads.ReplaceAsync(partition, row, next, cancellationToken))
            {
                return;
            }
        }
    }

    private static string Partition(CompanyId company, string list) => Partitions.Of(company, $"{LawRulerConnections.Crm}-{list}");
}

/// <summary>A lead of which something is to be read.</summary>
/// <param name="Lead">The Lead ID.</param>
/// <param name="Since">Since when.</param>
/// <param name="Page">The next page, from 1.</param>
/// <param name="Seen">How many records the pages before it had.</param>
public sealed record WaitingLead(LeadId Lead, DateTimeOffset Since, int Page = 1, int Seen = 0)
{
    /// <summary>Behind a page; null behind the last.</summary>
    public WaitingLead? Behind(LawRulerSyncPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        return page.IsLast ? null : this with { Page = Page + 1, Seen = Seen + page.Items.Count };
    }
}
