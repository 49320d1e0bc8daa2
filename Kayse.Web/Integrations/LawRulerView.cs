using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Events;
using Kayse.Core.Sync;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Web.Integrations;

/// <summary>The connection to Law Ruler as it is shown.</summary>
/// <param name="Connected">Whether it is connected.</param>
/// <param name="ClientRoot">The firm's subdomain.</param>
/// <param name="ConnectedAt">Since when.</param>
/// <param name="Warnings">What connecting warned about.</param>
/// <param name="Toggles">What is switched on.</param>
/// <param name="Settings">The settings.</param>
/// <param name="Pending">What was accepted and is not finished.</param>
/// <param name="Health">How the synchronisation is doing.</param>
/// <param name="Checklist">The steps of the setup, in order, done or not.</param>
public sealed record LawRulerView(
    bool Connected,
    string? ClientRoot,
    DateTimeOffset? ConnectedAt,
    IReadOnlyList<string> Warnings,
    LawRulerToggles Toggles,
    LawRulerSettings Settings,
    int Pending,
    SyncHealthView Health,
    IReadOnlyList<ChecklistStep> Checklist)
{
    /// <summary>The CRM.</summary>
    public string Crm { get; } = LawRulerConnections.Crm;

    /// <summary>What each toggle controls, by its name.</summary>
    public IReadOnlyDictionary<string, string> ToggleDescriptions { get; } = Integrations.ToggleDescriptions.LawRuler;

    /// <summary>What each credential is and where it is found, by its name.</summary>
    public IReadOnlyDictionary<string, string> CredentialDescriptions { get; } = Integrations.CredentialDescriptions.All;

    /// <summary>With the answer to a change that switched the sync of statuses on again: what became of what was queued.</summary>
    public StatusResumed? StatusResume { get; init; }

    /// <summary>The view of the route's firm.</summary>
    public static async Task<LawRulerView> OfAsync(HttpContext context, LawRulerConnections connections, PendingWork pending)
    {
        ArgumentNullException.ThrowIfNull(connections);
        ArgumentNullException.ThrowIfNull(pending);
        var company = context.RouteCompany().Id;
        var connection = await connections.GetAsync(company, context.RequestAborted);
        var waiting = await pending.AllAsync(company, context.RequestAborted);
        var state = await context.RequestServices.GetRequiredService<SyncHealth>().GetAsync(company, LawRulerConnections.Crm, context.RequestAborted);
        var checklist = await context.RequestServices.GetRequiredService<SetupChecklist>().OfAsync(company, connection, context.RequestAborted);
        return new LawRulerView(
            connection.Connected, connection.ClientRoot, connection.ConnectedAt, connection.Warnings, connection.Toggles, connection.Settings, waiting.Count, SyncHealthView.Of(state, waiting.Count), checklist);
    }
}
