using System.Collections.Concurrent;
using Kayse.Core.Storage;

namespace Kayse.Tests.Storage;

/// <summary>Takes down what it is pushed, and does with it what the test says.</summary>
public sealed class RecordingHandler(string queue, Func<QueueMessage, CancellationToken, Task>? act = null) : IQueueHandler
{
    private readonly ConcurrentQueue<QueueMessage> _seen = new();
    private readonly ConcurrentDictionary<string, int> _running = new();
    private int _atOnce;

    public string Queue => queue;

    public IReadOnlyList<QueueMessage> Seen => [.. _seen];

    public IEnumerable<string> Ids => _seen.Select(message => message.Id);

    /// <summary>The most that ran at the same time.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>Two messages of one session ran at the same time.</summary>
    public bool Overlapped { get; private set; }

    public async Task HandleAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        _seen.Enqueue(message);
        lock (_seen)
        {
            Overlapped |= _running.AddOrUpdate(message.Session, 1, (_, count) => count + 1) > 1;
            MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
        }

        try
        {
            await (act?.Invoke(message, cancellationToken) ?? Task.CompletedTask);
        }
        finally
        {
            lock (_seen)
            {
                _running.AddOrUpdate(message.Session, 0, (_, count) => count - 1);
                _atOnce--;
            }
        }
    }
}
