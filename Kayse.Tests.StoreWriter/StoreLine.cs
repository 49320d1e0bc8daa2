using System.Globalization;

namespace Kayse.Tests.StoreWriter;

/// <summary>One outcome.</summary>
/// <param name="Act">What was done.</param>
/// <param name="Taken">The store acknowledged it; otherwise it refused it.</param>
/// <param name="Writer">The writer.</param>
/// <param name="Step">The writer's step.</param>
internal readonly record struct StoreLine(StoreAct Act, bool Taken, int Writer, int Step)
{
    public static StoreLine Parse(string text)
    {
        var parts = text.Split(' ');
        return new StoreLine(Enum.Parse<StoreAct>(parts[0]), parts[1] == "+", int.Parse(parts[2], CultureInfo.InvariantCulture), int.Parse(parts[3], CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Act} {(Taken ? '+' : '-')} {Writer} {Step}");
}
