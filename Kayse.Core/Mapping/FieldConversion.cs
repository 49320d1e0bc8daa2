using System.Globalization;
using System.Text.RegularExpressions;

namespace Kayse.Core.Mapping;

/// <summary>Converts values to what a field of a CRM takes. What does not fit is rejected with the value named, never sent as it is.</summary>
public static partial class FieldConversion
{
    private const int MaxParts = 200;
    private const int MaxShown = 100;

    private static readonly string[] s_yes = ["yes", "y", "true", "t", "1", "on"];
    private static readonly string[] s_no = ["no", "n", "false", "f", "0", "off"];

    private static readonly string[] s_dates =
    [
        "M/d/yyyy", "M-d-yyyy", "yyyy-M-d", "yyyy/M/d", "MMMM d, yyyy", "MMM d, yyyy", "MMMM d yyyy", "MMM d yyyy", "d MMMM yyyy", "d MMM yyyy",
    ];

    /// <summary>Converts a value.</summary>
    /// <param name="given">The value; not blank.</param>
    /// <param name="kind">The field's kind.</param>
    /// <param name="options">The values that the field takes; empty where they are not known.</param>
    /// <param name="formats">How the CRM wants values written.</param>
    public static ConvertedValue Convert(GivenValue given, FieldKind kind, IReadOnlyList<string> options, FieldFormats formats)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(formats);
        return kind switch
        {
            FieldKind.Date => ToDate(given, formats),
            FieldKind.YesNo => ToYesNo(given, options, formats),
            FieldKind.SingleSelect => ToOne(given, options, formats),
            FieldKind.MultiSelect => ToSome(given, options, formats),
            FieldKind.Integer => Read(given, formats, NumberConversion.Integer, "is no whole number"),
            FieldKind.Currency => Read(given, formats, NumberConversion.Amount, "is no amount of money"),
            FieldKind.Time => Read(given, formats, NumberConversion.Time, "is no time of day"),
            FieldKind.DateTime => Read(given, formats, text => NumberConversion.DateAndTime(text, formats.Zone), "is no date with a time"),
            FieldKind.Lookup => Reject(given.Text(formats.DateFormat), "cannot be sent to a field that names another record"),
            _ => new ConvertedValue(given.Text(formats.DateFormat).Trim()),
        };
    }

    /// <summary>Reads a date as people and voice models write it, American order; null when it is none.</summary>
    public static DateOnly? ReadDate(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var date = Ordinal().Replace(TimeOfDay().Replace(text.Trim().TrimEnd('.'), string.Empty), "${day}");
        return DateOnly.TryParseExact(date, s_dates, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var read) && read.Year is > 1800 and < 9999 ? read : null;
    }

    private static ConvertedValue Read(GivenValue given, FieldFormats formats, Func<string, string?> read, string otherwise)
    {
        var text = given.Text(formats.DateFormat);
        return read(text) is { } value ? new ConvertedValue(value) : Reject(text, otherwise);
    }

    private static ConvertedValue ToDate(GivenValue given, FieldFormats formats)
    {
        var text = given.Text(formats.DateFormat);
        return (given.Date ?? ReadDate(text)) is { } date ? new ConvertedValue(date.ToString(formats.DateFormat)) : Reject(text, "is no date");
    }

    private static ConvertedValue ToYesNo(GivenValue given, IReadOnlyList<string> options, FieldFormats formats)
    {
        var text = given.Text(formats.DateFormat);
        if (Means(text, formats) is not { } isYes)
        {
            return Reject(text, "is neither yes nor no");
        }

        if (options.Count == 0)
        {
            return new ConvertedValue(isYes ? formats.Yes : formats.No);
        }

        return options.FirstOrDefault(option => Means(option, formats) == isYes) is { } word ? new ConvertedValue(word) : NoOption(text, options);
    }

    private static ConvertedValue ToOne(GivenValue given, IReadOnlyList<string> options, FieldFormats formats)
    {
        var text = given.Text(formats.DateFormat);
        return options.Count == 0 ? new ConvertedValue(text.Trim()) : Option(text, options, formats) is { } option ? new ConvertedValue(option) : NoOption(text, options);
    }

    private static ConvertedValue ToSome(GivenValue given, IReadOnlyList<string> options, FieldFormats formats)
    {
        if (options.Count == 0)
        {
            return new ConvertedValue(string.Join(formats.Separator, given.Items.Select(item => item.Trim()).Where(item => item.Length > 0)));
        }

        var chosen = new List<string>();
        foreach (var item in given.Date is null ? given.Items : [given.Text(formats.DateFormat)])
        {
            if (Choose(item, options, formats, chosen) is { } misfit)
            {
                return NoOption(misfit, options);
            }
        }

        return new ConvertedValue(string.Join(formats.Separator, chosen.Distinct(StringComparer.Ordinal)));
    }

    /// <summary>Adds the options that a text names, separated by commas, semicolons, bars or lines; an option may hold such a character itself, so the longest that fits is taken.</summary>
    /// <returns>The part that is none of the options, or null.</returns>
    private static string? Choose(string text, IReadOnlyList<string> options, FieldFormats formats, List<string> chosen)
    {
        var parts = Parts(text);
        if (parts.Count > MaxParts)
        {
            return text;
        }

        for (var i = 0; i < parts.Count;)
        {
            var end = parts.Count;
            string? option = null;
            while (end > i && (option = Option(text[parts[i].Start..parts[end - 1].End], options, formats)) is null)
            {
                end--;
            }

            if (option is null)
            {
                return text[parts[i].Start..parts[i].End].Trim();
            }

            chosen.Add(option);
            i = end;
        }

        return null;
    }

    private static List<(int Start, int End)> Parts(string text)
    {
        var parts = new List<(int Start, int End)>();
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || text[i] is ',' or ';' or '|' or '\n')
            {
                if (!string.IsNullOrWhiteSpace(text[start..i]))
                {
                    parts.Add((start, i));
                }

                start = i + 1;
            }
        }

        return parts;
    }

    private static string? Option(string text, IReadOnlyList<string> options, FieldFormats formats)
    {
        var wanted = Plain(text);
        return options.FirstOrDefault(option => string.Equals(Plain(option), wanted, StringComparison.OrdinalIgnoreCase))
            ?? (Means(text, formats) is { } isYes ? options.FirstOrDefault(option => Means(option, formats) == isYes) : null);
    }

    private static bool? Means(string text, FieldFormats formats)
    {
        var word = text.Trim();
        return Is(formats.Yes, s_yes) ? true : Is(formats.No, s_no) ? false : null;

        bool Is(string own, string[] words) => string.Equals(word, own.Trim(), StringComparison.OrdinalIgnoreCase) || words.Contains(word, StringComparer.OrdinalIgnoreCase);
    }

    private static string Plain(string text) => Blanks().Replace(text.Trim(), " ");

    private static ConvertedValue NoOption(string text, IReadOnlyList<string> options) =>
        Reject(text, $"is none of the options {string.Join(", ", options.Take(20))}{(options.Count > 20 ? ", …" : string.Empty)}");

    private static ConvertedValue Reject(string text, string why)
    {
        var shown = Plain(text);
        return new ConvertedValue(null, $"«{(shown.Length > MaxShown ? $"{shown[..MaxShown]}…" : shown)}» {why}.");
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Blanks();

    [GeneratedRegex(@"(?<=\d)[T ]+\d{1,2}:\d.*\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TimeOfDay();

    [GeneratedRegex(@"\b(?<day>\d{1,2})(st|nd|rd|th)\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ordinal();
}

/// <summary>A converted value.</summary>
/// <param name="Text">What is sent; null when it was rejected.</param>
/// <param name="Reason">Why it was rejected; names the value, so it is for an admin alone.</param>
public sealed record ConvertedValue(string? Text, string? Reason = null);
