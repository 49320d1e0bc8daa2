using FsCheck;
using FsCheck.Fluent;
using Kayse.Core.Workflows;

namespace Kayse.Tests.Workflows;

public sealed class RetryPolicyTests
{
    private static readonly RetryPolicy s_default = new(5, 1800, 24);

    [Fact]
    public void The_delay_is_5_s_doubled_up_to_30_min()
    {
        double[] expected = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800];
        Assert.All(expected.Select((seconds, i) => (seconds, i + 1)), pair => Assert.InRange(s_default.Delay("postcall.a/recording", pair.Item2).TotalSeconds, pair.seconds * 0.9, pair.seconds * 1.1));
    }

    [Fact]
    public void A_delay_is_bounded_jitters_within_a_tenth_and_grows_until_the_maximum() =>
        Prop.ForAll<string, int>((seed, number) =>
        {
            var attempt = 1 + (Math.Abs(number % 100_000));
            var nominal = Math.Min(5 * Math.Pow(2, Math.Min(attempt - 1, 30)), 1800);
            var delay = s_default.Delay(seed ?? "", attempt).TotalSeconds;
            var next = s_default.Delay(seed ?? "", attempt + 1).TotalSeconds;
            return delay >= nominal * 0.899 && delay <= nominal * 1.101 && (nominal >= 1800 / 2.0 || next > delay);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_step_and_attempt_wait_the_same_and_others_do_not()
    {
        Assert.Equal(s_default.Delay("a/note", 3), s_default.Delay("a/note", 3));
        Assert.True(Enumerable.Range(0, 50).Select(i => s_default.Delay($"call{i}/note", 3)).Distinct().Count() > 40);
    }
}
