using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;

namespace Kayse.Web.Integrations;

/// <summary>The steps by which an admin sets the connection to Law Ruler up, in the safest order, each done or not by what is really there.</summary>
public sealed class SetupChecklist(Mappings mappings, AutoAdd autoAdd, LawRulerHosts hosts)
{
    /// <summary>The four steps of a firm.</summary>
    public async Task<IReadOnlyList<ChecklistStep>> OfAsync(CompanyId company, LawRulerConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var links = await mappings.LinksAsync(company, LawRulerConnections.Crm, cancellationToken);
        var rules = await autoAdd.RulesAsync(company, cancellationToken);
        var hasRouting = connection.WebhookRoutedAt is not null || rules.Any(rule => rule.Enabled);
        return
        [
            new("webhook", connection.WebhookSeenAt is not null, Optional: false, "In Law Ruler, open Setup > Webhooks, edit the webhook and paste the webhook URL into API URL. This step is done when the first post that has all required fields, or Law Ruler's test, has come.") { Link = connection.ClientRoot is { } root ? LawRulerHosts.At(hosts.PortalUrl, root, "/") : null },
            new("parameters", hasRouting, Optional: true, "To route leads into a list or a campaign, add parameters such as list_id to the URL, or switch auto-add on for a list. This step is done when a post has brought such a parameter, or a list's auto-add rule is on."),
            new("caseTypes", links.Entries.Count > 0, Optional: false, "Link Law Ruler's case types to Kayse's before relying on mapped fields: fields of a case type that is not linked are not sent."),
            new("toggles", AreOn(connection.Toggles), Optional: false, "Last, turn on Enable Integration, Receive data, Send data with the kinds of data that shall go out, and Sync case statuses."),
        ];
    }

    private static bool AreOn(LawRulerToggles toggles) =>
        toggles is { EnableIntegration: true, ReceiveData: true, SendData: true, SyncCaseStatuses: true }
        && (toggles.SendMappedFields || toggles.SendMessages || toggles.SendCallRecords || toggles.SendDocuments);
}

/// <summary>A step of the setup.</summary>
/// <param name="Step"><c>webhook</c>, <c>parameters</c>, <c>caseTypes</c> or <c>toggles</c>.</param>
/// <param name="Done">Whether it is done.</param>
/// <param name="Optional">Whether the setup is complete without it.</param>
/// <param name="Text">What to do, and when it counts as done.</param>
public sealed record ChecklistStep(string Step, bool Done, bool Optional, string Text)
{
    /// <summary>Where in the CRM it is done, or null.</summary>
    public Uri? Link { get; init; }
}
