namespace Kayse.Sandbox.State;

/// <summary>Work that outlives its request: late writes and webhooks. It ends with the server.</summary>
internal sealed partial class BackgroundWork(ILogger<BackgroundWork> logger) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public CancellationToken Stopping => _stopping.Token;

    public void Start(Func<CancellationToken, Task> work) => _ = RunAsync(work);

    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(Func<CancellationToken, Task> work)
    {
        await Task.Yield();
        try
        {
            await work(Stopping);
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            // The server is stopping, and what has not happened yet never will: as when a machine goes down.
        }
#pragma warning disable CA1031 // Nobody awaits this work, so whatever it throws must end in the log.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(logger, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Background work failed")]
    private static partial void Failed(ILogger logger, Exception exception);
}
