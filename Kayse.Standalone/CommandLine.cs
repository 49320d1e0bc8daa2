using System.Globalization;

namespace Kayse.Standalone;

/// <summary>Reads the command line and the environment.</summary>
public static class CommandLine
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Kayse on one machine.

          --port N           the port to listen on (7071; 0 for a free one)
          --data DIR         the data folder (.kayse, or KAYSE_DATA)
          --sandbox-port N   the sandbox's port (7072; 0 for a free one)
          --no-sandbox       do not start the sandbox
          --no-demo          do not open the firm "demo"

        Environment: KAYSE_ADMIN_KEY, KAYSE_DATA, KAYSE_KEY_RING, KAYSE_DEMO_WEBHOOK_TOKEN, ASPNETCORE_ENVIRONMENT.
        The sandbox and the firm "demo" are for Development alone.
        """;

    /// <summary>Reads the options.</summary>
    /// <exception cref="StartException">An option is not known or its value does not fit; the message says which.</exception>
    public static StandaloneOptions Parse(IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(environment);
        var isDevelopment = environment("ASPNETCORE_ENVIRONMENT") == "Development";
        var options = new StandaloneOptions
        {
            IsDevelopment = isDevelopment,
            WithSandbox = isDevelopment,
            WithDemo = isDevelopment,
            Data = NotEmpty(environment("KAYSE_DATA")) ?? ".kayse",
            OperatorKey = NotEmpty(environment("KAYSE_ADMIN_KEY")),
            DemoWebhookToken = NotEmpty(environment("KAYSE_DEMO_WEBHOOK_TOKEN")),
            KeyRing = NotEmpty(environment("KAYSE_KEY_RING")),
        };
        for (var i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "--port" => options with { Port = Port(arguments, ref i) },
                "--sandbox-port" => options with { SandboxPort = Port(arguments, ref i) },
                "--data" => options with { Data = Value(arguments, ref i) },
                "--no-sandbox" => options with { WithSandbox = false, WithDemo = false },
                "--no-demo" => options with { WithDemo = false },
                _ => throw new StartException($"There is no option {arguments[i]}. --help lists them."),
            };
        }

        return options;
    }

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static string Value(IReadOnlyList<string> arguments, ref int i) =>
        ++i < arguments.Count && arguments[i].Length > 0 ? arguments[i] : throw new StartException($"{arguments[i - 1]} needs a value. --help lists the options.");

    private static int Port(IReadOnlyList<string> arguments, ref int i)
    {
        var name = arguments[i];
        return int.TryParse(Value(arguments, ref i), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw new StartException($"{name} expects a port from 0 to 65535, not {arguments[i]}.");
    }
}

/// <summary>The host cannot be started; the message is one line for the user.</summary>
public sealed class StartException(string message, Exception? innerException = null) : Exception(message, innerException);
