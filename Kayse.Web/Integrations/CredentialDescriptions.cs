namespace Kayse.Web.Integrations;

/// <summary>What each credential of the connection to Law Ruler is and where an admin finds it.</summary>
public static class CredentialDescriptions
{
    /// <summary>By the credential's name in the API.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["username"] = "The name of a Law Ruler user that the integration works as.",
        ["password"] = "That user's password.",
        ["clientRoot"] = "The firm's subdomain: of https://yourfirm.lawruler.com it is yourfirm. The whole address may be given too.",
        ["clientSecret"] = "The secret of Law Ruler's Advanced API; Law Ruler's support gives it.",
        ["key"] = "The key of the lead intake: in Law Ruler under Setup > 3rd Party Integrations.",
        ["clientId"] = "Only where Law Ruler's support has given a client id that is not the Client Root.",
    };
}
