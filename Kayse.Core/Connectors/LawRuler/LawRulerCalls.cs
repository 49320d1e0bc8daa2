using Kayse.Core.Calls;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Loads what a step of the chain needs from the ids in its input.</summary>
public sealed class LawRulerCalls(EventStore events, CompanyRegister companies, LawRulerConnections connections, CaseStore cases, Campaigns campaigns)
{
    /// <summary>The call of an event, or why it cannot be sent.</summary>
    public async Task<(LawRulerCall? Call, StepOutcome? Instead)> LoadAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var company = await companies.FindAsync(attempt.Company, cancellationToken);
        var loaded = await events.LoadAsync(attempt.Company, attempt.Subject, cancellationToken);
        if (company is null || loaded is null)
        {
            return (null, StepOutcome.Refused("The event is not kept any more."));
        }

        var connection = await connections.GetAsync(attempt.Company, cancellationToken);
        var credentials = await connections.CredentialsAsync(attempt.Company, cancellationToken);
        if (!connection.Connected || credentials is null)
        {
            return (null, StepOutcome.Refused("Law Ruler is not connected. Connect it, then rerun from this step.", stopsAll: true));
        }

        var matter = await FindCaseAsync(loaded, cancellationToken);
        if (!LeadId.TryParse(matter?.ExternalSourceId ?? loaded.Case?.ExternalSourceId, null, out var lead))
        {
            return (null, StepOutcome.Refused("The event names no Lead ID and no case that has one."));
        }

        var call = CompletedCall.From(loaded);
        var client = matter is null ? null : await cases.FindAsync(attempt.Company, matter.ClientId, cancellationToken);
        var campaign = call.Campaign is null ? null : call.Campaign.Name ?? (await campaigns.FindAsync(attempt.Company, call.Campaign.Id, cancellationToken))?.Name;
        var session = new LawRulerSession(attempt.Company, credentials, connection.Settings);
        var workflow = PostCallWorkflow.Id(call.Id);
        return (new LawRulerCall(company, session, connection.Toggles, lead, call, matter, client, matter?.CaseType ?? loaded.Case?.CaseType, workflow) { CampaignName = campaign }, null);
    }

    /// <summary>The case that an event is about, where Kayse knows it.</summary>
    public async Task<Case?> FindCaseAsync(PlatformEvent platformEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        return platformEvent.Case switch
        {
            { Id: { } id } when CaseId.TryParse(id, null, out var caseId) => await cases.FindAsync(platformEvent.CompanyId, caseId, cancellationToken),
            { ExternalSource: LawRulerConnections.Crm, ExternalSourceId: { } external } =>
                await cases.FindAsync(platformEvent.CompanyId, LawRulerConnections.Crm, external, cancellationToken),
            _ => null,
        };
    }
}
