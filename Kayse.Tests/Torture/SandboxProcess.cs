using System.Collections.Concurrent;
using System.Diagnostics;

namespace Kayse.Tests.Torture;

/// <summary>The sandbox as a process of its own: it outlives every kill of the host, as a CRM does.</summary>
internal sealed class SandboxProcess : IDisposable
{
    private const string Label = "Sandbox: ";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<string> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SandboxProcess(string stateFile)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Kayse.Sandbox.dll"), "--port", "0", "--state", stateFile])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it is reached.</summary>
    public string Url { get; private set; } = string.Empty;

    /// <summary>Starts it on a free port.</summary>
    public static async Task<SandboxProcess> StartAsync(string stateFile)
    {
        var sandbox = new SandboxProcess(stateFile);
        try
        {
            sandbox.Url = await sandbox._url.Task.WaitAsync(s_patience);
            return sandbox;
        }
        catch (TimeoutException fault)
        {
            sandbox.Dispose();
            throw new InvalidOperationException($"The sandbox did not start: {string.Join('\n', sandbox._errors)}", fault);
        }
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

    private void Read(string? line)
    {
        if (line?.StartsWith(Label, StringComparison.Ordinal) == true)
        {
            _url.TrySetResult(line[Label.Length..].Trim());
        }
    }

    private void Keep(string? line)
    {
        if (!string.IsNullOrEmpty(line))
        {
            _errors.Enqueue(line);
        }
    }
}
