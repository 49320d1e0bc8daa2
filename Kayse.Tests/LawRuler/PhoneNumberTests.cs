using Kayse.Core.Cases;

namespace Kayse.Tests.LawRuler;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("5055550142")]
    [InlineData("(505) 555-0142")]
    [InlineData("505.555.0142")]
    [InlineData("505/555 0142")]
    [InlineData("1-505-555-0142")]
    [InlineData("+1 505 555 0142")]
    [InlineData("  +1 (505) 555-0142  ")]
    [InlineData("505\u00A0555\u00A00142")]
    [InlineData("505–555–0142")]
    [InlineData("\u202A+1 (505) 555\u20110142\u202C")]
    [InlineData("505-555-0142 x12")]
    [InlineData("505-555-0142x12")]
    [InlineData("505-555-0142 ext. 12")]
    [InlineData("505-555-0142 Extension 12")]
    [InlineData("505-555-0142 #12")]
    [InlineData("5055550142; 5055550143")]
    [InlineData("5055550142, 5055550143")]
    public void A_north_american_number_becomes_E164(string text) => Assert.Equal("+15055550142", PhoneNumber.Normalize(text));

    [Theory]
    [InlineData("+44 20 7946 0958", "+442079460958")]
    [InlineData("+44 (0)20 7946 0958", "+442079460958")]
    [InlineData("011 44 20 7946 0958", "+442079460958")]
    [InlineData("+49 30 23125 000", "+493023125000")]
    [InlineData("+123456789012345", null)]
    [InlineData("+234567890123456", "+234567890123456")]
    public void A_foreign_number_keeps_its_country(string text, string? number) => Assert.Equal(number, PhoneNumber.Normalize(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("NA")]
    [InlineData("call me")]
    [InlineData("555-0142")]
    [InlineData("0055550142")]
    [InlineData("1055550142")]
    [InlineData("5050550142")]
    [InlineData("50555501421")]
    [InlineData("25055550142")]
    [InlineData("+0 505 555 0142")]
    [InlineData("+1234567")]
    [InlineData("+2345678901234567")]
    [InlineData("505+5550142")]
    [InlineData("011")]
    [InlineData("011011011")]
    [InlineData("٥٠٥٥٥٥٠١٤٢")]
    public void What_is_no_number_is_none(string? text) => Assert.Null(PhoneNumber.Normalize(text));
}
