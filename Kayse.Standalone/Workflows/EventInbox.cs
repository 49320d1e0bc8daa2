using System.Diagnostics.CodeAnalysis;

namespace Kayse.Standalone.Workflows;

/// <summary>Matches raised events with those who wait for them, by name and each in order.</summary>
internal sealed class EventInbox
{
    private readonly Dictionary<string, Queue<IWorkflowOperation>> _waiters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<TurnEvent>> _untaken = new(StringComparer.Ordinal);

    /// <summary>Takes an event that has come already; else notes the waiter.</summary>
    public bool TryTake(string name, IWorkflowOperation waiter, out ReadOnlyMemory<byte> payload)
    {
        if (_untaken.TryGetValue(name, out var events) && events.TryDequeue(out var taken))
        {
            payload = taken.Payload;
            return true;
        }

        Of(_waiters, name).Enqueue(waiter);
        payload = default;
        return false;
    }

    /// <summary>Finds who waits for an event; else keeps the event.</summary>
    public bool TryHand(TurnEvent raised, [MaybeNullWhen(false)] out IWorkflowOperation waiter)
    {
        if (_waiters.TryGetValue(raised.Name, out var waiters) && waiters.TryDequeue(out waiter))
        {
            return true;
        }

        Of(_untaken, raised.Name).Enqueue(raised);
        waiter = null;
        return false;
    }

    /// <summary>The events nobody took, in the order in which they came.</summary>
    public IReadOnlyList<TurnEvent> Untaken() => [.. _untaken.Values.SelectMany(events => events).OrderBy(raised => raised.Sequence)];

    private static Queue<T> Of<T>(Dictionary<string, Queue<T>> queues, string name)
    {
        if (!queues.TryGetValue(name, out var queue))
        {
            queue = new Queue<T>();
            queues.Add(name, queue);
        }

        return queue;
    }
}
