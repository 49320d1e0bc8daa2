namespace Kayse.Sandbox.LawRuler;

/// <summary>What a portal has before anybody has worked in it.</summary>
internal static class PortalSeed
{
    /// <summary>Small ids are built in, larger ones are firm-made, as in live portals.</summary>
    public static IReadOnlyList<NamedId> Statuses { get; } =
    [
        new(1, SandboxDefaults.NewLeadStatus),
        new(3, "Sent e-Sign"),
        new(9, "Signed Retainer Contract"),
        new(10, "Converted to Case"),
        new(12, "Approved"),
        new(14, "Not Retained"),
        new(1049, "Review Needed"),
        new(2813, "Qualified – Intake Completed"),
        new(2846, "Consultation Complete**"),
    ];

    /// <summary>The second of a pair with one name; see <see cref="PortalOptions.DuplicateStatusNames"/>.</summary>
    public static NamedId DuplicateStatus { get; } = new(2851, "Signed Retainer Contract");

    public static IReadOnlyList<NamedId> CaseTypes { get; } =
    [
        new(SandboxDefaults.CaseTypeId, SandboxDefaults.CaseType),
        new(222, "INNO MVA"),
        new(231, "Camp Lejeune"),
    ];

    public static IReadOnlyList<FormField> Fields { get; } =
    [
        new("Custom1234", "Took the medicine as prescribed", "Yes/No", "Exposure"),
        new("Custom1235", "Date of first use", "Date", "Exposure"),
        new("Custom1236", "Has another attorney", "Yes/No", "Qualification"),
        new("Custom4124", "Diagnosis", "Text", "Injury"),
        new("Custom4125", "Stage", "Dropdown", "Injury") { Options = ["Stage I", "Stage II", "Stage III", "Unknown"] },
        new("Custom4126", "Symptoms", "Multi Select", "Injury") { Options = ["Nausea", "Pain, chronic", "Weight loss"] },
    ];

    /// <summary>A portal of that name, with credentials made from it; the demo's come out as <see cref="SandboxDefaults"/> says.</summary>
    public static PortalSettings Settings(string root) => new()
    {
        Username = root + "-user",
        Password = root + "-password",
        ClientId = root,
        ClientSecret = root + "-secret",
        Key = root + "-key",
    };

    public static Portal Demo(DateTimeOffset now)
    {
        var portal = new Portal { Root = SandboxDefaults.Root, Settings = Settings(SandboxDefaults.Root) };
        var lead = new Lead
        {
            Id = SandboxDefaults.LeadId,
            ContactId = SandboxDefaults.ContactId,
            Status = portal.StatusNamed(SandboxDefaults.NewLeadStatus)!,
            CaseType = portal.CaseTypeNamed(SandboxDefaults.CaseType),
            CreatedAt = now,
            UpdatedAt = now,
        };
        lead.Fields["FirstName"] = "Tilda";
        lead.Fields["LastName"] = "Quillfeather";
        lead.Fields["CellPhone"] = "5055550142";
        lead.Fields["Email1"] = "tilda.quillfeather@example.com";
        lead.Fields["LeadProvider"] = "Web";
        portal.Put(lead);
        return portal;
    }
}
