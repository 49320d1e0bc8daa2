using Kayse.Core.Connectors.LawRuler;

namespace Kayse.Tests.LawRuler;

public sealed class RecordingNameTests
{
    private static readonly LawRulerSettings s_settings = new();

    [Fact]
    public void The_name_has_an_en_dash_the_campaign_and_the_start_on_the_firms_clock() =>
        Assert.Equal("Kayse VoiceAI Recording \u2013 Zantac Settlement (2026-07-04 12-30-05).wav", Name("Zantac Settlement", s_settings));

    [Fact]
    public void Another_firms_clock_is_another() =>
        Assert.Equal("Kayse VoiceAI Recording (2026-07-04 09-30-05).wav", RecordingName.Of(null, Calls.Start, LawRulerTime.Zone("America/Los_Angeles"), s_settings));

    [Fact]
    public void With_ascii_file_names_the_dash_is_a_hyphen() =>
        Assert.Equal("Kayse VoiceAI Recording - Caf_ (2026-07-04 12-30-05).wav", Name("Café", s_settings with { AsciiFileNames = true }));

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void Without_a_campaign_its_part_is_left_out(string? campaign) => Assert.Equal("Kayse VoiceAI Recording (2026-07-04 12-30-05).wav", Name(campaign, s_settings));

    [Fact]
    public void With_the_renaming_off_it_stays_an_mp3() => Assert.EndsWith("(2026-07-04 12-30-05).mp3", Name("A", s_settings with { RenameMp3ToWav = false }), StringComparison.Ordinal);

    [Theory]
    [InlineData("A/B\\C:D*E?F\"G<H>I|J\r\nK", "A-B-C-D-E-F-G-H-I-J--K")]
    [InlineData("Дело", "____")]
    [InlineData("Müller", "Müller")]
    public void What_no_file_name_takes_and_what_law_ruler_drops_is_replaced(string campaign, string part) => Assert.Contains($" {part} (", Name(campaign, s_settings), StringComparison.Ordinal);

    private static string Name(string? campaign, LawRulerSettings settings) => RecordingName.Of(campaign, Calls.Start, LawRulerTime.Zone("America/New_York"), settings);
}
