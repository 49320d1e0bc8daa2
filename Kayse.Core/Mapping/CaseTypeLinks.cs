namespace Kayse.Core.Mapping;

/// <summary>Which case types of the CRM are which of Kayse's. Several of the CRM's may be one of Kayse's.</summary>
/// <param name="Entries">The links.</param>
public sealed record CaseTypeLinks(IReadOnlyList<CaseTypeLink> Entries)
{
    /// <summary>None.</summary>
    public static CaseTypeLinks None { get; } = new([]);

    /// <summary>
    /// The link of a case: by the CRM's id where both have one, else by the CRM's name, else by Kayse's. A CRM may have two case types of one name,
    /// so an id that is known and linked to nothing is not overruled by a name.
    /// </summary>
    /// <param name="crmId">The CRM's id of the case's type, or null.</param>
    /// <param name="name">The case type's name, the CRM's or Kayse's, or null.</param>
    public CaseTypeLink? Find(string? crmId, string? name)
    {
        if (crmId is null)
        {
            return Entries.FirstOrDefault(link => Same(link.Crm, name)) ?? Entries.FirstOrDefault(link => Same(link.Kayse, name));
        }

        return Entries.FirstOrDefault(link => link.CrmId == crmId) ?? Entries.FirstOrDefault(link => link.CrmId is null && Same(link.Crm, name));
    }

    /// <summary>The links of a Kayse case type, named by its own name or by a name or id of the CRM's that is linked to it.</summary>
    public IReadOnlyList<CaseTypeLink> Of(string caseType)
    {
        var kayse = Entries.FirstOrDefault(link => Same(link.Kayse, caseType)) ?? Entries.FirstOrDefault(link => Same(link.Crm, caseType) || link.CrmId == caseType);
        return kayse is null ? [] : [.. Entries.Where(link => Same(link.Kayse, kayse.Kayse))];
    }

    /// <summary>True when two names mean one case type: case and outer spaces do not count.</summary>
    public static bool Same(string? a, string? b) => a is not null && b is not null && string.Equals(a.Trim(), b.Trim(), StringComparison.OrdinalIgnoreCase);
}

/// <summary>One link.</summary>
/// <param name="Kayse">Kayse's case type.</param>
/// <param name="Crm">The CRM's name for it.</param>
/// <param name="CrmId">The CRM's id, or null where it is not known.</param>
public sealed record CaseTypeLink(string Kayse, string Crm, string? CrmId);
