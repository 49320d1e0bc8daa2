using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Events;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// Takes the events that tell of a matter: it is kept in any case, so that it can be sent later, and sent at once when Lawmatics is connected and <c>autoSync</c> is on. While
/// the integration is paused or waits for a new sign-in, the sync waits. A case that only another CRM knows is that one's: it is sent when a person says so of it, and from then on by itself.
/// </summary>
public sealed class LawmaticsReaction(Matters matters, CaseStore cases, LawmaticsConnections connections, LawmaticsLinks links, LawmaticsSync sync) : IEventReaction
{
    /// <summary>The reaction's name.</summary>
    public const string ReactionName = "lawmatics-matters";

    /// <summary>A matter that was created, a document of one that was approved, an intake that is complete.</summary>
    public static EventConcern Concern { get; } = new(
        ReactionName,
        item => (item.Type is EventTypes.MatterCreated or EventTypes.DocumentApproved || EventTypes.IsIntake(item)) && (item.Case is not null || Matters.MatterIdOf(item) is not null));

    /// <inheritdoc/>
    public string Connector => ReactionName;

    /// <inheritdoc/>
    public async Task<Reaction> ReactAsync(PlatformEvent platformEvent, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        var company = platformEvent.CompanyId;
        var connection = await connections.GetAsync(company, cancellationToken);
        var matter = await matters.KeepAsync(platformEvent, await LinkedAsync(platformEvent, connection, cancellationToken), cancellationToken);
        if (matter is not null && connection.Connected && connection.Toggles.AutoSync && await IsToGoAsync(company, matter, connection, cancellationToken))
        {
            await sync.StartAsync(company, matter.Id, LawmaticsSyncOrder.ByItself, cancellationToken);
        }

        return Reaction.Finished;
    }

    private async Task<bool> IsToGoAsync(CompanyId company, Case matter, LawmaticsConnection connection, CancellationToken cancellationToken) =>
        matter.ExternalSource is Matters.Kayse or LawmaticsConnections.Crm
        || (await matters.FindAsync(company, matter.Id, cancellationToken)).MatterId is not null
        || await links.FindAsync(company, LawmaticsLinks.FirmOf(connection), matter.Id, cancellationToken) is not null;

    /// <summary>The case of an event that names it by Lawmatics' id of its matter.</summary>
    private async Task<Case?> LinkedAsync(PlatformEvent platformEvent, LawmaticsConnection connection, CancellationToken cancellationToken) =>
        platformEvent.Case is { ExternalSource: LawmaticsConnections.Crm, ExternalSourceId: { } matterId }
        && await links.CaseOfAsync(platformEvent.CompanyId, LawmaticsLinks.FirmOf(connection), matterId, cancellationToken) is { } id
            ? await cases.FindAsync(platformEvent.CompanyId, id, cancellationToken) : null;
}
