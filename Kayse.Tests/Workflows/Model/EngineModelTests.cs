using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Kayse.Tests.Workflows.Model;

/// <summary>
/// The engine against a model that never crashes. <c>KAYSE_TORTURE_ROUNDS</c> says how many runs, <c>KAYSE_TORTURE_SEED</c>
/// repeats those of a failure: the two numbers that it prints, as in <c>123,45</c>.
/// </summary>
[Trait("Category", "Torture")]
public sealed class EngineModelTests
{
    private static readonly int s_rounds = int.TryParse(Environment.GetEnvironmentVariable("KAYSE_TORTURE_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : 100;

    [Fact]
    public void Whatever_is_done_to_it_the_engine_shows_what_one_that_never_crashes_shows()
    {
        var config = Config.QuickThrowOnFailure.WithMaxTest(s_rounds);
        if (Environment.GetEnvironmentVariable("KAYSE_TORTURE_SEED")?.Split(',') is [var seed, var gamma])
        {
            var random = new Rnd(ulong.Parse(seed, CultureInfo.InvariantCulture), ulong.Parse(gamma, CultureInfo.InvariantCulture));
            config = config.WithReplay(FSharpOption<Replay>.Some(new Replay(random, FSharpOption<int>.None)));
        }

        // On a thread without a synchronization context: the model's workflows go on within the call that wakes them.
        Check.One(config, Prop.ForAll(ModelRuns.Any(), run => Task.Run(() => ModelRun.DoAsync(run)).GetAwaiter().GetResult()));
    }
}
