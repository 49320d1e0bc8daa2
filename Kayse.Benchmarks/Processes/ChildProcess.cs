using System.Diagnostics;
using System.Text.Json;

namespace Kayse.Benchmarks.Processes;

/// <summary>The parent's side of a role: this program again, in a process of its own.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process, string ready)
    {
        _process = process;
        Ready = ready;
    }

    /// <summary>What the child said when it was ready.</summary>
    public string Ready { get; }

    /// <summary>Starts a role and waits until it is ready.</summary>
    public static async Task<ChildProcess> StartAsync(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ChildProcess).Assembly.Location, "role", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        return new ChildProcess(process, await AnswerAsync(process));
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    public async Task<string> AskAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        return await AnswerAsync(_process);
    }

    /// <summary>What the child has used since it started.</summary>
    public async Task<Usage> UsageAsync() => JsonSerializer.Deserialize<Usage>(await AskAsync("usage"))!;

    /// <summary>Ends the child and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<string> AnswerAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(RoleServer.Mark, StringComparison.Ordinal))
            {
                return line[RoleServer.Mark.Length..];
            }
        }

        throw new InvalidOperationException("A child process ended before it answered; its messages are above.");
    }
}
