using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Kayse.Core.Sync;

namespace Kayse.Tests.Sync;

/// <summary>
/// The status sync's state machine by chance: both sides change, webhooks come late or never, polls and pushes are cut into their parts, Law Ruler goes down,
/// the integration is paused and resumed, the sync is switched off and on. <c>KAYSE_STATUS_RUNS</c> says how many runs.
/// </summary>
public sealed class StatusModelTests
{
    private static readonly int s_runs = int.TryParse(Environment.GetEnvironmentVariable("KAYSE_STATUS_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var runs) ? runs : 3000;

    [Fact]
    public void Whatever_happens_both_sides_end_equal_and_nothing_is_written_that_Kayse_did_not_set_or_twice() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(s_runs), Prop.ForAll(Stories().ToArbitrary(), Tell));

    private static void Tell(Story story)
    {
        var world = new StatusWorld(story.Rule);
        foreach (var deed in story.Deeds)
        {
            world.Do(deed);
            Assert.All(world.Writes, write => Assert.Contains(write, world.SetInKayse));
            Assert.True(world.Writes.Count <= world.SetInKayse.Count + world.Lost, "A change was written twice.");
            Assert.Equal(0, world.WritesWhileOff);
        }

        var owed = world.Owed;
        world.Settle();
        Assert.Equal(world.LawRuler, world.Kayse);
        if (owed is not null)
        {
            Assert.Equal(owed, world.LawRuler);
        }

        // What has settled stays so: no status goes round in circles.
        var written = world.Writes.Count;
        world.Settle();
        Assert.Equal((written, world.LawRuler), (world.Writes.Count, world.Kayse));
    }

    private static Gen<Story> Stories() =>
        from rule in Gen.Elements(StatusConflict.LawRulerWins, StatusConflict.KayseWins, StatusConflict.Newest)
        from length in Gen.Choose(1, 40)
        from deeds in Deeds().ArrayOf(length)
        select new Story(rule, deeds);

    private static Gen<StatusDeed> Deeds() =>
        from kind in Gen.Frequency(
            (6, Gen.Constant(DeedKind.KayseSets)),
            (5, Gen.Constant(DeedKind.LawRulerSets)),
            (5, Gen.Constant(DeedKind.WebhookComes)),
            (1, Gen.Constant(DeedKind.WebhookIsLost)),
            (9, Gen.Constant(DeedKind.PushLooks)),
            (8, Gen.Constant(DeedKind.PushWrites)),
            (1, Gen.Constant(DeedKind.PushIsCutOff)),
            (3, Gen.Constant(DeedKind.PollReads)),
            (3, Gen.Constant(DeedKind.PollIsTaken)),
            (1, Gen.Constant(DeedKind.Outage)),
            (2, Gen.Constant(DeedKind.Pause)),
            (1, Gen.Constant(DeedKind.SwitchOff)),
            (1, Gen.Constant(DeedKind.SwitchOnRetroactively)),
            (1, Gen.Constant(DeedKind.SwitchOnNonRetroactively)))
        from number in Gen.Choose(0, 5)
        select new StatusDeed(kind, number);

    private sealed record Story(StatusConflict Rule, StatusDeed[] Deeds)
    {
        public override string ToString() => $"{Rule}: {string.Join(", ", Deeds.Select(deed => $"{deed.Kind} {deed.Number}"))}";
    }
}
