using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Kayse.Core.Webhooks;

namespace Kayse.Tests.Webhooks;

/// <summary><c>KAYSE_RETRY_RUNS</c> says how many schedules the property tries.</summary>
public sealed class RetryScheduleTests
{
    private static readonly int s_runs = int.TryParse(Environment.GetEnvironmentVariable("KAYSE_RETRY_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var runs) ? runs : 2000;

    private static readonly DateTimeOffset s_first = new(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_table_makes_eight_attempts_over_a_day()
    {
        var delays = new RetrySchedule(RetrySchedule.Default).Delays;

        Assert.Equal([5, 300, 1800, 7200, 18_000, 36_000, 21_600], delays.Select(delay => delay.TotalSeconds));
    }

    [Theory]
    [InlineData("1s", 1)]
    [InlineData("0.5s, 1.5m", 2)]
    [InlineData("5s,5s,5s", 3)]
    [InlineData("12h, 12h", 2)]
    [InlineData("5m, 5s", 2)]
    [InlineData("24h", 1)]
    public void A_table_that_grows_within_a_day_is_taken(string table, int delays) => Assert.Equal(delays, new RetrySchedule(table).Delays.Count);

    [Theory]
    [InlineData("", "'' is no delay. Expected a list such as \"5s, 5m, 30m, 2h, 5h, 10h, 6h\".")]
    [InlineData("5s,", "'' is no delay. Expected a list such as \"5s, 5m, 30m, 2h, 5h, 10h, 6h\".")]
    [InlineData("5", "'5' is no delay.")]
    [InlineData("s", "'s' is no delay.")]
    [InlineData("5d", "'5d' is no delay.")]
    [InlineData("5S", "'5S' is no delay.")]
    [InlineData("0s", "'0s' is no delay.")]
    [InlineData("0.00000001s", "'0.00000001s' is no delay.")]
    [InlineData("-5s", "'-5s' is no delay.")]
    [InlineData("1e3s", "'1e3s' is no delay.")]
    [InlineData("∞s", "'∞s' is no delay.")]
    [InlineData("5s; 5m", "'5s; 5m' is no delay.")]
    [InlineData("86401s", "'86401s' is no delay.")]
    [InlineData("5m, 5s, 1h", "The delays must grow; only the last may be shorter than the one before it.")]
    [InlineData("12h, 12h, 1s", "The delays together must not be longer than 24 hours.")]
    [InlineData("25h", "The delays together must not be longer than 24 hours.")]
    public void A_table_that_cannot_be_kept_is_refused_with_the_reason(string table, string reason) =>
        Assert.StartsWith(reason, Assert.Throws<FormatException>(() => new RetrySchedule(table)).Message, StringComparison.Ordinal);

    [Fact]
    public void Deliveries_that_fail_together_do_not_come_back_together()
    {
        var schedule = new RetrySchedule(RetrySchedule.Default);
        var shares = Enumerable.Range(0, 1000).Select(i => (schedule.Next($"dlv_{i}", s_first, 2, s_first, null)!.Value - s_first) / schedule.Delays[1]).Order().ToList();

        Assert.InRange(shares[0], 0.9, 0.91);
        Assert.InRange(shares[500], 0.98, 1.02);
        Assert.InRange(shares[^1], 1.09, 1.1);
    }

    [Fact]
    public void Whatever_the_table_and_the_destination_say_the_retries_keep_to_the_day() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(s_runs), Prop.ForAll(Runs().ToArbitrary(), Keep));

    private static void Keep(Run run)
    {
        var schedule = new RetrySchedule(run.Table);
        var (last, end) = (RetrySchedule.LastAttempt(s_first), RetrySchedule.End(s_first));
        var (now, attempts) = (s_first, 0);
        foreach (var step in run.Steps)
        {
            now += TimeSpan.FromSeconds(step.TookSeconds);
            attempts++;
            var notBefore = step.RetryAfterSeconds is { } seconds ? now.AddSeconds(seconds) : (DateTimeOffset?)null;
            var found = schedule.Next(run.Delivery, s_first, attempts, now, notBefore);
            Assert.Equal(found, schedule.Next(run.Delivery, s_first, attempts, now, notBefore));
            Assert.Equal(attempts > schedule.Delays.Count || now >= last, found is null);
            if (found is not { } next)
            {
                Assert.InRange(attempts, 1, schedule.Delays.Count + 1);
                return;
            }

            var own = schedule.Next(run.Delivery, s_first, attempts, now, null)!.Value;
            var delay = schedule.Delays[attempts - 1];
            Assert.True(next > now && next < end && next <= last);
            Assert.True(own == last || own - now >= delay * 0.899, "It came too early.");
            Assert.True(own - now <= delay * 1.101, "It came too late.");
            Assert.True(next >= own, "Retry-After made it come earlier.");
            Assert.True(notBefore is null || next >= notBefore || next == last, "It came before it was asked to.");
            Assert.True(next == own || next == notBefore || next == last, "It came at a time that nobody asked for.");
            now = next.AddSeconds(step.LateSeconds);
        }
    }

    private static Gen<Run> Runs() =>
        from count in Gen.Choose(1, 12)
        from parts in Gen.Choose(1, 7_000_000).ArrayOf(count)
        from shortest in Gen.Elements(1, 1000, 5000, 60_000)
        from steps in Steps().ArrayOf(14)
        from id in Gen.Choose(0, 1_000_000)
        select new Run($"dlv_{id}", string.Join(", ", parts.Order().Select(part => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(part, shortest) / 1000m:0.000}s"))), steps);

    private static Gen<Step> Steps() =>
        from took in Gen.Choose(0, 15)
        from retryAfter in Gen.Frequency((3, Gen.Constant<int?>(null)), (2, Gen.Choose(-10, 7200).Select(seconds => (int?)seconds)), (1, Gen.Choose(0, 400_000).Select(seconds => (int?)seconds)))
        from late in Gen.Frequency((4, Gen.Constant(0)), (2, Gen.Choose(0, 30)), (1, Gen.Choose(0, 20_000)))
        select new Step(took, retryAfter, late);

    /// <summary>A delivery that always fails.</summary>
    private sealed record Run(string Delivery, string Table, Step[] Steps);

    /// <summary>An attempt: how long it took, what its answer asked for, and by how much the next was late.</summary>
    private sealed record Step(int TookSeconds, int? RetryAfterSeconds, int LateSeconds);
}
