using Kayse.Core.Connectors.Lawmatics;

namespace Kayse.Tests.Lawmatics;

/// <summary>What one look after another at a matter means.</summary>
public sealed class MatterSeenTests
{
    private static readonly DateTimeOffset s_at = new(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("147", "147", "pnc", false, false)]
    [InlineData("149", "147", "pnc", true, false)]
    [InlineData("149", null, "pnc", true, false)]
    [InlineData("147", "147", "hired", false, true)]
    [InlineData("147", "147", null, false, false)]
    public void The_first_look_is_a_change_where_the_matter_is_not_where_Kayse_left_it(string stage, string? written, string? status, bool stageChanged, bool subStatusChanged)
    {
        var first = LawmaticsMatterSeen.After(null, new LawmaticsMatterSeen(stage, "Sub", status, s_at), written);

        Assert.Equal((stageChanged, subStatusChanged, false), (first.StageChanged, first.SubStatusChanged, first.Applied));
    }

    [Fact]
    public void The_same_again_is_no_change_and_moves_the_time()
    {
        var known = new LawmaticsMatterSeen("147", "Pnc", "pnc", s_at) { Applied = true };

        var again = LawmaticsMatterSeen.After(known, new LawmaticsMatterSeen("147", "Pnc", "pnc", s_at.AddMinutes(1)), null);

        Assert.Equal(known with { UpdatedAt = s_at.AddMinutes(1) }, again);
    }

    [Fact]
    public void An_older_look_has_no_say()
    {
        var known = new LawmaticsMatterSeen("149", "Pnc", "pnc", s_at) { Applied = true };

        Assert.Equal(known, LawmaticsMatterSeen.After(known, new LawmaticsMatterSeen("147", "Pnc", "pnc", s_at.AddSeconds(-1)), null));
    }

    [Fact]
    public void What_has_not_taken_effect_stays_a_change_when_something_else_changes()
    {
        var stage = LawmaticsMatterSeen.After(new LawmaticsMatterSeen("147", "Pnc", "pnc", s_at) { Applied = true }, new LawmaticsMatterSeen("149", "Pnc", "pnc", s_at.AddSeconds(1)), null);
        var both = LawmaticsMatterSeen.After(stage, new LawmaticsMatterSeen("149", "Hired", "hired", s_at.AddSeconds(2)), null);
        var later = LawmaticsMatterSeen.After(both with { Applied = true }, new LawmaticsMatterSeen("149", "Lost", "lost", s_at.AddSeconds(3)), null);

        Assert.Equal((true, false), (stage.StageChanged, stage.SubStatusChanged));
        Assert.Equal((true, true), (both.StageChanged, both.SubStatusChanged));
        Assert.Equal((false, true, false), (later.StageChanged, later.SubStatusChanged, later.Applied));
    }

    [Fact]
    public void The_stage_that_is_being_written_is_no_change_and_what_else_there_was_stays_one()
    {
        var known = new LawmaticsMatterSeen("147", "Pnc", "pnc", s_at) { StageChanged = true, SubStatusChanged = true };

        var written = LawmaticsMatterSeen.After(known, new LawmaticsMatterSeen("153", "Pnc", "pnc", s_at.AddSeconds(1)), "153", isBeingWritten: true);
        var applied = LawmaticsMatterSeen.After(known with { Applied = true }, new LawmaticsMatterSeen("153", "Pnc", "pnc", s_at.AddSeconds(1)), "153", isBeingWritten: true);
        var moved = LawmaticsMatterSeen.After(known with { Applied = true }, new LawmaticsMatterSeen("149", "Pnc", "pnc", s_at.AddSeconds(1)), "153", isBeingWritten: true);

        Assert.Equal(("153", false, true, false), (written.StageId, written.StageChanged, written.SubStatusChanged, written.Applied));
        Assert.Equal((false, false), (applied.StageChanged, applied.SubStatusChanged));
        Assert.True(moved.StageChanged);
    }

    [Theory]
    [InlineData("2023-09-23T17:09:01.232-07:00", "2023-09-24T00:09:01.2320000+00:00")]
    [InlineData("2026-06-02T18:30:00.000Z", "2026-06-02T18:30:00.0000000+00:00")]
    [InlineData("soon", null)]
    [InlineData(null, null)]
    public void Times_are_read_with_the_firms_offset(string? text, string? expected) =>
        Assert.Equal(expected, LawmaticsTime.Read(text)?.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
}
