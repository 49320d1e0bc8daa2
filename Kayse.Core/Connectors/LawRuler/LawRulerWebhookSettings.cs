namespace Kayse.Core.Connectors.LawRuler;

/// <summary>How the inbound webhook is read. The keys are chosen by the firm's admin in Law Ruler, so the names that are understood are settings.</summary>
public sealed record LawRulerWebhookSettings
{
    /// <summary>The fields of the customer's guide.</summary>
    public static readonly IReadOnlyList<string> GuideFields = ["Lead ID", "Contact ID", "First Name", "Last Name", "Email", "Case Type", "Status"];

    /// <summary>The ten fields of Kayse's newer guide, chosen by <c>"requiredFields": ["lawruler-2026"]</c>.</summary>
    public static readonly IReadOnlyList<string> LawRuler2026Fields =
        ["Lead ID", "Case Type ID", "Case Type", "Status ID", "Status", "Full Name", "Created Date", "Contact ID", "First Name", "Last Name"];

    /// <summary>The name of the preset.</summary>
    public const string LawRuler2026 = "lawruler-2026";

    /// <summary>The fields that are known, with the keys under which each may come. Case, spaces, underscores and hyphens of a key do not count.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> DefaultAliases = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        ["Lead ID"] = ["leadid"],
        ["Contact ID"] = ["contactid", "primarycontactid"],
        ["First Name"] = ["firstname"],
        ["Last Name"] = ["lastname"],
        ["Full Name"] = ["fullname", "name"],
        ["Email"] = ["email", "email1"],
        ["Phone"] = ["phone", "cellphone", "mobile", "homephone"],
        ["Case Type"] = ["casetype"],
        ["Case Type ID"] = ["casetypeid"],
        ["Status"] = ["status"],
        ["Status ID"] = ["statusid"],
        ["Description"] = ["description", "summary"],
        ["Address"] = ["address1", "street", "address"],
        ["City"] = ["city"],
        ["State"] = ["state"],
        ["Zip"] = ["zip", "postalcode"],
        ["Date of Birth"] = ["dob", "dateofbirth"],
        ["Created Date"] = ["createddate", "leadcreated"],
        ["Time Zone"] = ["timezone"],
    };

    /// <summary>The keys that a request must have; or the name of the preset alone.</summary>
    public IReadOnlyList<string> RequiredFields { get; init; } = GuideFields;

    /// <summary>Keys by field that are understood besides <see cref="DefaultAliases"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Aliases { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>True when the body's value beats the URL's for the same key.</summary>
    public bool BodyBeforeUrl { get; init; } = true;

    /// <summary>Values that count as blank, besides the empty one; without regard to case.</summary>
    public IReadOnlyList<string> BlankValues { get; init; } = ["null", "N/A", "."];

    /// <summary>Hours for which the old token stays good after it was rotated.</summary>
    public double TokenOverlapHours { get; init; } = 24;

    /// <summary>A static header that every request must carry, besides the token in the URL; null for none. Its value is a secret.</summary>
    public string? HeaderName { get; init; }

    /// <summary>The required fields with the preset put in.</summary>
    public IReadOnlyList<string> Required() => RequiredFields is [LawRuler2026] ? LawRuler2026Fields : RequiredFields;
}
