using System.Globalization;
using System.Text.RegularExpressions;

namespace Kayse.Core.Mapping;

/// <summary>Reads numbers, amounts and times as people write them, American style; null where a text is none.</summary>
internal static partial class NumberConversion
{
    private static readonly string[] s_times = ["H:mm", "HH:mm", "H:mm:ss", "h:mm tt", "h:mmtt", "h:mm:ss tt", "h tt", "htt"];

    /// <summary>A whole number.</summary>
    public static string? Integer(string text) =>
        long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? number.ToString(CultureInfo.InvariantCulture) : null;

    /// <summary>An amount of money, without its sign.</summary>
    public static string? Amount(string text)
    {
        var plain = Dollars().Replace(text.Trim(), string.Empty);
        return decimal.TryParse(plain, NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            ? amount.ToString("0.00", CultureInfo.InvariantCulture) : null;
    }

    /// <summary>A time of day.</summary>
    public static string? Time(string text) =>
        TimeOnly.TryParseExact(text.Trim().Replace(".", string.Empty, StringComparison.Ordinal), s_times, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var time)
            ? time.ToString("HH:mm", CultureInfo.InvariantCulture) : null;

    /// <summary>A time of a day; one without an offset is the firm's.</summary>
    public static string? DateAndTime(string text, TimeZoneInfo zone)
    {
        var trimmed = text.Trim();
        if (Offset().IsMatch(trimmed))
        {
            return DateTimeOffset.TryParse(trimmed, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? Write(at) : null;
        }

        return DateTime.TryParse(trimmed, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.NoCurrentDateDefault, out var local) && local.Year is > 1800 and < 9999
            ? Write(new DateTimeOffset(local, zone.GetUtcOffset(local))) : null;
    }

    private static string Write(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(USD\s*)?\$?\s*|\s*(USD|dollars)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dollars();

    [GeneratedRegex(@"\d(Z|\s?[+-]\d{2}:?\d{2})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Offset();
}
