namespace Kayse.Core.Mapping;

/// <summary>What else of a case goes to the CRM after a call.</summary>
/// <param name="CaseType">The Kayse case type it is for; <c>*</c> for all linked ones without one of their own.</param>
/// <param name="Fields">The pairs.</param>
public sealed record FieldMapping(string CaseType, IReadOnlyList<FieldPair> Fields)
{
    /// <summary>The name of the mapping for all case types that have none.</summary>
    public const string AnyCaseType = "*";

    /// <summary>Before the key of a value of the call's analysis.</summary>
    public const string AnalysisPrefix = "analysis.";

    /// <summary>Before the name of a field that the CRM sent with the case.</summary>
    public const string CaseFieldPrefix = "case.fields.";

    /// <summary>What a pair may take its value from, besides <c>analysis.{key}</c> and <c>case.fields.{name}</c>.</summary>
    public static IReadOnlyList<string> Sources { get; } =
    [
        "client.firstName", "client.lastName", "client.fullName", "client.email", "client.phone", "client.address", "client.city", "client.state", "client.zip", "client.dateOfBirth",
        "case.name", "case.type", "case.description", "call.id", "call.disconnectionReason", "campaign.id", "campaign.name",
    ];

    /// <summary>What single campaigns do otherwise.</summary>
    public IReadOnlyList<CampaignOverride> Campaigns { get; init => field = value ?? []; } = [];

    /// <summary>True for what a pair may take its value from.</summary>
    public static bool IsSource(string from)
    {
        ArgumentNullException.ThrowIfNull(from);
        return Sources.Contains(from) || IsBelow(from, AnalysisPrefix) || IsBelow(from, CaseFieldPrefix);
    }

    /// <summary>The pairs for a campaign: its own laid over the case type's, by the CRM's parameter.</summary>
    public IReadOnlyList<FieldPair> For(string? campaign)
    {
        if (Campaigns.FirstOrDefault(one => one.Campaign == campaign) is not { } own)
        {
            return Fields;
        }

        var names = own.Fields.Select(pair => pair.To.Trim()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. Fields.Where(pair => !names.Contains(pair.To.Trim())),
            .. own.Fields.Where(pair => pair.From is not null).Select(pair => new FieldPair(pair.From!, pair.To)),
        ];
    }

    private static bool IsBelow(string from, string prefix) => from.Length > prefix.Length && from.StartsWith(prefix, StringComparison.Ordinal);
}

/// <summary>One pair.</summary>
/// <param name="From">Where the value comes from, e.g. <c>client.firstName</c>.</param>
/// <param name="To">The CRM's parameter, e.g. <c>FirstName</c>.</param>
public sealed record FieldPair(string From, string To);

/// <summary>What one campaign does otherwise than its case type.</summary>
/// <param name="Campaign">The campaign's id.</param>
/// <param name="Fields">The pairs that take the place of those with the same parameter, or come to them.</param>
public sealed record CampaignOverride(string Campaign, IReadOnlyList<OverridePair> Fields);

/// <summary>One pair of a campaign's.</summary>
/// <param name="From">Where the value comes from; null to send nothing for this parameter.</param>
/// <param name="To">The CRM's parameter.</param>
public sealed record OverridePair(string? From, string To);
