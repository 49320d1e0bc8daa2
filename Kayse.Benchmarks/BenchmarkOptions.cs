using System.Globalization;

namespace Kayse.Benchmarks;

/// <summary>How long and how much.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        dotnet run -c Release --project Kayse.Benchmarks -- intake|chain|start|webhooks|neighbours|all

          --seconds N       how long each run is measured (10)
          --runs N          how often each is measured (3)
          --pairs N         the pairs of runs of neighbours, without and with bad ones among them (5)
          --pair-seconds N  how long each of these runs is measured (20)
          --events N        the events in the filled data folder (1000000)
          --waiting N       the waiting workflows in it (10000)
          --folder DIR      where the data folders are made (a new temporary folder, deleted at the end)
        """;

    /// <summary>How long each run is measured.</summary>
    public double Seconds { get; init; } = 10;

    /// <summary>How long the load runs before it is measured: until the code is compiled for speed.</summary>
    public double WarmUpSeconds => Math.Min(10, Seconds);

    /// <summary>How often each is measured.</summary>
    public int Runs { get; init; } = 3;

    /// <summary>How often neighbours are measured, without and with bad ones among them.</summary>
    public int Pairs { get; init; } = 5;

    /// <summary>How long each of these runs is measured: beyond the time-out, so that one is waited for in vain and then left alone.</summary>
    public double PairSeconds { get; init; } = 20;

    /// <summary>The events in the filled data folder.</summary>
    public int Events { get; init; } = 1_000_000;

    /// <summary>The waiting workflows in the filled data folder.</summary>
    public int Waiting { get; init; } = 10_000;

    /// <summary>Where the data folders are made, or null for a temporary folder.</summary>
    public string? Folder { get; init; }

    /// <summary>Reads the options behind the benchmark's name; null when one is not known or has no value.</summary>
    public static BenchmarkOptions? Parse(ReadOnlySpan<string> arguments)
    {
        var options = new BenchmarkOptions();
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            var value = arguments[i + 1];
            switch (arguments[i])
            {
                case "--seconds":
                    options = options with { Seconds = double.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--runs":
                    options = options with { Runs = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--pairs":
                    options = options with { Pairs = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--pair-seconds":
                    options = options with { PairSeconds = double.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--events":
                    options = options with { Events = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--waiting":
                    options = options with { Waiting = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--folder":
                    options = options with { Folder = value };
                    break;
                default:
                    return null;
            }
        }

        return arguments.Length % 2 == 0 ? options : null;
    }
}
