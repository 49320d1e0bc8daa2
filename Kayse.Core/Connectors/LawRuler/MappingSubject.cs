using Kayse.Core.Calls;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>What a mapping takes its values from; what is null is not known.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Settings">Its settings.</param>
public sealed record MappingSubject(CompanyId Company, LawRulerSettings Settings)
{
    /// <summary>The case.</summary>
    public Case? Case { get; init; }

    /// <summary>The client.</summary>
    public Client? Client { get; init; }

    /// <summary>The call.</summary>
    public CompletedCall? Call { get; init; }

    /// <summary>The case type's name.</summary>
    public string? CaseType { get; init; }

    /// <summary>The campaign's id.</summary>
    public string? Campaign { get; init; }

    /// <summary>The campaign's name.</summary>
    public string? CampaignName { get; init; }

    /// <summary>What a call brings.</summary>
    public static MappingSubject Of(LawRulerCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new MappingSubject(call.Company.Id, call.Settings)
        {
            Case = call.Case,
            Client = call.Client,
            Call = call.Call,
            CaseType = call.CaseType,
            Campaign = call.Call.Campaign?.Id,
            CampaignName = call.CampaignName,
        };
    }

    /// <summary>The value of a source of a mapping, or null.</summary>
    public GivenValue? Value(string from)
    {
        ArgumentNullException.ThrowIfNull(from);
        return from switch
        {
            "client.dateOfBirth" => GivenValue.Of(Client?.DateOfBirth),
            _ when from.StartsWith(FieldMapping.AnalysisPrefix, StringComparison.Ordinal) =>
                Call?.CustomData.FirstOrDefault(datum => datum.Key == from[FieldMapping.AnalysisPrefix.Length..])?.Texts(Settings.Yes, Settings.No) is { } texts ? new GivenValue(texts) : null,
            _ when from.StartsWith(FieldMapping.CaseFieldPrefix, StringComparison.Ordinal) => GivenValue.Of(Case?.Fields.Values.GetValueOrDefault(from[FieldMapping.CaseFieldPrefix.Length..])),
            _ => GivenValue.Of(Text(from)),
        };
    }

    private string? Text(string from) => from switch
    {
        "client.firstName" => Client?.FirstName ?? Call?.ClientFirstName,
        "client.lastName" => Client?.LastName,
        "client.fullName" => Client?.FullName,
        "client.email" => Client?.Email,
        "client.phone" => PhoneNumber.ForLawRuler(Client?.Phone),
        "client.address" => Client?.Address,
        "client.city" => Client?.City,
        "client.state" => Client?.State,
        "client.zip" => Client?.Zip,
        "case.name" => Case?.Name,
        "case.type" => CaseType,
        "case.description" => Case?.Description,
        "call.id" => Call?.Id.ToString(),
        "call.disconnectionReason" => Call?.DisconnectionReason,
        "campaign.id" => Campaign,
        "campaign.name" => CampaignName,
        _ => null,
    };
}
