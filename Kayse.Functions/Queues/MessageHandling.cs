using Kayse.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Kayse.Functions.Queues;

/// <summary>Gives a message to the handler of its queue and says what is to become of it, whatever the queue is made of.</summary>
public sealed partial class MessageHandling(IEnumerable<IQueueHandler> handlers, ILogger<MessageHandling> logger)
{
    private readonly Dictionary<string, IQueueHandler> _handlers = handlers.ToDictionary(handler => handler.Queue, StringComparer.Ordinal);

    /// <summary>Handles a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="earlier">How often it was tried before.</param>
    /// <param name="cancellationToken">The host stops: nothing becomes of the message, and it comes again; the queue itself counts that it was taken up.</param>
    public async Task<MessageOutcome> HandleAsync(QueueMessage message, int earlier, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            await _handlers[message.Queue].HandleAsync(message, cancellationToken);
            return MessageOutcome.Done;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (RefusedMessageException refused)
        {
            return GivenUp(message, earlier + 1, refused.Message);
        }
#pragma warning disable CA1031 // Whatever a handler throws is a failed try of its message.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return Failed(message, earlier + 1, fault.GetType().Name);
        }
    }

    private MessageOutcome Failed(QueueMessage message, int tries, string error)
    {
        if (tries >= QueueMessage.MaxTries)
        {
            return GivenUp(message, tries, error);
        }

        Log.Failed(logger, message.Queue, message.Id, message.Session, tries, error);
        return new MessageOutcome(tries, QueueRules.RetryAfter(tries), null);
    }

    /// <summary>What becomes of a message that the host itself gave up: each time it was taken up, the process ended before anything could be said of it.</summary>
    public MessageOutcome Abandoned(QueueMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return GivenUp(message, QueueMessage.MaxTries, "The host gave it up: each try ended without an outcome.");
    }

    private MessageOutcome GivenUp(QueueMessage message, int tries, string error)
    {
        Log.GivenUp(logger, message.Queue, message.Id, message.Session, tries, error);
        return new MessageOutcome(tries, null, error);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Message {Id} of queue {Queue}, session {Session}, failed at try {Tries}: {Error}")]
        public static partial void Failed(ILogger logger, string queue, string id, string session, int tries, string error);

        [LoggerMessage(2, LogLevel.Error, "Message {Id} of queue {Queue}, session {Session}, became a dead letter after {Tries} tries: {Error}")]
        public static partial void GivenUp(ILogger logger, string queue, string id, string session, int tries, string error);
    }
}
