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

    /// <summary>The list of leads whose case type does not come in: their notes wait for nothing.</summary>
    public const string Excluded = "excluded";

    // What nobody has asked for in so long is not worth a look each hour.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(180);

    private readonly EntityTable<WaitingLead> _leads = new(store, Tables.Integrations, static () => KayseJson.Default.WaitingLead);

    /// <summary>Puts a lead on a list; one that is on it stays as it is.</summary>
    public Task AddAsync(CompanyId company, string list, LeadId lead, CancellationToken cancellationToken) =>
        _leads.InsertAsync(Partition(company, list), lead.ToString(), new WaitingLead(lead, clock.GetUtcNow()), cancellationToken);

    /// <summary>A page of a list, by the leads' ids; the cursor is the last Lead ID.</summary>
    public async Task<(IReadOnlyList<WaitingLead> Items, string? Next)> ListAsync(CompanyId company, string list, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _leads.QueryAsync(Partition(company, list), new RowRange(After: after), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next);
    }

    /// <summary>True when a lead is on a list.</summary>
    public async Task<bool> ContainsAsync(CompanyId company, string list, LeadId lead, CancellationToken cancellationToken) =>
        await _leads.GetAsync(Partition(company, list), lead.ToString(), cancellationToken) is not null;

    /// <summary>The first lead of a list that is not put off, or null.</summary>
    public async Task<WaitingLead?> NextAsync(CompanyId company, string list, CancellationToken cancellationToken)
    {
        const int page = 100;
        string? after = null;
        do
        {
            var (leads, next) = await ListAsync(company, list, after, page, cancellationToken);
            if (leads.FirstOrDefault(lead => !IsPutOff(lead)) is { } first)
            {
                return first;
            }

            after = next;
        }
        while (after is not null);
        return null;
    }

    /// <summary>True for a lead that is left alone for now because it could not be read.</summary>
    public bool IsPutOff(WaitingLead lead)
    {
        ArgumentNullException.ThrowIfNull(lead);
        return lead.NotBefore > clock.GetUtcNow();
    }

    /// <summary>True for a lead that has waited so long that it is taken off its list.</summary>
    public bool IsOld(WaitingLead lead)
    {
        ArgumentNullException.ThrowIfNull(lead);
        return clock.GetUtcNow() - lead.Since > s_longest;
    }

    /// <summary>Notes that a lead could not be read. After some tries it is put off, so that those behind it get their turn.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="list">The list.</param>
    /// <param name="lead">The lead.</param>
    /// <param name="at">What of it could not be read, e.g. a document's id; null for the lead itself. Tries of something else do not count.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The lead as it stands.</returns>
    public async Task<WaitingLead> FailedAsync(CompanyId company, string list, WaitingLead lead, string? at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lead);
        var tries = (lead.At == at ? lead.Tries : 0) + 1;
        var failed = lead with { At = at, Tries = tries, NotBefore = tries % WaitingLead.TriesATime == 0 ? clock.GetUtcNow().AddHours(1) : null };
        await GoOnAsync(company, list, lead.Lead, failed, cancellationToken);
        return failed;
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
/// <param name="Tries">How often in a row what is next could not be read.</param>
/// <param name="At">What that is, e.g. a document's id; null for the lead itself.</param>
/// <param name="NotBefore">Until when it is left alone; null for not at all.</param>
public sealed record WaitingLead(LeadId Lead, DateTimeOffset Since, int Page = 1, int Seen = 0, int Tries = 0, string? At = null, DateTimeOffset? NotBefore = null)
{
    /// <summary>So many tries are made one after the other; then it is put off.</summary>
    public const int TriesATime = 3;

    /// <summary>After so many tries, over several hours, a document is given up.</summary>
    public const int MostTries = 3 * TriesATime;

    // A lead's list that goes on behind so many pages is one that does not end.
    private const int MaxPages = 200;

    /// <summary>True when its list has gone on for so long that it is not read further.</summary>
    public bool IsEndless => Page >= MaxPages;

    /// <summary>Behind a page; null behind the last, and where the list does not end.</summary>
    public WaitingLead? Behind(LawRulerSyncPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        return page.IsLast || IsEndless ? null : new WaitingLead(Lead, Since, Page + 1, Seen + page.Items.Count);
    }
}
