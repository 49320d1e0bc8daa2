using System.Text.Json;

namespace Kayse.Sandbox.State;

/// <summary>Keeps the state between starts. It is written beside its place and moved there, so that it is always whole.</summary>
internal sealed partial class StateFile(SandboxOptions options, ILogger<StateFile> logger) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private bool _dirty;
    private TimeSpan _cost;

    /// <summary>What was saved, or null where nothing was.</summary>
    /// <exception cref="SandboxStartException">The file is there and cannot be read.</exception>
    public SavedState? Load()
    {
        if (options.StateFile is not { } path || !File.Exists(path))
        {
            return null;
        }

        try
        {
            using var file = File.OpenRead(path);
            var saved = JsonSerializer.Deserialize<SavedState>(file, SandboxJson.Own);
            return saved is { Version: 1 }
                ? saved
                : throw new SandboxStartException($"The sandbox's state file {path} is of another version. Delete it, or name another.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SandboxStartException($"The sandbox's state file {path} cannot be read. Delete it, or name another.", e);
        }
    }

    public void SaveSoon(Func<byte[]> content)
    {
        if (options.StateFile is null)
        {
            return;
        }

        lock (_gate)
        {
            if (!_dirty)
            {
                _dirty = true;
                _timer?.Dispose();
                _timer = options.Clock.CreateTimer(_ => _ = SaveAsync(content), null, Delay(), Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Writes the file; a failure goes to the log.</summary>
    public async Task SaveAsync(Func<byte[]> content)
    {
        try
        {
            await WriteAsync(content, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotSaved(logger, e);
        }
    }

    /// <summary>Writes the file for the first time, so that a place that cannot be written to is known at the start.</summary>
    /// <exception cref="SandboxStartException">The file cannot be written.</exception>
    public async Task SaveFirstAsync(Func<byte[]> content, CancellationToken ct)
    {
        try
        {
            await WriteAsync(content, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxStartException($"The sandbox's state file {options.StateFile} cannot be written.", e);
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _writing.Dispose();
    }

    private async Task WriteAsync(Func<byte[]> content, CancellationToken ct)
    {
        if (options.StateFile is not { } path)
        {
            return;
        }

        await _writing.WaitAsync(ct);
        try
        {
            lock (_gate)
            {
                _dirty = false;
            }

            var started = options.Clock.GetTimestamp();
            var temporary = path + ".new";
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await File.WriteAllBytesAsync(temporary, content(), ct);
            File.Move(temporary, path, overwrite: true);
            _cost = options.Clock.GetElapsedTime(started);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>A large state is written less often, so that saving it never takes more than a tenth of the time.</summary>
    private TimeSpan Delay() => _cost * 10 > options.SaveDelay ? _cost * 10 : options.SaveDelay;

    [LoggerMessage(Level = LogLevel.Error, Message = "The sandbox's state could not be saved")]
    private static partial void NotSaved(ILogger logger, Exception exception);
}
