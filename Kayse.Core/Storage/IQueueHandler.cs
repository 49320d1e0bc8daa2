namespace Kayse.Core.Storage;

/// <summary>
/// What a queue pushes its messages to. Returning means handled; an exception means try again later, but for a <see cref="RefusedMessageException"/>,
/// which makes it a dead letter at once.
/// </summary>
public interface IQueueHandler
{
    /// <summary>The queue whose messages it takes.</summary>
    string Queue { get; }

    /// <summary>Handles one message; it may come more than once.</summary>
    Task HandleAsync(QueueMessage message, CancellationToken cancellationToken);
}
