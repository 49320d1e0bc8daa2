using System.Diagnostics;
using Kayse.Tests.StoreWriter;

namespace Kayse.Tests.Torture;

/// <summary>The process with 32 writers. What it says goes into the tally until its pipe ends, so that nothing that it acknowledged is missed.</summary>
internal sealed class StoreProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly StoreTally _tally;
    private readonly Process _process;
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private readonly Lock _gate = new();
    private (Func<StoreTally, bool> Condition, Action AtOnce, TaskCompletionSource Met)? _awaited;

    private StoreProcess(StoreTally tally, Process process)
    {
        _tally = tally;
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts it over a data folder.</summary>
    public static StoreProcess Start(string data, StoreTally tally, params IReadOnlyList<string> before)
    {
        string[] command = [.. before, "dotnet", Path.Combine(AppContext.BaseDirectory, "Kayse.Tests.StoreWriter.dll"), data, $"{tally.Seed}"];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        return new StoreProcess(tally, Process.Start(start)!);
    }

    /// <summary>Ends as soon as what was said until then meets a condition.</summary>
    public Task UntilAsync(Func<StoreTally, bool> condition) => UntilAsync(condition, static () => { });

    /// <summary>Ends it as soon as what was said until then meets a condition, on the thread that heard it: what was acknowledged is a moment old.</summary>
    public async Task KillWhenAsync(Func<StoreTally, bool> condition)
    {
        await UntilAsync(condition, _process.Kill);
        await _process.WaitForExitAsync();
        await _reading;
    }

    /// <summary>Ends it as a crash does, and hears it out.</summary>
    public async Task KillAsync()
    {
        Assert.False(_process.HasExited, $"The writers ended by themselves: {(_process.HasExited ? await _errors : "")}");
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
    }

    /// <summary>Waits for its end, which must be a refusal in one line.</summary>
    /// <returns>The line.</returns>
    public async Task<string> RefusedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        Assert.Equal(1, _process.ExitCode);
        return Assert.Single((await _errors).Split('\n', StringSplitOptions.RemoveEmptyEntries));
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

    private async Task UntilAsync(Func<StoreTally, bool> condition, Action atOnce)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (condition(_tally))
            {
                atOnce();
                return;
            }

            _awaited = (condition, atOnce, met);
        }

        if (await Task.WhenAny(met.Task, _reading).WaitAsync(s_patience) == _reading && !met.Task.IsCompleted)
        {
            Assert.Fail($"The writers ended: {await _errors}");
        }
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_gate)
            {
                _tally.Take(StoreLine.Parse(line));
                if (_awaited is { } awaited && awaited.Condition(_tally))
                {
                    awaited.AtOnce();
                    _awaited = null;
                    awaited.Met.SetResult();
                }
            }
        }
    }
}
