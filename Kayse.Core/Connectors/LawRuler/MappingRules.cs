using System.Text.Json;
using Kayse.Core.Mapping;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Which field mappings and case type links make sense.</summary>
public static class MappingRules
{
    private const int MaxPairs = 500;
    private const int MaxCampaigns = 100;
    private const int MaxText = 200;
    private const int MaxName = 100;
    private const int MaxBytes = 32 * 1024;

    private static readonly FieldError s_tooLarge = new("body", $"Expected at most {MaxBytes / 1024} kB in all.");

    /// <summary>True for a case type's name, or <c>*</c>. What is longer would not fit into a row key after encoding.</summary>
    public static bool IsCaseType(string? caseType) => !string.IsNullOrWhiteSpace(caseType) && caseType.Length <= MaxName && !caseType.Any(char.IsControl);

    /// <summary>What is wrong with a mapping, by the name the caller sent it under.</summary>
    public static IReadOnlyList<FieldError> Check(FieldMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        var errors = new List<FieldError>();
        if (mapping.Fields is null || mapping.Fields.Count > MaxPairs || mapping.Fields.Any(pair => pair is null))
        {
            return [new FieldError("fields", $"Expected a list of at most {MaxPairs} pairs.")];
        }

        if (mapping.Campaigns.Count > MaxCampaigns || mapping.Campaigns.Any(one => one?.Fields is null || one.Fields.Count > MaxPairs || one.Fields.Any(pair => pair is null)))
        {
            return [new FieldError("campaigns", $"Expected a list of at most {MaxCampaigns} campaigns {{campaign, fields}}, with at most {MaxPairs} pairs each.")];
        }

        CheckPairs(mapping.Fields.Select(pair => ((string?)pair.From, pair.To)), "fields", isOverride: false, errors);
        for (var i = 0; i < mapping.Campaigns.Count; i++)
        {
            var own = mapping.Campaigns[i];
            if (!Ids.IsValid(own.Campaign) || mapping.Campaigns.Take(i).Any(one => one.Campaign == own.Campaign))
            {
                errors.Add(new FieldError($"campaigns[{i}].campaign", "Expected a campaign's id that no other entry has."));
            }

            CheckPairs(own.Fields.Select(pair => (pair.From, pair.To)), $"campaigns[{i}].fields", isOverride: true, errors);
        }

        return errors.Count == 0 && JsonSerializer.SerializeToUtf8Bytes(mapping, KayseJson.Default.FieldMapping).Length > MaxBytes ? [s_tooLarge] : errors;
    }

    /// <summary>The links as they are kept: each with the name and id that Law Ruler's list has for it.</summary>
    /// <param name="given">The links as they were sent: the CRM's case type by id, by name or by both.</param>
    /// <param name="known">Law Ruler's case types; null when they could not be loaded, and what is sent is taken as it is.</param>
    /// <param name="before">The links as they were: one whose case type is gone in Law Ruler may stay.</param>
    public static (CaseTypeLinks? Links, IReadOnlyList<FieldError> Errors) Check(CaseTypeLinks given, IReadOnlyList<CrmCaseType>? known, CaseTypeLinks before)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(before);
        if (given.Entries is null || given.Entries.Count > MaxPairs || given.Entries.Any(link => link is null))
        {
            return (null, [new FieldError("entries", $"Expected a list of at most {MaxPairs} pairs.")]);
        }

        var errors = new List<FieldError>();
        var links = new List<CaseTypeLink>();
        for (var i = 0; i < given.Entries.Count; i++)
        {
            var (link, error) = CheckLink(given.Entries[i], $"entries[{i}]", known, before);
            if (link is not null && links.Any(other => other.CrmId == link.CrmId && CaseTypeLinks.Same(other.Crm, link.Crm)))
            {
                error = new FieldError($"entries[{i}].crm", "This case type of Law Ruler's is linked twice.");
            }

            if (error is not null)
            {
                errors.Add(error);
            }
            else
            {
                links.Add(link!);
            }
        }

        var checkedLinks = new CaseTypeLinks(links);
        return errors.Count > 0 ? (null, errors)
            : JsonSerializer.SerializeToUtf8Bytes(checkedLinks, KayseJson.Default.CaseTypeLinks).Length > MaxBytes ? (null, [s_tooLarge])
            : (checkedLinks, []);
    }

    private static (CaseTypeLink? Link, FieldError? Error) CheckLink(CaseTypeLink given, string name, IReadOnlyList<CrmCaseType>? known, CaseTypeLinks before)
    {
        var link = given with { Kayse = given.Kayse?.Trim()!, Crm = given.Crm?.Trim()!, CrmId = string.IsNullOrWhiteSpace(given.CrmId) ? null : given.CrmId.Trim() };
        if (!IsCaseType(link.Kayse) || link.Kayse == FieldMapping.AnyCaseType)
        {
            return (null, new FieldError($"{name}.kayse", $"Expected the name of a Kayse case type, at most {MaxName} characters."));
        }

        if (link.CrmId is not null && !Ids.IsValid(link.CrmId))
        {
            return (null, new FieldError($"{name}.crmId", "Expected 1 to 64 letters, digits, hyphens and underscores."));
        }

        if (!IsCaseType(link.Crm) && (!string.IsNullOrEmpty(link.Crm) || link.CrmId is null))
        {
            return (null, new FieldError($"{name}.crm", $"Expected the name of a case type of Law Ruler's, at most {MaxName} characters, or its id as crmId."));
        }

        if (known is not null)
        {
            return Find(link, name, known, before);
        }

        return string.IsNullOrEmpty(link.Crm) ? (null, new FieldError($"{name}.crm", "Law Ruler's case types could not be loaded, so the name is needed as well.")) : (link, null);
    }

    private static (CaseTypeLink? Link, FieldError? Error) Find(CaseTypeLink link, string name, IReadOnlyList<CrmCaseType> known, CaseTypeLinks before)
    {
        var found = known.Where(type => link.CrmId is null ? CaseTypeLinks.Same(type.Name, link.Crm) : type.Id == link.CrmId).ToList();
        return found switch
        {
            [var one] => (link with { Crm = one.Name, CrmId = one.Id }, null),
            [_, _, ..] => (null, new FieldError($"{name}.crm", "Law Ruler has several case types of this name. Say which by its id as crmId.")),
            _ => before.Entries.FirstOrDefault(old => old.CrmId == link.CrmId && (link.CrmId is not null || CaseTypeLinks.Same(old.Crm, link.Crm))) is { } gone
                ? (gone with { Kayse = link.Kayse }, null)
                : (null, new FieldError(link.CrmId is null ? $"{name}.crm" : $"{name}.crmId", "Law Ruler has no such case type. Load the case types again if it is new.")),
        };
    }

    private static void CheckPairs(IEnumerable<(string? From, string To)> pairs, string list, bool isOverride, List<FieldError> errors)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (i, (from, to)) in pairs.Index())
        {
            if (!(isOverride && from is null) && (!IsText(from) || !FieldMapping.IsSource(from!)))
            {
                errors.Add(new FieldError($"{list}[{i}].from", $"Expected analysis.{{key}}, case.fields.{{name}} or one of: {string.Join(", ", FieldMapping.Sources)}."));
            }

            if (!IsText(to))
            {
                errors.Add(new FieldError($"{list}[{i}].to", $"Expected a text of at most {MaxText} characters."));
            }
            else if (CampaignForm.IsReserved(to))
            {
                errors.Add(new FieldError($"{list}[{i}].to", "This parameter is reserved."));
            }
            else if (!seen.Add(to.Trim()))
            {
                errors.Add(new FieldError($"{list}[{i}].to", "This parameter is mapped twice."));
            }
        }
    }

    private static bool IsText(string? text) => !string.IsNullOrWhiteSpace(text) && text.Length <= MaxText && !text.Any(char.IsControl);
}
