using System.Text.Json;

namespace Kayse.Benchmarks.Processes;

/// <summary>The child's side: it says that it is ready and answers commands, a line each, until its input ends.</summary>
internal static class RoleServer
{
    /// <summary>Marks the lines that are for the parent.</summary>
    public const string Mark = "= ";

    /// <summary>Serves until the parent closes the input.</summary>
    /// <param name="ready">Told to the parent first.</param>
    /// <param name="fsyncs">How often this process's store has waited for the disk.</param>
    /// <param name="commands">What it can be asked, by the line's first word; the rest of the line is given to it.</param>
    public static async Task ServeAsync(string ready, Func<long> fsyncs, IReadOnlyDictionary<string, Func<string, Task<string>>> commands)
    {
        Answer(ready);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var (name, rest) = line.Split(' ', 2) is [var first, var others] ? (first, others) : (line, "");
            Answer(name == "usage" ? JsonSerializer.Serialize(Usage.Now(fsyncs())) : await commands[name](rest));
        }
    }

    private static void Answer(string text) => Console.Out.WriteLine(Mark + text);
}
