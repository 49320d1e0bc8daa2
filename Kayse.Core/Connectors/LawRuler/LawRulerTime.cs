using System.Globalization;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Law Ruler's clock: values are read and written on its wall clock (US Eastern by default); an offset that stands behind them is wrong and is dropped.</summary>
public static class LawRulerTime
{
    private static readonly string[] s_formats =
    [
        "M/d/yyyy h:mm:ss tt", "M/d/yyyy h:mm tt", "M/d/yyyy H:mm:ss", "M/d/yyyy H:mm", "M/d/yyyy",
        "yyyy-M-d'T'H:mm:ss", "yyyy-M-d'T'H:mm", "yyyy-M-d'T'H:mm:ss.FFFFFFF", "yyyy-M-d H:mm:ss", "yyyy-M-d H:mm", "yyyy-M-d",
    ];

    /// <summary>A time on that clock, as the Advanced API takes it.</summary>
    public static string Write(DateTimeOffset time, string timeZone) =>
        TimeZoneInfo.ConvertTime(time, Zone(timeZone)).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>
    /// A time from which on something is asked for, as the Advanced API takes it. Of the hour that the clock goes through twice in autumn nobody can tell
    /// which one Law Ruler takes it for, so the hour before is named: some is asked for again, and nothing is left out.
    /// </summary>
    public static string WriteFrom(DateTimeOffset time, string timeZone)
    {
        var zone = Zone(timeZone);
        var local = TimeZoneInfo.ConvertTime(time, zone).DateTime;
        if (zone.IsAmbiguousTime(local))
        {
            var offsets = zone.GetAmbiguousTimeOffsets(local);
            local -= offsets.Max() - offsets.Min();
        }

        return local.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a time of that clock, American or ISO; null when it is none.</summary>
    public static DateTimeOffset? Read(string? text, string timeZone)
    {
        if (Local(text) is not { } local)
        {
            return null;
        }

        var zone = Zone(timeZone);
        // An hour that the clocks skipped in spring is read with the offset before it.
        return new DateTimeOffset(local, zone.IsInvalidTime(local) ? zone.BaseUtcOffset : zone.GetUtcOffset(local));
    }

    /// <summary>Reads a date; null when it is none.</summary>
    public static DateOnly? ReadDate(string? text) => Local(text) is { } local ? DateOnly.FromDateTime(local) : null;

    /// <summary>A time zone by its IANA name; US Eastern when there is no such zone.</summary>
    public static TimeZoneInfo Zone(string name) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

    private static DateTime? Local(string? text)
    {
        var trimmed = WithoutOffset(text?.Trim().TrimEnd('.') ?? string.Empty);
        return DateTime.TryParseExact(trimmed, s_formats, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var local) && local.Year is > 1800 and < 9999
            ? DateTime.SpecifyKind(local, DateTimeKind.Unspecified)
            : null;
    }

    private static string WithoutOffset(string text)
    {
        if (text.EndsWith('Z') || text.EndsWith('z'))
        {
            return text[..^1].TrimEnd();
        }

        var time = text.IndexOf(':', StringComparison.Ordinal);
        var sign = time < 0 ? -1 : text.IndexOfAny(['+', '-'], time);
        return sign < 0 ? text : text[..sign].TrimEnd();
    }
}
