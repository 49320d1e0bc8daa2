using Kayse.Core.Calls;
using Kayse.Core.Cases;
using Kayse.Core.Companies;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Everything that a step of the post-call chain needs to know.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Session">Its Law Ruler.</param>
/// <param name="Toggles">What it has switched on.</param>
/// <param name="Lead">The lead that everything is tied to.</param>
/// <param name="Call">The call.</param>
/// <param name="Case">The case, where Kayse knows it.</param>
/// <param name="Client">The client, where Kayse knows them.</param>
/// <param name="CaseType">The case type's name, or null.</param>
/// <param name="Workflow">The id that the chain's effects are announced under; a rerun shares it with the first run.</param>
public sealed record LawRulerCall(
    Company Company,
    LawRulerSession Session,
    LawRulerToggles Toggles,
    LeadId Lead,
    CompletedCall Call,
    Case? Case,
    Client? Client,
    string? CaseType,
    string Workflow) : LawRulerTarget(Company, Session, Toggles, Lead, Case, Client, CaseType, Workflow)
{
    /// <summary>The campaign's name, or null.</summary>
    public string? CampaignName { get; init; }
}
