namespace Kayse.Sandbox;

/// <summary>What stands in the sandbox at its first start and after a reset. Every name, number and key here is invented.</summary>
public static class SandboxDefaults
{
    /// <summary>The port that <c>dotnet run</c> listens on when none is given.</summary>
    public const int Port = 7072;

    /// <summary>The Client Root of the seeded Law Ruler portal.</summary>
    public const string Root = "demo";

    /// <summary>The user of the Advanced API.</summary>
    public const string Username = "demo-user";

    /// <summary>The password of <see cref="Username"/>.</summary>
    public const string Password = "demo-password";

    /// <summary>The OAuth client id; Law Ruler's own documents name none, so it equals the Client Root.</summary>
    public const string ClientId = "demo";

    /// <summary>The OAuth client secret.</summary>
    public const string ClientSecret = "demo-secret";

    /// <summary>The portal's key for the Key API.</summary>
    public const string Key = "demo-key";

    /// <summary>The seeded lead.</summary>
    public const long LeadId = 711551;

    /// <summary>The contact that the seeded lead is built on.</summary>
    public const long ContactId = 88121;

    /// <summary>The seeded lead's case type.</summary>
    public const string CaseType = "Zantac";

    /// <summary>The id of <see cref="CaseType"/>.</summary>
    public const int CaseTypeId = 109;

    /// <summary>The seeded lead's status, and that of a lead created without one.</summary>
    public const string NewLeadStatus = "New Lead";

    /// <summary>The id of the seeded Lawmatics firm's OAuth client.</summary>
    public const string LawmaticsClientId = "demo-client";

    /// <summary>The secret of <see cref="LawmaticsClientId"/>.</summary>
    public const string LawmaticsClientSecret = "demo-client-secret";

    /// <summary>The id that the seeded Lawmatics firm's webhooks bear.</summary>
    public const long LawmaticsFirmId = 123;

    /// <summary>The secret that the seeded Lawmatics firm's webhooks are signed with until it is regenerated.</summary>
    public const string LawmaticsWebhookSecret = "whsec_demo-client_0001";
}
