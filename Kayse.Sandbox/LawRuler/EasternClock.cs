using System.Globalization;

namespace Kayse.Sandbox.LawRuler;

/// <summary>
/// Law Ruler's datetimes: the clock of the US East with a <c>Z</c> that is not true. The zone's rule is written out here,
/// so that the sandbox needs no time zone data on the machine.
/// </summary>
internal static class EasternClock
{
    private static readonly TimeZoneInfo Zone = MakeZone();

    /// <summary>As the Advanced API writes it.</summary>
    public static string FalseUtc(DateTimeOffset at) => Clock(at).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>As a webhook writes it.</summary>
    public static string Text(DateTimeOffset at) => Clock(at).ToString("M/d/yyyy h:mm:ss tt", CultureInfo.InvariantCulture);

    /// <summary>Reads a datetime as Law Ruler does: whatever zone it names is dropped, and the clock is taken for the East's.</summary>
    public static bool TryRead(string? text, out DateTimeOffset at)
    {
        at = default;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var given))
        {
            return false;
        }

        var clock = DateTime.SpecifyKind(given.DateTime, DateTimeKind.Unspecified);
        if (clock.Year is < 1900 or > 9000)
        {
            return false;
        }

        at = new DateTimeOffset(clock, Zone.GetUtcOffset(clock)).ToUniversalTime();
        return true;
    }

    private static DateTimeOffset Clock(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone);

    private static TimeZoneInfo MakeZone()
    {
        var twoInTheMorning = new DateTime(1, 1, 1, 2, 0, 0, DateTimeKind.Unspecified);
        var summer = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date,
            DateTime.MaxValue.Date,
            TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(twoInTheMorning, 3, 2, DayOfWeek.Sunday),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(twoInTheMorning, 11, 1, DayOfWeek.Sunday));
        return TimeZoneInfo.CreateCustomTimeZone("Law Ruler", TimeSpan.FromHours(-5), "US Eastern", "EST", "EDT", [summer]);
    }
}
