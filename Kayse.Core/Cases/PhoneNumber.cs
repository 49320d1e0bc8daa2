namespace Kayse.Core.Cases;

/// <summary>Phone numbers in E.164 (ITU-T E.164: a plus sign and 8 to 15 digits); a number without a country code is taken as North American.</summary>
public static class PhoneNumber
{
    /// <summary>The number in E.164, or null when it is none.</summary>
    public static string? Normalize(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var trimmed = WithoutExtension(text.Trim());
        if (trimmed.Any(c => !char.IsAsciiDigit(c) && c is not ('+' or '-' or '(' or ')' or '.' or ' ' or '/' or '\u00A0')))
        {
            return null;
        }

        var digits = string.Concat(trimmed.Where(char.IsAsciiDigit));
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

    private static string WithoutExtension(string text)
    {
        var at = text.IndexOfAny(['x', 'X', ';', ',']);
        return at < 0 ? text : text[..at].TrimEnd();
    }
}
