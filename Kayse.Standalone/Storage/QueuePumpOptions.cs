namespace Kayse.Standalone.Storage;

/// <summary>How the <see cref="QueuePump"/> pushes.</summary>
public sealed record QueuePumpOptions
{
    /// <summary>Messages of one queue that are handled at once. No queue takes another's places.</summary>
    public int MaxConcurrent { get; init; } = 16;

    /// <summary>The same for queues that need another number, by name: more where the handlers wait for strangers.</summary>
    public IReadOnlyDictionary<string, int> MaxConcurrentOf { get; init; } = new Dictionary<string, int>();

    /// <summary>The wait after the store could not be read or written.</summary>
    public TimeSpan StorageRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Messages of a queue that are handled at once.</summary>
    public int PlacesOf(string queue) => MaxConcurrentOf.GetValueOrDefault(queue, MaxConcurrent);
}
