using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Events;
using Kayse.Core.Sync;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Web.Integrations;

/// <summary>The connection to Lawmatics as it is shown.</summary>
/// <param name="Connected">Whether it is connected.</param>
/// <param name="ReconnectNeededSince">Since when Lawmatics refuses the token; null while it takes it.</param>
/// <param name="ConnectedAt">Since when it is connected.</param>
/// <param name="Account">Whose account it is; kept after a disconnect.</param>
/// <param name="OtherAccount">The account of another firm that somebody signed in to and that has to be decided about; null when there is none.</param>
/// <param name="Warnings">What connecting warned about.</param>
/// <param name="Toggles">What is switched on.</param>
/// <param name="Settings">The settings.</param>
/// <param name="CallbackUrl">The redirect URI for the app in Lawmatics.</param>
/// <param name="WebhookUrl">The address for Lawmatics' webhook.</param>
/// <param name="Pending">What was accepted and is not finished.</param>
/// <param name="Health">How the synchronisation is doing.</param>
public sealed record LawmaticsView(
    bool Connected,
    DateTimeOffset? ReconnectNeededSince,
    DateTimeOffset? ConnectedAt,
    LawmaticsAccount? Account,
    LawmaticsAccount? OtherAccount,
    IReadOnlyList<string> Warnings,
    LawmaticsToggles Toggles,
    LawmaticsSettings Settings,
    string CallbackUrl,
    string WebhookUrl,
    int Pending,
    SyncHealthView Health)
{
    /// <summary>The CRM.</summary>
    public string Crm { get; } = LawmaticsConnections.Crm;

    /// <summary>What each toggle controls, by its name.</summary>
    public IReadOnlyDictionary<string, string> ToggleDescriptions { get; } = Integrations.ToggleDescriptions.Lawmatics;

    /// <summary>True when an admin has to sign in to Lawmatics anew before anything goes on.</summary>
    public bool ReconnectNeeded => Connected && ReconnectNeededSince is not null;

    /// <summary>The view of the route's firm.</summary>
    public static async Task<LawmaticsView> OfAsync(HttpContext context, LawmaticsConnections connections, PendingWork pending)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(connections);
        ArgumentNullException.ThrowIfNull(pending);
        var company = context.RouteCompany().Id;
        var connection = await connections.GetAsync(company, context.RequestAborted);
        var waiting = await pending.AllAsync(company, context.RequestAborted);
        var state = await context.RequestServices.GetRequiredService<SyncHealth>().GetAsync(company, LawmaticsConnections.Crm, context.RequestAborted);
        return new LawmaticsView(
            connection.Connected, connection.ReconnectNeededSince, connection.ConnectedAt, connection.Account, connection.OtherAccount, connection.Warnings, connection.Toggles, connection.Settings,
            LawmaticsAddresses.Callback(context), LawmaticsAddresses.Webhook(context, company), waiting.Count, SyncHealthView.Of(state, waiting.Count));
    }
}
