using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Kayse.Tests.Standalone;

/// <summary>The one-machine host as a process of its own, as a user starts it.</summary>
public sealed class KayseProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private KayseProcess(IReadOnlyDictionary<string, string?> environment, string[] arguments, IReadOnlyList<string>? before = null)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "Kayse.Standalone.dll"), .. arguments];
        // A shell that runs the tests in the background lets its children ignore an interrupt; a terminal does not.
        string[] shown = OperatingSystem.IsLinux() ? [.. before ?? [], "env", "--default-signal=INT", .. command] : command;
        var start = new ProcessStartInfo(shown[0], shown[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in new[] { "ASPNETCORE_ENVIRONMENT", "KAYSE_ADMIN_KEY", "KAYSE_DATA", "KAYSE_KEY_RING", "KAYSE_DEMO_WEBHOOK_TOKEN" })
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>What it has printed.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>What it has printed to stderr.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>The API's address, from the start-up text.</summary>
    public string Url => After("API");

    /// <summary>The sandbox's address.</summary>
    public string SandboxUrl => After("Sandbox");

    /// <summary>The key that it printed.</summary>
    public string AdminKey => After("Admin key");

    /// <summary>The commands that it printed.</summary>
    public IReadOnlyList<string> Commands => [.. _output.Select(line => line.Trim()).Where(line => line.Contains("curl ", StringComparison.Ordinal))];

    /// <summary>Starts it with the environment of a developer's machine.</summary>
    public static KayseProcess Start(params string[] arguments) =>
        new(new Dictionary<string, string?>(StringComparer.Ordinal) { ["ASPNETCORE_ENVIRONMENT"] = "Development" }, arguments);

    /// <summary>Starts it with an environment.</summary>
    public static KayseProcess StartWith(IReadOnlyDictionary<string, string?> environment, params string[] arguments) => new(environment, arguments);

    /// <summary>Starts it under a command that runs another one in its place, such as <c>setpriv</c>.</summary>
    public static KayseProcess StartUnder(IReadOnlyList<string> before, IReadOnlyDictionary<string, string?> environment, params string[] arguments) => new(environment, arguments, before);

    /// <summary>A client with a key.</summary>
    public static HttpClient Client(string key)
    {
#pragma warning disable RS0030 // One client for each test's process, on loopback, disposed with it.
        var client = new HttpClient();
#pragma warning restore RS0030
        client.DefaultRequestHeaders.Add("X-API-KEY", key);
        return client;
    }

    /// <summary>Waits until something is so.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "It did not become so in time.");
            await Task.Delay(50);
        }
    }

    /// <summary>Waits until it says that it is running and all of the text is there.</summary>
    public async Task RunningAsync(string lastLine = "Development:")
    {
        var watch = Stopwatch.StartNew();
        while (!_output.Any(line => line.StartsWith(lastLine, StringComparison.Ordinal)))
        {
            Assert.False(_process.HasExited, $"It ended: {string.Join('\n', _errors)}");
            Assert.True(watch.Elapsed < s_patience, $"It did not start: {string.Join('\n', _output)}");
            await Task.Delay(20);
        }
    }

    /// <summary>Interrupts it as Ctrl-C does.</summary>
    public void Interrupt() => Assert.Equal(0, Signal(_process.Id, 2));

    /// <summary>Ends it as a crash or a power cut does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>Waits for its end, which must be a refusal in one line.</summary>
    /// <returns>The line.</returns>
    public async Task<string> RefusedAsync()
    {
        Assert.NotEqual(0, await EndAsync());
        return Assert.Single(_errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (!string.IsNullOrEmpty(line))
        {
            lines.Enqueue(line);
        }
    }

    private string After(string label) =>
        _output.Select(line => line.Trim()).First(line => line.StartsWith(label + " ", StringComparison.Ordinal))[label.Length..].Trim().Split(' ')[0].ToString(CultureInfo.InvariantCulture);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
