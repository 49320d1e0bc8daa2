using System.Globalization;
using System.Text;

namespace Kayse.Tests.StoreWriter;

/// <summary>
/// What the stores hold after a writer's step, computed from the seed alone. A step's batch inserts its rows, replaces the head,
/// and deletes the rows of an old step, so that the head says which rows must be there, to the byte, and which must not.
/// </summary>
internal static class StoreModel
{
    /// <summary>How many write at once.</summary>
    public const int Writers = 32;

    /// <summary>The entities' table.</summary>
    public const string Table = "torture";

    /// <summary>The row that bears the number of the last step.</summary>
    public const string Head = "head";

    /// <summary>The messages' queue.</summary>
    public const string Queue = "torture";

    /// <summary>Under what the blobs are.</summary>
    public const string Blobs = "firm";

    /// <summary>Of how many steps the rows are kept.</summary>
    public const int StepsKept = 6;

    /// <summary>How many steps there are between two with a blob and a message.</summary>
    public const int Beside = 4;

    /// <summary>After how many steps a blob is deleted.</summary>
    public const int BlobLife = 8;

    private const int MaxRows = 8;
    private const int MaxRowBytes = 4000;
    private const int MaxBlobBytes = 60_000;

    public static string Partition(int writer) => $"firm.{writer}";

    public static string Blob(int writer, int step) => $"{Blobs}/{writer}/{step}";

    public static string Message(int writer, int step) => $"{writer}-{step}";

    public static StoreLine Handled(string message)
    {
        var parts = message.Split('-');
        return new StoreLine(StoreAct.Handled, true, int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>The rows that a step inserts.</summary>
    public static IReadOnlyDictionary<string, byte[]> Rows(int seed, int writer, int step)
    {
        var random = Chance(seed, writer, step, 1);
        return Enumerable.Range(0, random.Next(1, MaxRows + 1)).ToDictionary(
            i => $"{step:d8}-{i}",
            i => Encoding.ASCII.GetBytes($$"""{"writer":{{writer}},"step":{{step}},"row":{{i}},"fill":"{{Text(random, random.Next(MaxRowBytes))}}"}"""),
            StringComparer.Ordinal);
    }

    /// <summary>The head after a step.</summary>
    public static byte[] HeadRow(int step) => Encoding.ASCII.GetBytes($$"""{"step":{{step}}}""");

    /// <summary>All rows of a writer after a step.</summary>
    public static IReadOnlyDictionary<string, byte[]> State(int seed, int writer, int head)
    {
        var state = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var step = Math.Max(1, head - StepsKept + 1); step <= head; step++)
        {
            foreach (var (row, json) in Rows(seed, writer, step))
            {
                state.Add(row, json);
            }
        }

        if (head > 0)
        {
            state.Add(Head, HeadRow(head));
        }

        return state;
    }

    /// <summary>A blob's bytes.</summary>
    public static byte[] BlobContent(int seed, int writer, int step)
    {
        var random = Chance(seed, writer, step, 2);
        var content = new byte[random.Next(MaxBlobBytes)];
        random.NextBytes(content);
        return content;
    }

    /// <summary>A message's body.</summary>
    public static string MessageBody(int seed, int writer, int step)
    {
        var random = Chance(seed, writer, step, 3);
        return Text(random, random.Next(1, 2000));
    }

    private static string Text(Random random, int length) => string.Create(length, random, static (text, random) =>
    {
        foreach (ref var c in text)
        {
            c = (char)('a' + random.Next(26));
        }
    });

    // HashCode differs from process to process.
    private static Random Chance(int seed, int writer, int step, int purpose) => new(unchecked((((((seed * 397) + writer) * 104_729) + step) * 31) + purpose));
}
