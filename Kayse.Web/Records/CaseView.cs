using Kayse.Core.Cases;

namespace Kayse.Web.Records;

/// <summary>A case as it is answered; how its status is kept in step stays inside.</summary>
/// <param name="Id">Kayse's id.</param>
/// <param name="ExternalSource">The CRM that it came from.</param>
/// <param name="ExternalSourceId">Its id there.</param>
/// <param name="ClientId">The client.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Description">What it is about.</param>
/// <param name="CaseType">The case type's name.</param>
/// <param name="CaseTypeId">The CRM's id of the case type.</param>
/// <param name="Status">The status's name.</param>
/// <param name="StatusId">The CRM's id of the status.</param>
/// <param name="StatusOrigin">Who set the status.</param>
/// <param name="StatusAt">When it was set.</param>
/// <param name="ExternalCreatedAt">When the CRM says that it was created.</param>
/// <param name="CampaignId">Its campaign.</param>
/// <param name="Fields">What else the CRM has told of it.</param>
/// <param name="CreatedAt">When it came.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record CaseView(
    CaseId Id,
    string ExternalSource,
    string ExternalSourceId,
    ClientId ClientId,
    string? Name,
    string? Description,
    string? CaseType,
    string? CaseTypeId,
    string? Status,
    string? StatusId,
    string? StatusOrigin,
    DateTimeOffset? StatusAt,
    DateTimeOffset? ExternalCreatedAt,
    string? CampaignId,
    SortedFields Fields,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>The view of a case.</summary>
    public static CaseView Of(Case matter)
    {
        ArgumentNullException.ThrowIfNull(matter);
        return new CaseView(
            matter.Id, matter.ExternalSource, matter.ExternalSourceId, matter.ClientId, matter.Name, matter.Description, matter.CaseType, matter.CaseTypeId, matter.Status, matter.StatusId,
            matter.StatusOrigin, matter.StatusAt, matter.ExternalCreatedAt, matter.CampaignId, matter.Fields, matter.CreatedAt, matter.UpdatedAt);
    }
}
