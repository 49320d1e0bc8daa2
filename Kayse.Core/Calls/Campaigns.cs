using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Calls;

/// <summary>A campaign of AI calls.</summary>
/// <param name="Id">The platform's id.</param>
/// <param name="Name">What it is called.</param>
public sealed record Campaign(string Id, string Name);

/// <summary>A firm's campaigns: named by an admin, or learned from the events that name them.</summary>
public sealed class Campaigns(IEntityStore store)
{
    private const int MaxName = 200;

    private readonly EntityTable<Campaign> _campaigns = new(store, Tables.Campaigns, static () => KayseJson.Default.Campaign);

    /// <summary>A campaign, or null.</summary>
    public async Task<Campaign?> FindAsync(CompanyId company, string id, CancellationToken cancellationToken) =>
        Ids.IsValid(id) ? (await _campaigns.GetAsync(Partitions.Of(company), id, cancellationToken))?.Value : null;

    /// <summary>Names a campaign.</summary>
    public Task<Campaign> SetAsync(CompanyId company, string id, string name, CancellationToken cancellationToken) =>
        _campaigns.UpdateAsync(Partitions.Of(company), id, _ => new Campaign(id, name), cancellationToken);

    /// <summary>Notes a campaign that an event names, unless it is known.</summary>
    public async Task LearnAsync(CompanyId company, CallCampaign? campaign, CancellationToken cancellationToken)
    {
        if (campaign is { Name: { Length: > 0 } name } && Ids.IsValid(campaign.Id))
        {
            var shown = name.Length > MaxName ? name[..MaxName] : name;
            await _campaigns.InsertAsync(Partitions.Of(company), campaign.Id, new Campaign(campaign.Id, shown), cancellationToken);
        }
    }

    /// <summary>A page of campaigns; the cursor is the last id.</summary>
    public async Task<(IReadOnlyList<Campaign> Items, string? Next)> ListAsync(CompanyId company, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _campaigns.QueryAsync(Partitions.Of(company), new RowRange(After: after), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next);
    }
}
