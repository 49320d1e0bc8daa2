namespace Kayse.Standalone.Storage;

/// <summary>A session that has something to do, as the pump's loop sees it. The loop alone touches it.</summary>
internal sealed class PumpSession(PumpLane lane, QueueTurn turn)
{
    private const int Page = 32;

    private readonly Queue<HeldMessage> _loaded = new();
    private readonly HashSet<long> _held = [];
    private bool _more;

    /// <summary>Its queue.</summary>
    public PumpLane Lane => lane;

    /// <summary>Whose turns these are.</summary>
    public QueueTurn Turn => turn;

    /// <summary>A message is with its handler.</summary>
    public bool Busy { get; set; }

    /// <summary>It stands in the round.</summary>
    public bool Queued { get; set; }

    /// <summary>It may have a message to push.</summary>
    public bool MayHaveWork => _more || _loaded.Count > 0;

    /// <summary>Nothing is known of it that could not be read anew.</summary>
    public bool Idle => !Busy && !Queued && !MayHaveWork && _held.Count == 0;

    /// <summary>There may be messages that are not loaded.</summary>
    public void Touch() => _more = true;

    /// <summary>The next message, or null. What is held (in a handler, or handled and not yet deleted) is not given twice.</summary>
    public HeldMessage? Take(MessageTable messages, long now)
    {
        if (_loaded.Count == 0 && _more)
        {
            // Rows that are held may still be there: they must not fill the page.
            var limit = Page + _held.Count;
            var rows = messages.Load(turn, now, limit);
            _more = rows.Count == limit;
            foreach (var row in rows.Where(row => !_held.Contains(row.Seq)))
            {
                _loaded.Enqueue(row);
            }
        }

        if (!_loaded.TryDequeue(out var next))
        {
            return null;
        }

        _held.Add(next.Seq);
        return next;
    }

    /// <summary>The message's row is deleted or put off; it may come again.</summary>
    public void Release(HeldMessage held) => _held.Remove(held.Seq);
}
