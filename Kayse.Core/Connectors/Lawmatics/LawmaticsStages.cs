using Kayse.Core.Companies;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Into which stage and practice area a new matter goes: as an admin has chosen for its case type, else by <see cref="StageDefaults"/>.</summary>
public sealed class LawmaticsStages(Mappings mappings)
{
    /// <summary>The key under which what is mapped for a Lawmatics firm is kept: its ids are its own.</summary>
    public static string Key(string firm) => $"{LawmaticsConnections.Crm}.{firm}";

    /// <summary>What was saved.</summary>
    public Task<StageMapping> SavedAsync(CompanyId company, string firm, CancellationToken cancellationToken) => mappings.StagesAsync(company, Key(firm), cancellationToken);

    /// <summary>Replaces what was saved.</summary>
    public Task SaveAsync(CompanyId company, string firm, StageMapping mapping, CancellationToken cancellationToken) => mappings.SetStagesAsync(company, Key(firm), mapping, cancellationToken);

    /// <summary>The stage and practice area of a case type.</summary>
    /// <param name="saved">What was saved.</param>
    /// <param name="caseType">The case type, or null.</param>
    /// <param name="practiceArea">The practice area that the case names, or null.</param>
    /// <param name="stages">The firm's stages.</param>
    /// <param name="areas">The firm's practice areas.</param>
    public static StageChoice Choose(StageMapping saved, string? caseType, string? practiceArea, IReadOnlyList<CrmStage> stages, IReadOnlyList<CrmCaseType> areas)
    {
        ArgumentNullException.ThrowIfNull(saved);
        ArgumentNullException.ThrowIfNull(stages);
        ArgumentNullException.ThrowIfNull(areas);
        var entry = saved.Find(caseType);
        var suggested = StageDefaults.AreaOf(caseType, practiceArea);
        var area = entry?.PracticeAreaId is { } areaId ? areas.FirstOrDefault(one => one.Id == areaId) : StageDefaults.AreaOf(practiceArea, areas) ?? StageDefaults.AreaOf(suggested, areas);
        var stage = entry is null ? StageDefaults.StageOf(suggested, stages) : entry.CrmId is null ? null : stages.FirstOrDefault(one => one.Id == entry.CrmId);
        return new StageChoice(entry, stage, area)
        {
            IsStageGone = entry?.CrmId is not null && stage is null,
            IsAreaGone = entry?.PracticeAreaId is not null && area is null,
            IsAreaUnknown = entry?.PracticeAreaId is null && area is null && practiceArea is not null,
        };
    }
}

/// <summary>Where a new matter goes.</summary>
/// <param name="Entry">The entry that was saved for it; null for the default.</param>
/// <param name="Stage">The stage; null for none.</param>
/// <param name="Area">The practice area; null for none.</param>
public sealed record StageChoice(StageLink? Entry, CrmStage? Stage, CrmCaseType? Area)
{
    /// <summary>True when the stage that was chosen is not in Lawmatics any more.</summary>
    public bool IsStageGone { get; init; }

    /// <summary>True when the practice area that was chosen is not in Lawmatics any more.</summary>
    public bool IsAreaGone { get; init; }

    /// <summary>True when Lawmatics has no practice area of the name that the case bears.</summary>
    public bool IsAreaUnknown { get; init; }
}
