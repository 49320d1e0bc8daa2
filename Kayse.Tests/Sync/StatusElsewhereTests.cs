using Kayse.Core.Cases;
using Kayse.Core.Sync;

namespace Kayse.Tests.Sync;

/// <summary>A case of Law Ruler's whose status another CRM changes.</summary>
public sealed class StatusElsewhereTests
{
    private static readonly DateTimeOffset s_at = new(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);

    private static readonly Case s_case = new()
    {
        Id = CaseId.Parse("case_1"),
        ClientId = ClientId.Parse("client_1"),
        ExternalSource = "lawruler",
        ExternalSourceId = "711551",
        Status = "New",
        StatusInCrm = "New",
        StatusOrigin = "lawruler",
        StatusAt = s_at.AddHours(-1),
    };

    private static readonly Case s_changed = StatusSync.SetElsewhere(s_case, "active", "lawmatics", had => had, s_at);

    [Fact]
    public void Law_Rulers_unchanged_status_does_not_undo_it_before_it_has_gone_on_to_Law_Ruler()
    {
        var after = StatusSync.Observe(s_changed, new CrmStatus("New", null, s_at.AddMinutes(1), s_at.AddMinutes(1)), StatusConflict.LawRulerWins, "lawruler", s_at.AddMinutes(1));
        var set = StatusSync.SetByKayse(after, Set("evt_1", s_at), "Active", s_at, StatusConflict.LawRulerWins, s_at.AddMinutes(2));

        Assert.Equal(("active", "lawmatics", 1), (after.Status, after.StatusOrigin, after.StatusChanges));
        Assert.True(StatusSync.IsDue(set, "evt_1"));
    }

    [Fact]
    public void What_Law_Ruler_has_changed_too_counts()
    {
        var after = StatusSync.Observe(s_changed, new CrmStatus("Lost", null, s_at.AddMinutes(1), s_at.AddMinutes(1)), StatusConflict.LawRulerWins, "lawruler", s_at.AddMinutes(1));
        var set = StatusSync.SetByKayse(after, Set("evt_1", s_at), "Active", s_at, StatusConflict.LawRulerWins, s_at.AddMinutes(2));

        Assert.Equal(("Lost", "lawruler"), (after.Status, after.StatusOrigin));
        Assert.False(StatusSync.IsDue(set, "evt_1"));
    }

    [Fact]
    public void The_first_of_two_changes_elsewhere_is_neither_a_conflict_with_the_second_nor_undoes_it()
    {
        var second = StatusSync.SetElsewhere(s_changed, "closed", "lawmatics", had => had, s_at.AddSeconds(2));

        var first = StatusSync.SetByKayse(second, Set("evt_1", s_at), "Active", s_at.AddSeconds(1), StatusConflict.LawRulerWins, s_at.AddSeconds(3));
        var after = StatusSync.SetByKayse(first, Set("evt_2", s_at.AddSeconds(2)) with { Status = "closed" }, "closed", s_at.AddSeconds(2), StatusConflict.LawRulerWins, s_at.AddSeconds(4));

        Assert.Equal(("closed", 2), (first.Status, first.StatusChanges));
        Assert.Equal(("closed", 2, true), (after.Status, after.StatusChanges, StatusSync.IsDue(after, "evt_2")));
    }

    private static KayseStatus Set(string change, DateTimeOffset at) => new("active", change, at, KayseStatusState.Due);
}
