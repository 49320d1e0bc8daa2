namespace Kayse.Core.Mapping;

/// <summary>What else of a case goes to the CRM after a call.</summary>
/// <param name="CaseType">The case type it is for; <c>*</c> for all without one of their own.</param>
/// <param name="Fields">The pairs.</param>
public sealed record FieldMapping(string CaseType, IReadOnlyList<FieldPair> Fields)
{
    /// <summary>The name of the mapping for all case types that have none.</summary>
    public const string AnyCaseType = "*";

    /// <summary>What a pair may take its value from, besides <c>analysis.{key}</c>.</summary>
    public static IReadOnlyList<string> Sources { get; } =
    [
        "client.firstName", "client.lastName", "client.fullName", "client.email", "client.phone", "client.address", "client.city", "client.state", "client.zip",
        "case.name", "case.type", "case.description", "call.id", "call.disconnectionReason", "campaign.id", "campaign.name",
    ];
}

/// <summary>One pair.</summary>
/// <param name="From">Where the value comes from, e.g. <c>client.firstName</c>.</param>
/// <param name="To">The CRM's parameter, e.g. <c>FirstName</c>.</param>
public sealed record FieldPair(string From, string To);
