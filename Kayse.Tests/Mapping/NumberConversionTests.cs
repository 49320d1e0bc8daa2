using Kayse.Core.Mapping;

namespace Kayse.Tests.Mapping;

public sealed class NumberConversionTests
{
    private static readonly FieldFormats s_formats = new("true", "false", "yyyy-MM-dd", ",") { Zone = TimeZoneInfo.FindSystemTimeZoneById("America/Denver") };

    [Theory]
    [InlineData(FieldKind.Integer, "3", "3")]
    [InlineData(FieldKind.Integer, " 1,200 ", "1200")]
    [InlineData(FieldKind.Integer, "-4", "-4")]
    [InlineData(FieldKind.Integer, "3.5", null)]
    [InlineData(FieldKind.Integer, "three", null)]
    [InlineData(FieldKind.Currency, "$1,234.5", "1234.50")]
    [InlineData(FieldKind.Currency, "USD 12", "12.00")]
    [InlineData(FieldKind.Currency, "1000 dollars", "1000.00")]
    [InlineData(FieldKind.Currency, "a lot", null)]
    [InlineData(FieldKind.Time, "3:30 pm", "15:30")]
    [InlineData(FieldKind.Time, "3 p.m.", "15:00")]
    [InlineData(FieldKind.Time, "08:05", "08:05")]
    [InlineData(FieldKind.Time, "25:00", null)]
    [InlineData(FieldKind.DateTime, "2026-12-01T09:00:00Z", "2026-12-01T09:00:00+00:00")]
    [InlineData(FieldKind.DateTime, "12/1/2026 9:00 AM", "2026-12-01T09:00:00-07:00")]
    [InlineData(FieldKind.DateTime, "9:00 AM", null)]
    [InlineData(FieldKind.Lookup, "17", null)]
    public void A_value_is_read_as_people_write_it_or_rejected_with_itself_named(FieldKind kind, string given, string? converted)
    {
        var result = FieldConversion.Convert(new GivenValue([given]), kind, [], s_formats);

        Assert.Equal(converted, result.Text);
        Assert.True(converted is not null || result.Reason!.Contains($"«{given.Trim()}»", StringComparison.Ordinal));
    }
}
