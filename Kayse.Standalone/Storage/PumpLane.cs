using System.Diagnostics.CodeAnalysis;
using Kayse.Core.Storage;

namespace Kayse.Standalone.Storage;

/// <summary>A queue as the pump's loop sees it: its sessions, their round, and its places. The loop alone touches it, but for what never changes.</summary>
/// <param name="handler">Handles the queue's messages.</param>
/// <param name="places">Messages of the queue that are handled at once.</param>
internal sealed class PumpLane(IQueueHandler handler, int places)
{
    private readonly Dictionary<string, PumpSession> _sessions = new(StringComparer.Ordinal);
    private readonly Queue<PumpSession> _round = new();
    private int _handling;

    /// <summary>Handles the queue's messages.</summary>
    public IQueueHandler Handler => handler;

    /// <summary>No session waits for its turn.</summary>
    public bool IsRoundEmpty => _round.Count == 0;

    /// <summary>There may be messages of a session that are not known.</summary>
    public void Touch(QueueTurn turn)
    {
        if (!_sessions.TryGetValue(turn.Session, out var session))
        {
            _sessions.Add(turn.Session, session = new PumpSession(this, turn));
        }

        session.Touch();
        Enqueue(session);
    }

    /// <summary>The next session's next message, for which a place is taken; false when no place is free or nothing waits.</summary>
    public bool TryTake(MessageTable messages, long now, [MaybeNullWhen(false)] out PumpSession session, [MaybeNullWhen(false)] out HeldMessage held)
    {
        while (_handling < places && _round.TryPeek(out session))
        {
            // Taken before it leaves the round: when the store fails, the session keeps its place.
            var next = session.Take(messages, now);
            _round.Dequeue();
            session.Queued = false;
            if (next is null)
            {
                Forget(session);
                continue;
            }

            session.Busy = true;
            _handling++;
            held = next;
            return true;
        }

        (session, held) = (null, null);
        return false;
    }

    /// <summary>A session's message has left its handler.</summary>
    public void Free(PumpSession session)
    {
        _handling--;
        session.Busy = false;
        Enqueue(session);
    }

    /// <summary>Drops a session of which nothing is known that could not be read anew.</summary>
    public void Forget(PumpSession session)
    {
        if (session.Idle)
        {
            _sessions.Remove(session.Turn.Session);
        }
    }

    private void Enqueue(PumpSession session)
    {
        if (!session.Busy && !session.Queued && session.MayHaveWork)
        {
            session.Queued = true;
            _round.Enqueue(session);
        }
    }
}
