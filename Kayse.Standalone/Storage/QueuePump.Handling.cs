using Kayse.Core.Storage;

namespace Kayse.Standalone.Storage;

// What happens to one message, outside of the loop: its handler, and then its outcome in the store.
public sealed partial class QueuePump
{
    private async Task HandleAsync(PumpSession session, HeldMessage held)
    {
        var failure = await TryHandleAsync(session.Lane.Handler, held);
        // The session's next message goes while this one's outcome waits for its group commit.
        Post(() =>
        {
            _handling--;
            _settling++;
            session.Lane.Free(session);
        });
        var again = await SettleAsync(held, failure);
        Post(() =>
        {
            _settling--;
            session.Release(held);
            if (again is { } visibleAt)
            {
                Expect(visibleAt);
            }

            session.Lane.Forget(session);
        });
    }

    // What went wrong, or null; none when the pump is being stopped, which is no try.
    private async Task<Failure?> TryHandleAsync(IQueueHandler handler, HeldMessage held)
    {
        try
        {
            await handler.HandleAsync(held.Message, _stopping.Token);
            return null;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return Failure.None;
        }
        catch (RefusedMessageException refused)
        {
            return new Failure(refused.Message, IsFinal: true);
        }
#pragma warning disable CA1031 // Whatever a handler throws is a failed try of its message.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return new Failure(fault.GetType().Name, IsFinal: false);
        }
    }

    // When the message is visible again, or null. It is held until its outcome is durable, however long the store takes.
    private async Task<long?> SettleAsync(HeldMessage held, Failure? failure)
    {
        while (failure != Failure.None)
        {
            try
            {
                return failure is null ? await DoneAsync(held) : await FailedAsync(held, failure);
            }
#pragma warning disable CA1031 // The pump outlives whatever the store does.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                Log.StoreFailed(_logger, fault.GetType().Name);
            }

            try
            {
                await Task.Delay(_options.StorageRetry, _time, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }

        return null;
    }

    private async Task<long?> DoneAsync(HeldMessage held)
    {
        await _queue.Messages.DeleteAsync(held);
        return null;
    }

    private async Task<long?> FailedAsync(HeldMessage held, Failure failure)
    {
        var (message, tries, now, error) = (held.Message, held.Tries + 1, Now(), failure.Error);
        if (failure.IsFinal || tries >= QueueMessage.MaxTries)
        {
            await _queue.Messages.BuryAsync(held, error, now);
            Log.GivenUp(_logger, message.Queue, message.Id, message.Session, tries, error);
            return null;
        }

        var visibleAt = now + (long)QueueRules.RetryAfter(tries).TotalMilliseconds;
        await _queue.Messages.PutOffAsync(held, visibleAt);
        Log.Failed(_logger, message.Queue, message.Id, message.Session, tries, error);
        return visibleAt;
    }

    /// <summary>Why a message was not handled.</summary>
    /// <param name="Error">The fault's type, or why it was refused.</param>
    /// <param name="IsFinal">True when no further try is made.</param>
    private sealed record Failure(string Error, bool IsFinal)
    {
        public static readonly Failure None = new("", IsFinal: false);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Message {Id} of queue {Queue}, session {Session}, failed at try {Tries}: {Error}")]
        public static partial void Failed(ILogger logger, string queue, string id, string session, int tries, string error);

        [LoggerMessage(2, LogLevel.Error, "Message {Id} of queue {Queue}, session {Session}, became a dead letter after {Tries} tries: {Error}")]
        public static partial void GivenUp(ILogger logger, string queue, string id, string session, int tries, string error);

        [LoggerMessage(3, LogLevel.Error, "The queue's store failed: {Error}; trying again")]
        public static partial void StoreFailed(ILogger logger, string error);
    }
}
