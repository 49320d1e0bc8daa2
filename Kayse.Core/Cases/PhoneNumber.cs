using System.Globalization;
using System.Text.RegularExpressions;

namespace Kayse.Core.Cases;

/// <summary>
/// Phone numbers in E.164 (ITU-T E.164: a plus sign and 8 to 15 digits); a number without a country code is taken as North American,
/// where 011 stands before a foreign country code.
/// </summary>
public static partial class PhoneNumber
{
    /// <summary>The number in E.164, or null when it is none.</summary>
    public static string? Normalize(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        // Numbers that were copied from an address book carry marks of writing direction.
        var visible = string.Concat(text.Where(static c => char.GetUnicodeCategory(c) != UnicodeCategory.Format)).Trim();
        var trimmed = Extension().Replace(visible, string.Empty);
        if (trimmed.Any(static c => !char.IsAsciiDigit(c) && !IsSeparator(c)) || trimmed.LastIndexOf('+') > 0)
        {
            return null;
        }

        // The zero of +44 (0)20 … is dialled inside the country only.
        var digits = string.Concat((trimmed.StartsWith('+') ? trimmed.Replace("(0)", string.Empty, StringComparison.Ordinal) : trimmed).Where(char.IsAsciiDigit));
        if (!trimmed.StartsWith('+') && digits.StartsWith("011", StringComparison.Ordinal))
        {
            return Normalize($"+{digits[3..]}");
        }

        if (trimmed.StartsWith('+'))
        {
            return digits.Length is >= 8 and <= 15 && digits[0] != '0' && (digits[0] != '1' || IsNorthAmerican(digits)) ? $"+{digits}" : null;
        }

        return digits.Length == 10 && IsNorthAmerican($"1{digits}") ? $"+1{digits}"
            : IsNorthAmerican(digits) ? $"+{digits}"
            : null;
    }

    /// <summary>What Law Ruler's <c>CellPhone</c> takes: ten digits in North America, else E.164; null for no number.</summary>
    public static string? ForLawRuler(string? text) =>
        Normalize(text) is { } number ? number.StartsWith("+1", StringComparison.Ordinal) ? number[2..] : number : null;

    // The North American plan: country code 1, then area code and exchange, neither of which begins with 0 or 1.
    private static bool IsNorthAmerican(string digits) =>
        digits.Length == 11 && digits[0] == '1' && digits[1] >= '2' && digits[4] >= '2';

    private static bool IsSeparator(char c) =>
        c is '+' or '-' or '(' or ')' or '.' or '/' || char.GetUnicodeCategory(c) is UnicodeCategory.SpaceSeparator or UnicodeCategory.DashPunctuation;

    [GeneratedRegex(@"\s*(ext(ension)?\b|ext\.|x|#|;|,).*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Extension();
}
