using System.Globalization;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>How case types and fields are read from Law Ruler, and how values are written. Law Ruler does not publish the paths and words of this.</summary>
public sealed record LawRulerFieldSettings
{
    /// <summary>Advanced API: the case types. <c>{page}</c> and <c>{pageSize}</c> are filled in where they stand in it.</summary>
    public string CaseTypesPath { get; init; } = "/ApiCaseTypes/GetCaseTypes?page={page}&pageSize={pageSize}";

    /// <summary>Advanced API: the fields of a case type, by <c>{caseTypeId}</c> or <c>{caseType}</c>, its name.</summary>
    public string FieldsPath { get; init; } = "/ApiFields/GetFields?caseTypeId={caseTypeId}&page={page}&pageSize={pageSize}";

    /// <summary>How dates are written.</summary>
    public string DateFormat { get; init; } = "M/d/yyyy";

    /// <summary>How a date of birth is written (<c>DOB</c>).</summary>
    public string BirthDateFormat { get; init; } = "MM/dd/yyyy";

    /// <summary>What stands between several options of one field.</summary>
    public string MultiSelectSeparator { get; init; } = ", ";

    /// <summary>Input types that are dates; letters and digits alone count.</summary>
    public IReadOnlyList<string> DateTypes { get; init; } = ["Date", "Date Picker", "Calendar"];

    /// <summary>Input types that are yes or no.</summary>
    public IReadOnlyList<string> YesNoTypes { get; init; } = ["Yes/No", "Boolean", "True/False", "Checkbox"];

    /// <summary>Input types that take one of their options.</summary>
    public IReadOnlyList<string> SingleSelectTypes { get; init; } = ["Single Select", "Select", "Dropdown", "Drop-down List", "Radio", "Radio Button", "Radio Buttons"];

    /// <summary>Input types that take some of their options.</summary>
    public IReadOnlyList<string> MultiSelectTypes { get; init; } = ["Multi Select", "Multiple Select", "Multi Choice", "Checkbox List", "Checkboxes", "List Box"];

    /// <summary>How a field's value is converted: by its input type; a field of an unknown type that has options takes one of them, any other is text.</summary>
    public FieldKind KindOf(CrmField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var type = Plain(field.InputType);
        return IsOf(DateTypes) ? FieldKind.Date
            : IsOf(YesNoTypes) ? FieldKind.YesNo
            : IsOf(MultiSelectTypes) ? FieldKind.MultiSelect
            : IsOf(SingleSelectTypes) || field.Options.Count > 0 ? FieldKind.SingleSelect
            : FieldKind.Text;

        bool IsOf(IReadOnlyList<string> words) => type.Length > 0 && words.Any(word => Plain(word) == type);
    }

    /// <summary>What is wrong with these settings, by the name an admin knows.</summary>
    public IEnumerable<FieldError> Check()
    {
        string[] fields = FieldsPath?.Contains("{caseType}", StringComparison.Ordinal) == true ? [] : ["{caseTypeId}"];
        foreach (var (name, path, places) in new[] { ("caseTypesPath", CaseTypesPath, []), ("fieldsPath", FieldsPath, fields) })
        {
            if (LawRulerSettingsRules.CheckPath($"settings.fields.{name}", path, places) is { } wrong)
            {
                yield return wrong;
            }
        }

        foreach (var (name, format) in new[] { ("dateFormat", DateFormat), ("birthDateFormat", BirthDateFormat) })
        {
            if (!IsDateFormat(format))
            {
                yield return new FieldError($"settings.fields.{name}", "Expected a format with year, month and day, such as M/d/yyyy.");
            }
        }

        if (MultiSelectSeparator is not { Length: > 0 and <= 10 })
        {
            yield return new FieldError("settings.fields.multiSelectSeparator", "Expected 1 to 10 characters.");
        }

        foreach (var (name, words) in new[] { ("dateTypes", DateTypes), ("yesNoTypes", YesNoTypes), ("singleSelectTypes", SingleSelectTypes), ("multiSelectTypes", MultiSelectTypes) })
        {
            if (words is null || words.Count > 50 || words.Any(word => word is null || word.Length > 100 || Plain(word).Length == 0))
            {
                yield return new FieldError($"settings.fields.{name}", "Expected at most 50 names of input types.");
            }
        }
    }

    private static bool IsDateFormat(string? format)
    {
        var probe = new DateOnly(2003, 11, 24);
        try
        {
            return format is { Length: > 2 and <= 30 }
                && DateOnly.TryParseExact(probe.ToString(format, CultureInfo.InvariantCulture), format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) && read == probe;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string Plain(string? type) => string.Concat((type ?? string.Empty).Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant));
}
