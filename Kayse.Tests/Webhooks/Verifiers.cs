using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Kayse.Tests.Webhooks;

/// <summary>The programs that <c>docs/webhooks.md</c> shows to receivers, run as they stand there.</summary>
internal static class Verifiers
{
    /// <summary>The program that checks <c>X-Kayse-Signature</c> and nothing else.</summary>
    public const string KayseSignatureAlone = "`X-Kayse-Signature` alone";

    private static readonly Program[] s_programs =
    [
        new("C#", "csharp", "verify.cs", ["dotnet", "verify/verify.dll"], ["dotnet", "build", "verify.cs", "-o", "verify", "-p:PublishAot=false", "--disable-build-servers", "-nologo"]),
        new("Node", "js", "verify.mjs", ["node", "verify.mjs"], ["node", "--version"]),
        new("Python", "python", "verify.py", ["python3", "verify.py"], ["python3", "--version"]),
        new("Shell", "bash", "verify.sh", ["bash", "verify.sh"], ["bash", "-c", "openssl version"]),
        new(KayseSignatureAlone, "python", "kayse.py", ["python3", "kayse.py"], ["python3", "--version"]),
    ];

    private static readonly ConcurrentDictionary<string, Lazy<Task<bool>>> s_prepared = new(StringComparer.Ordinal);
    private static readonly Lazy<string> s_folder = new(NewFolder);

    /// <summary>The languages in which <c>webhook-signature</c> is checked, as the page's headings name them.</summary>
    public static IEnumerable<string> Languages => s_programs.Select(program => program.Heading).Where(heading => heading != KayseSignatureAlone);

    /// <summary>Builds what has to be built, and looks which interpreters are on this machine.</summary>
    public static Task PrepareAsync() => Task.WhenAll(s_programs.Select(program => PreparedAsync(program)));

    /// <summary>Whether a program takes a delivery for genuine; null when its interpreter is not on this machine.</summary>
    /// <param name="language">One of <see cref="Languages"/>, or <see cref="KayseSignatureAlone"/>.</param>
    /// <param name="secret">What the receiver has as its secret.</param>
    /// <param name="headers">The delivery's headers, by the names they have in the request.</param>
    /// <param name="body">The delivery's body.</param>
    /// <exception cref="InvalidOperationException">The program broke down: that is no refusal.</exception>
    public static async Task<bool?> RunAsync(string language, string secret, IReadOnlyDictionary<string, string> headers, byte[] body)
    {
        var program = s_programs.Single(one => one.Heading == language);
        if (!await PreparedAsync(program))
        {
            return null;
        }

        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["WEBHOOK_SECRET"] = secret,
            ["WEBHOOK_ID"] = Header(headers, "webhook-id"),
            ["WEBHOOK_TIMESTAMP"] = Header(headers, "webhook-timestamp"),
            ["WEBHOOK_SIGNATURE"] = Header(headers, "webhook-signature"),
            ["KAYSE_SIGNATURE"] = Header(headers, "X-Kayse-Signature"),
        };
        var (exitCode, error, _) = await RunAsync(program.Command, variables, body);
        return exitCode is 0 or 1 && error.Length == 0 ? exitCode == 0 : throw new InvalidOperationException($"{language} ended with {exitCode}: {error}");
    }

    private static string? Header(IReadOnlyDictionary<string, string> headers, string name) =>
        headers.SingleOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static Task<bool> PreparedAsync(Program program) => s_prepared.GetOrAdd(program.Heading, _ => new Lazy<Task<bool>>(() => PrepareAsync(program))).Value;

    private static async Task<bool> PrepareAsync(Program program)
    {
        await File.WriteAllTextAsync(Path.Combine(s_folder.Value, program.File), VerifierPage.Block(VerifierPage.Text(), $"### {program.Heading}", program.Fence));
        try
        {
            var (exitCode, error, output) = await RunAsync(program.Preparation, new Dictionary<string, string?>(StringComparer.Ordinal), []);
            // The SDK is there, or these tests would not be: what does not build is the page's fault.
            return exitCode == 0 || (program.Fence == "csharp" ? throw new InvalidOperationException(output + error) : false);
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static async Task<(int ExitCode, string Error, string Output)> RunAsync(string[] command, Dictionary<string, string?> variables, byte[] input)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = s_folder.Value,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // The test run's own build settings are not for the page's program.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await using var kill = deadline.Token.Register(process.Kill);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, CancellationToken.None);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has refused the headers already and reads no body.
        }

        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, await error, await output);
    }

    private static string NewFolder()
    {
        var folder = Directory.CreateTempSubdirectory("kayse-verifiers-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    private sealed record Program(string Heading, string Fence, string File, string[] Command, string[] Preparation);
}
