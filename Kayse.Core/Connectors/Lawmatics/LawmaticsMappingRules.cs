using System.Text.Json;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Which stage, field and status mappings make sense, checked against what the firm has in Lawmatics.</summary>
public static class LawmaticsMappingRules
{
    private const int MaxPairs = 500;
    private const int MaxText = 200;
    private const int MaxBytes = 32 * 1024;

    private static readonly FieldError s_tooLarge = new("body", $"Expected at most {MaxBytes / 1024} kB in all.");

    /// <summary>The stage mapping as it is kept: each entry with the names and ids that Lawmatics has.</summary>
    /// <param name="given">The entries as they were sent: stage and practice area by id, by name or by both.</param>
    /// <param name="stages">Lawmatics' stages.</param>
    /// <param name="areas">Lawmatics' practice areas.</param>
    public static (StageMapping? Mapping, IReadOnlyList<FieldError> Errors) Check(StageMapping given, IReadOnlyList<CrmStage> stages, IReadOnlyList<CrmCaseType> areas)
    {
        ArgumentNullException.ThrowIfNull(given);
        if (given.Entries is null || given.Entries.Count > MaxPairs || given.Entries.Any(entry => entry is null))
        {
            return (null, [new FieldError("entries", $"Expected a list of at most {MaxPairs} entries.")]);
        }

        var (errors, entries) = (new List<FieldError>(), new List<StageLink>());
        foreach (var (i, entry) in given.Entries.Index())
        {
            var name = $"entries[{i}]";
            if (!MappingRules.IsCaseType(entry.Kayse))
            {
                errors.Add(new FieldError($"{name}.kayse", "Expected the name of a case type, at most 100 characters, or *."));
            }
            else if (entries.Exists(other => CaseTypeLinks.Same(other.Kayse, entry.Kayse)))
            {
                errors.Add(new FieldError($"{name}.kayse", "This case type stands in the mapping twice."));
            }

            var stage = Find(stages, entry.CrmId, entry.Crm, one => one.Id, one => one.Name, $"{name}.crm", "stage", errors);
            var area = Find(areas, entry.PracticeAreaId, entry.PracticeArea, one => one.Id, one => one.Name, $"{name}.practiceArea", "practice area", errors);
            entries.Add(new StageLink(entry.Kayse?.Trim() ?? string.Empty, stage?.Name, stage?.Id, area?.Name, area?.Id));
        }

        var mapping = new StageMapping(entries);
        return errors.Count > 0 ? (null, errors) : Size(mapping, KayseJson.Default.StageMapping) > MaxBytes ? (null, [s_tooLarge]) : (mapping, []);
    }

    /// <summary>The pairs of a section as they are kept: each with the id of Lawmatics' field.</summary>
    /// <param name="pairs">The pairs as they were sent: the field by id or by name.</param>
    /// <param name="list">The list's name, for errors.</param>
    /// <param name="section">Whose fields: a contact's or a matter's.</param>
    /// <param name="fields">Lawmatics' fields.</param>
    /// <param name="caseType">The case type that they are for, or <c>*</c>.</param>
    public static (FieldMapping? Mapping, IReadOnlyList<FieldError> Errors) Check(IReadOnlyList<FieldPair>? pairs, string list, string section, IReadOnlyList<CrmField> fields, string caseType)
    {
        ArgumentNullException.ThrowIfNull(fields);
        if (pairs is null || pairs.Count > MaxPairs || pairs.Any(pair => pair is null))
        {
            return (null, [new FieldError(list, $"Expected a list of at most {MaxPairs} pairs.")]);
        }

        var (errors, kept) = (new List<FieldError>(), new List<FieldPair>());
        var own = fields.Where(field => field.Section == section).ToList();
        foreach (var (i, pair) in pairs.Index())
        {
            var isSource = LawmaticsSources.IsSource(pair.From);
            if (!isSource)
            {
                errors.Add(new FieldError($"{list}[{i}].from", $"Expected answers.{{key}} or one of: {string.Join(", ", LawmaticsSources.All.Keys)}."));
            }

            var (field, error) = FindField(own, fields, pair.To, section);
            error ??= kept.Exists(other => other.To == field!.Key) ? "This field is mapped twice."
                : isSource && !LawmaticsSources.Fits(pair.From, LawmaticsFields.KindOf(field!)) ? Misfit(pair.From, field!)
                : null;
            if (error is not null)
            {
                errors.Add(new FieldError($"{list}[{i}].to", error));
            }
            else
            {
                kept.Add(new FieldPair(pair.From, field!.Key));
            }
        }

        var mapping = new FieldMapping(caseType, kept);
        return errors.Count > 0 ? (null, errors) : Size(mapping, KayseJson.Default.FieldMapping) > MaxBytes ? (null, [s_tooLarge]) : (mapping, []);
    }

    /// <summary>What is wrong with a status map, by the name the caller sent it under.</summary>
    public static IReadOnlyList<FieldError> Check(StatusMapping given)
    {
        ArgumentNullException.ThrowIfNull(given);
        if (given.Entries is null || given.Entries.Count > MaxPairs || given.Entries.Any(pair => pair is null))
        {
            return [new FieldError("entries", $"Expected a list of at most {MaxPairs} pairs.")];
        }

        var errors = new List<FieldError>();
        foreach (var (i, pair) in given.Entries.Index())
        {
            errors.AddRange(new[] { ("kayse", pair.Kayse), ("crm", pair.Crm), ("crmId", pair.CrmId ?? "none") }.Where(field => !IsText(field.Item2))
                .Select(field => new FieldError($"entries[{i}].{field.Item1}", $"Expected a text of at most {MaxText} characters.")));
            // Another way than with Law Ruler: stages become statuses, and several may become one.
            if (given.Entries.Take(i).Any(earlier => StatusMapping.Same(earlier.Crm, pair.Crm) && earlier.CrmId == pair.CrmId && !StatusMapping.Same(earlier.Kayse, pair.Kayse)))
            {
                errors.Add(new FieldError($"entries[{i}].crm", "This stage stands in the mapping before and leads to another status."));
            }
        }

        return errors.Count == 0 && Size(given, KayseJson.Default.StatusMapping) > MaxBytes ? [s_tooLarge] : errors;
    }

    private static T? Find<T>(IReadOnlyList<T> known, string? id, string? name, Func<T, string?> idOf, Func<T, string> nameOf, string field, string what, List<FieldError> errors)
        where T : class
    {
        if (!string.IsNullOrWhiteSpace(id))
        {
            var byId = known.FirstOrDefault(one => idOf(one) == id.Trim());
            if (byId is null)
            {
                errors.Add(new FieldError($"{field}Id", $"Lawmatics has no {what} with this id. Load the lists again if it is new."));
            }

            return byId;
        }

        if (string.IsNullOrWhiteSpace(name))
        {
            return null;
        }

        var found = known.Where(one => CaseTypeLinks.Same(nameOf(one), name)).ToList();
        if (found.Count != 1)
        {
            errors.Add(new FieldError(field, found.Count == 0 ? $"Lawmatics has no {what} of this name. Load the lists again if it is new." : $"Lawmatics has several of this name. Say which {what} by its id."));
        }

        return found.Count == 1 ? found[0] : null;
    }

    private static (CrmField? Field, string? Error) FindField(List<CrmField> own, IReadOnlyList<CrmField> all, string? to, string section)
    {
        if (!IsText(to))
        {
            return (null, "Expected the id or the name of a custom field.");
        }

        var found = own.Where(field => field.Key == to!.Trim()).ToList() is { Count: > 0 } byId ? byId : [.. own.Where(field => CaseTypeLinks.Same(field.Label, to))];
        return found switch
        {
            [var one] when LawmaticsFields.KindOf(one) == FieldKind.Lookup => (null, "This field names another record of Lawmatics': nothing of Kayse's can be sent there."),
            [var one] => (one, null),
            [_, _, ..] => (null, "Lawmatics has several fields of this name. Say which by its id."),
            _ when all.Any(field => field.Key == to!.Trim() || CaseTypeLinks.Same(field.Label, to)) => (null, $"This field is not one of {(section == LawmaticsFields.Contact ? "contacts" : "matters")}."),
            _ => (null, "Lawmatics has no such custom field. Load the fields again if it is new."),
        };
    }

    private static string Misfit(string from, CrmField field) =>
        $"The field is of the type {field.InputType}{(field.Options.Count > 0 ? $" ({string.Join(", ", field.Options.Take(20))})" : string.Empty)}: {from} cannot be sent there.";

    private static int Size<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> json) => JsonSerializer.SerializeToUtf8Bytes(value, json).Length;

    private static bool IsText(string? text) => !string.IsNullOrWhiteSpace(text) && text.Length <= MaxText && !text.Any(char.IsControl);
}
