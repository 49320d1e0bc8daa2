using Kayse.Core.Connectors.LawRuler;

namespace Kayse.Tests.LawRuler;

public sealed class LawRulerTimeTests
{
    [Theory]
    [InlineData("11/20/2026 3:14:00 PM", "2026-11-20T20:14:00Z")]
    [InlineData("11/20/2026 03:14 PM", "2026-11-20T20:14:00Z")]
    [InlineData("11/20/2026 15:14", "2026-11-20T20:14:00Z")]
    [InlineData("11/20/2026", "2026-11-20T05:00:00Z")]
    [InlineData("7/4/2026 12:00:00 AM", "2026-07-04T04:00:00Z")]
    [InlineData("2026-11-20T15:14:00", "2026-11-20T20:14:00Z")]
    [InlineData("2026-11-20T15:14:00Z", "2026-11-20T20:14:00Z")]
    [InlineData("2026-11-20T15:14:00+00:00", "2026-11-20T20:14:00Z")]
    [InlineData("2026-11-20T15:14:00.123-08:00", "2026-11-20T20:14:00.123Z")]
    [InlineData("2026-11-20 15:14:00 +00:00", "2026-11-20T20:14:00Z")]
    [InlineData("2026-11-20 15:14:00Z", "2026-11-20T20:14:00Z")]
    [InlineData("2026-11-20", "2026-11-20T05:00:00Z")]
    [InlineData("11/20/2026.", "2026-11-20T05:00:00Z")]
    // The night the clocks go forward, 8 March: 1:59:59 EST, the hour that is not there, 3:00 EDT.
    [InlineData("3/8/2026 1:59:59 AM", "2026-03-08T06:59:59Z")]
    [InlineData("3/8/2026 2:30:00 AM", "2026-03-08T07:30:00Z")]
    [InlineData("3/8/2026 3:00:00 AM", "2026-03-08T07:00:00Z")]
    // The night they go back, 1 November: 0:59 EDT, the hour that comes twice (the later one), 2:00 EST.
    [InlineData("11/1/2026 12:59:00 AM", "2026-11-01T04:59:00Z")]
    [InlineData("11/1/2026 1:30:00 AM", "2026-11-01T06:30:00Z")]
    [InlineData("11/1/2026 2:00:00 AM", "2026-11-01T07:00:00Z")]
    public void A_time_is_on_the_wall_clock_and_a_false_offset_is_dropped(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), LawRulerTime.Read(text, "America/New_York"));

    [Theory]
    [InlineData("America/Los_Angeles", "2026-11-20T23:14:00Z")]
    [InlineData("America/Phoenix", "2026-11-20T22:14:00Z")]
    [InlineData("UTC", "2026-11-20T15:14:00Z")]
    public void The_connections_zone_counts(string zone, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), LawRulerTime.Read("11/20/2026 3:14:00 PM", zone));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("NA")]
    [InlineData("13/13/2026")]
    [InlineData("2/30/2026")]
    [InlineData("20.11.2026")]
    [InlineData("0/0/0000")]
    [InlineData("1/1/0001")]
    [InlineData("12/31/9999")]
    [InlineData("Z")]
    [InlineData(":")]
    [InlineData("-:-")]
    public void What_is_no_time_is_none(string? text) => Assert.Null(LawRulerTime.Read(text, "America/New_York"));

    [Theory]
    [InlineData("01/31/1980", 1980, 1, 31)]
    [InlineData("1/1/2000", 2000, 1, 1)]
    [InlineData("2000-02-29T00:00:00Z", 2000, 2, 29)]
    [InlineData("1/2/1899", 1899, 1, 2)]
    public void A_date_has_no_zone(string text, int year, int month, int day) => Assert.Equal(new DateOnly(year, month, day), LawRulerTime.ReadDate(text));
}
