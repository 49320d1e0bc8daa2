namespace Kayse.Core.Mapping;

/// <summary>Into which stage of the CRM's a new case goes, by its case type.</summary>
/// <param name="Entries">What was saved; a case type without an entry has a default.</param>
public sealed record StageMapping(IReadOnlyList<StageLink> Entries)
{
    /// <summary>The entry for all case types that have none.</summary>
    public const string AnyCaseType = "*";

    /// <summary>Nothing was saved.</summary>
    public static StageMapping None { get; } = new([]);

    /// <summary>The entry of a case type: its own, else the one for all; null where there is neither.</summary>
    public StageLink? Find(string? caseType) =>
        Entries.FirstOrDefault(entry => CaseTypeLinks.Same(entry.Kayse, caseType)) ?? Entries.FirstOrDefault(entry => entry.Kayse == AnyCaseType);
}

/// <summary>One entry.</summary>
/// <param name="Kayse">Kayse's case type, or <c>*</c>.</param>
/// <param name="Crm">The stage's name; null to send none, and leave it to the CRM.</param>
/// <param name="CrmId">The stage's id.</param>
/// <param name="PracticeArea">The practice area's name; null for the one that the case names.</param>
/// <param name="PracticeAreaId">The practice area's id.</param>
public sealed record StageLink(string Kayse, string? Crm, string? CrmId, string? PracticeArea = null, string? PracticeAreaId = null);
