using System.Text.Json;
using Kayse.Sandbox.LawRuler;

namespace Kayse.Sandbox.State;

/// <summary>Keeps the state between starts. It is written beside its place and moved there, so that it is always whole.</summary>
internal sealed partial class StateFile(SandboxOptions options, ILogger<StateFile> logger) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private bool _dirty;

    /// <summary>What was saved, or null where nothing was.</summary>
    /// <exception cref="SandboxStartException">The file is there and cannot be read.</exception>
    public IReadOnlyList<Portal>? Load()
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
                ? saved.Portals
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
                _timer = options.Clock.CreateTimer(_ => _ = SaveAsync(content), null, options.SaveDelay, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public async Task SaveAsync(Func<byte[]> content)
    {
        if (options.StateFile is not { } path)
        {
            return;
        }

        await _writing.WaitAsync();
        try
        {
            lock (_gate)
            {
                _dirty = false;
            }

            var temporary = path + ".new";
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await File.WriteAllBytesAsync(temporary, content());
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotSaved(logger, e);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _writing.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The sandbox's state could not be saved")]
    private static partial void NotSaved(ILogger logger, Exception exception);
}
