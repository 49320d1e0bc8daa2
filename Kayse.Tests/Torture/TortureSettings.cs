using System.Globalization;

namespace Kayse.Tests.Torture;

/// <summary>How long and by which chance the torture goes; the long form is asked for by environment variables.</summary>
/// <param name="Rounds">How often the host is killed, at least.</param>
/// <param name="Time">How long it is killed, at least.</param>
/// <param name="Seed">What the chance begins with.</param>
internal sealed record TortureSettings(int Rounds, TimeSpan Time, int Seed)
{
    /// <summary>As the environment says: <c>KAYSE_TORTURE_ROUNDS</c>, <c>KAYSE_TORTURE_MINUTES</c>, <c>KAYSE_TORTURE_SEED</c>.</summary>
    public static TortureSettings Read(int shortRounds = 20) => new(
        Math.Max(shortRounds, Number("KAYSE_TORTURE_ROUNDS") ?? 0),
        TimeSpan.FromMinutes(Number("KAYSE_TORTURE_MINUTES") ?? 0),
        Number("KAYSE_TORTURE_SEED") ?? Random.Shared.Next(1_000_000));

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
