using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// Which practice area and stage a case type has while nobody has chosen: by the words in its name, so that every case type has one. Stages are the firm's own, so they are
/// found by their names: the practice area's intake stage, else the one for new leads, else the first of the intake pipeline.
/// </summary>
public static class StageDefaults
{
    private static readonly PracticeDefault[] s_areas =
    [
        new("Mass Torts", ["mass tort", "zantac", "roundup", "talc", "camp lejeune", "hernia mesh", "hair relaxer", "ozempic", "depo-provera", "paraquat", "earplug", "cpap", "afff", "bard", "product liability"], ["Mass Tort", "Zantac", "Roundup", "Camp Lejeune", "Talcum Powder"]),
        new("Family Law", ["family", "divorce", "custody", "child support", "alimony", "spousal", "adoption", "paternity", "guardianship", "prenup", "domestic", "visitation", "separation"], ["Divorce — Standard", "Divorce — Contested", "Child Custody", "Child Support", "Adoption"]),
        new("Personal Injury", ["injury", "accident", "slip", "fall", "dog bite", "wrongful death", "malpractice", "motor vehicle", "auto", "truck", "premises", "negligence", "nursing home"], ["Personal Injury", "Motor Vehicle Accident", "Slip and Fall", "Medical Malpractice", "Wrongful Death"]),
        new("Workers Compensation", ["workers", "worker's", "workplace"], ["Workers Compensation"]),
        new("Estate Planning", ["estate", "probate", "trust", "will", "power of attorney", "elder"], ["Estate Planning", "Probate"]),
        new("Immigration", ["immigration", "visa", "green card", "asylum", "naturalization", "citizenship", "deportation", "daca"], ["Immigration"]),
        new("Criminal Defense", ["criminal", "dui", "dwi", "felony", "misdemeanor", "assault", "theft", "drug", "expungement", "traffic"], ["Criminal Defense", "DUI"]),
        new("Bankruptcy", ["bankruptcy", "chapter 7", "chapter 13", "debt", "foreclosure"], ["Bankruptcy"]),
        new("Employment Law", ["employment", "wage", "discrimination", "harassment", "termination", "overtime"], ["Employment"]),
        new("Social Security", ["social security", "disability", "ssdi", "ssi", "veterans"], ["Social Security Disability"]),
        new("Real Estate", ["real estate", "landlord", "tenant", "eviction", "closing"], ["Real Estate"]),
        new("Business Law", ["business", "corporate", "contract", "llc", "commercial", "intellectual property", "trademark"], ["Business"]),
    ];

    private static readonly string[] s_newLead = ["new lead", "new leads", "new", "new matter", "lead", "intake"];
    private static readonly string[] s_empty = ["law", "new", "intake", "lead", "leads", "the", "and", "of", "case", "cases", "matter", "matters"];

    /// <summary>Case types that there usually are, for a mapping that nobody has made yet.</summary>
    public static IReadOnlyList<string> CaseTypes { get; } = [.. s_areas.SelectMany(area => area.CaseTypes)];

    /// <summary>The practice area that a case type's name, or the one that the case names, suggests; null where none does.</summary>
    public static string? AreaOf(string? caseType, string? practiceArea) => Find(caseType) ?? Find(practiceArea) ?? practiceArea;

    /// <summary>The stage for new cases of a practice area; null where there are no stages.</summary>
    public static CrmStage? StageOf(string? area, IReadOnlyList<CrmStage> stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        var intake = stages.Where(stage => stage.IsIntake).ToList();
        var candidates = intake.Count > 0 ? intake : [.. stages];
        var words = Words(area).Except(s_empty, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        var best = candidates.Select(stage => (Stage: stage, Score: Words(stage.Name).Count(words.Contains))).Where(one => one.Score > 0).OrderByDescending(one => one.Score).ThenBy(one => one.Stage.Order).FirstOrDefault();
        return best.Stage
            ?? s_newLead.Select(name => candidates.FirstOrDefault(stage => string.Equals(stage.Name.Trim(), name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(stage => stage is not null)
            ?? candidates.FirstOrDefault();
    }

    /// <summary>The firm's practice area of a name: letter case and a plural do not count; null where it has none.</summary>
    public static CrmCaseType? AreaOf(string? name, IReadOnlyList<CrmCaseType> areas)
    {
        ArgumentNullException.ThrowIfNull(areas);
        var wanted = Words(name).ToList();
        return wanted.Count == 0 ? null : areas.FirstOrDefault(area => Words(area.Name).SequenceEqual(wanted, StringComparer.Ordinal));
    }

    private static string? Find(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return null;
        }

        var words = $" {string.Join(' ', Words(name))} ";
        return s_areas.FirstOrDefault(area => area.Words.Append(area.Name).Any(word => words.Contains($" {string.Join(' ', Words(word))} ", StringComparison.Ordinal)))?.Name;
    }

    private static IEnumerable<string> Words(string? text) =>
        string.Concat((text ?? string.Empty).Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Length > 3 && word[^1] == 's' && word[^2] != 's' ? word[..^1] : word);

    private sealed record PracticeDefault(string Name, string[] Words, string[] CaseTypes);
}
