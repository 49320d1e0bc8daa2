using Kayse.Core.Calls;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Loads what a step in Law Ruler needs from the ids in its input.</summary>
public sealed class LawRulerCalls(EventStore events, CompanyRegister companies, LawRulerConnections connections, CaseStore cases, Campaigns campaigns, OutboundCaseTypes caseTypes)
{
    /// <summary>The call of an event, or why it cannot be sent.</summary>
    public async Task<(LawRulerCall? Call, StepOutcome? Instead)> LoadAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var (target, loaded, instead) = await LoadEventAsync(attempt, cancellationToken);
        if (target is null)
        {
            return (null, instead);
        }

        var call = CompletedCall.From(loaded!);
        var campaign = call.Campaign is null ? null : call.Campaign.Name ?? (await campaigns.FindAsync(attempt.Company, call.Campaign.Id, cancellationToken))?.Name;
        var loadedCall = new LawRulerCall(target.Company, target.Session, target.Toggles, target.Lead, call, target.Case, target.Client, target.CaseType, target.Workflow)
        {
            CampaignName = campaign,
            SendsCaseType = target.SendsCaseType,
        };
        return (loadedCall, null);
    }

    /// <summary>An event and the lead that it is about, or why nothing can be done about it.</summary>
    public async Task<(LawRulerTarget? Target, PlatformEvent? Event, StepOutcome? Instead)> LoadEventAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var company = await companies.FindAsync(attempt.Company, cancellationToken);
        var loaded = await events.LoadAsync(attempt.Company, attempt.Subject, cancellationToken);
        if (company is null || loaded is null)
        {
            return (null, null, StepOutcome.Refused("The event is not kept any more."));
        }

        var matter = await FindCaseAsync(loaded, cancellationToken);
        var (target, instead) = await TargetAsync(
            company, attempt.Workflow, matter, matter?.ExternalSourceId ?? loaded.Case?.ExternalSourceId, matter?.CaseType ?? loaded.Case?.CaseType, cancellationToken);
        return (target, loaded, instead);
    }

    /// <summary>A case's lead, or why nothing can be done about it.</summary>
    public async Task<(LawRulerTarget? Target, StepOutcome? Instead)> LoadCaseAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var company = await companies.FindAsync(attempt.Company, cancellationToken);
        var matter = CaseId.TryParse(attempt.Subject, null, out var id) ? await cases.FindAsync(attempt.Company, id, cancellationToken) : null;
        return company is null || matter is null
            ? (null, StepOutcome.Refused("The case is not kept any more."))
            : await TargetAsync(company, attempt.Workflow, matter, matter.ExternalSourceId, matter.CaseType, cancellationToken);
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

    private async Task<(LawRulerTarget? Target, StepOutcome? Instead)> TargetAsync(
        Company company, string workflow, Case? matter, string? externalId, string? caseType, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company.Id, cancellationToken);
        var credentials = await connections.CredentialsAsync(company.Id, cancellationToken);
        if (!connection.Connected || credentials is null)
        {
            return (null, StepOutcome.Refused("Law Ruler is not connected. Connect it, then rerun from this step.", stopsAll: true));
        }

        if (!LeadId.TryParse(externalId, null, out var lead))
        {
            return (null, StepOutcome.Refused("The event names no Lead ID and no case that has one."));
        }

        var client = matter is null ? null : await cases.FindAsync(company.Id, matter.ClientId, cancellationToken);
        var session = new LawRulerSession(company.Id, credentials, connection.Settings);
        var target = new LawRulerTarget(company, session, connection.Toggles, lead, matter, client, caseType, LawRulerWorkflows.First(workflow))
        {
            SendsCaseType = await caseTypes.IncludesAsync(company.Id, connection.Settings, matter, caseType, cancellationToken),
        };
        return (target, null);
    }
}
