using Kayse.Core.Calls;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// What the parameters of a webhook say about lists and campaigns. <c>list_id</c> beats <c>list_name</c>, <c>remove_from_list=true</c> beats <c>list_action</c>;
/// <c>add</c> is <c>attach</c> and <c>remove</c> is <c>detach</c>; none with a list means attach. What is not known is a warning, never an error: the case counts.
/// </summary>
public sealed class ListRouting(CaseLists lists, Campaigns campaigns, AuditLog audit)
{
    /// <summary>The campaign to associate, or null; an unknown one is a warning.</summary>
    public async Task<string?> CampaignAsync(CompanyId company, LeadPost post, IList<string> warnings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(post);
        ArgumentNullException.ThrowIfNull(warnings);
        if (post.Control("campaignid") is not { } id)
        {
            return null;
        }

        if (await campaigns.FindAsync(company, id, cancellationToken) is { } campaign)
        {
            return campaign.Id;
        }

        warnings.Add("campaign_id names no campaign of this firm; the case was stored without it.");
        return null;
    }

    /// <summary>Puts the case on the list, or takes it off.</summary>
    public async Task RouteAsync(CompanyId company, Case matter, LeadPost post, IList<string> warnings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(matter);
        ArgumentNullException.ThrowIfNull(post);
        ArgumentNullException.ThrowIfNull(warnings);
        var (id, name) = (post.Control("listid"), post.Control("listname"));
        var action = Action(post);
        if (id is null && name is null)
        {
            if (action is not null)
            {
                warnings.Add("A list action came without list_id or list_name; nothing was done with lists.");
            }

            return;
        }

        if (action is not (null or "add" or "attach" or "remove" or "detach"))
        {
            warnings.Add("list_action is none of add, attach, detach and remove; nothing was done with lists.");
            return;
        }

        var list = id is not null ? await lists.FindAsync(company, id, cancellationToken) : await lists.FindByNameAsync(company, name!, cancellationToken);
        if (list is null)
        {
            warnings.Add($"{(id is not null ? "list_id" : "list_name")} names no list of this firm; the case was stored and is on no list.");
            return;
        }

        var isAdded = action is null or "add" or "attach";
        var isDone = isAdded ? await lists.AddAsync(company, list.Id, matter.Id, cancellationToken) : await lists.RemoveAsync(company, list.Id, matter.Id, cancellationToken);
        if (isDone)
        {
            await audit.WriteAsync(
                company, LawRulerConnections.Crm, isAdded ? "list_add" : "list_remove", "done", matter.ExternalSourceId, matter.Id.ToString(), $"List {list.Id}.", cancellationToken);
        }
    }

    /// <summary>The list that a post takes its case off, or null.</summary>
    public async Task<string?> LeftAsync(CompanyId company, LeadPost post, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(post);
        return Action(post) is not ("remove" or "detach") ? null
            : post.Control("listid") ?? (post.Control("listname") is { } name ? (await lists.FindByNameAsync(company, name, cancellationToken))?.Id : null);
    }

    private static string? Action(LeadPost post) =>
        post.Control("removefromlist")?.ToUpperInvariant() is "TRUE" or "1" or "YES" ? "detach" : post.Control("listaction")?.ToLowerInvariant();
}
