namespace Kayse.Sandbox;

/// <summary>The options of <c>dotnet run --project Kayse.Sandbox</c>.</summary>
internal static class CommandLine
{
    public const string Usage = "Usage: Kayse.Sandbox [--port N] [--state FILE]";

    /// <exception cref="SandboxStartException">An option is unknown, or its value is missing or wrong.</exception>
    public static SandboxOptions Parse(IReadOnlyList<string> args)
    {
        var options = new SandboxOptions { Port = SandboxDefaults.Port };
        for (var i = 0; i < args.Count; i += 2)
        {
            var value = i + 1 < args.Count ? args[i + 1] : null;
            options = args[i] switch
            {
                "--port" => options with { Port = Port(value) },
                "--state" => options with
                {
                    StateFile = string.IsNullOrEmpty(value) ? throw new SandboxStartException("--state needs a file. " + Usage) : value,
                },
                _ => throw new SandboxStartException($"Unknown option '{args[i]}'. {Usage}"),
            };
        }

        return options;
    }

    private static int Port(string? text) => int.TryParse(text, out var port) && port is >= 0 and <= 65535
        ? port
        : throw new SandboxStartException("--port needs a number from 0 to 65535. " + Usage);
}
