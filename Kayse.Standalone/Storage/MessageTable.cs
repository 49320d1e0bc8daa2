using Kayse.Core.Storage;

namespace Kayse.Standalone.Storage;

/// <summary>The tables <c>message</c> and <c>dead_letter</c>. Times are Unix milliseconds.</summary>
internal sealed class MessageTable(SqliteDatabase database)
{
    // A row's number is never used again while the process lives: the pump knows the messages it holds by it.
    private long _last = database.Read(statements => (long)(statements.Scalar("SELECT max(seq) FROM message") ?? 0L));

    /// <summary>Adds a message.</summary>
    public Task<int> AddAsync(QueueMessage message, long visibleAt) => database.WriteAsync(statements => Add(statements, message, visibleAt));

    /// <summary>Whose turns have messages that became visible within the time (its beginning exclusive, its end inclusive).</summary>
    public IReadOnlyList<QueueTurn> Due(long after, long until) => database.Read(statements =>
    {
        using var reader = statements.Query("SELECT DISTINCT queue, session FROM message WHERE visible_at > ?1 AND visible_at <= ?2", after, until);
        var turns = new List<QueueTurn>();
        while (reader.Read())
        {
            turns.Add(new QueueTurn(reader.GetString(0), reader.GetString(1)));
        }

        return turns;
    });

    /// <summary>When the next message after a time becomes visible, or null.</summary>
    public long? NextAfter(long now) => database.Read(statements => (long?)statements.Scalar("SELECT min(visible_at) FROM message WHERE visible_at > ?1", now));

    /// <summary>The visible messages of a turn, the one that is longest visible first.</summary>
    public IReadOnlyList<HeldMessage> Load(QueueTurn turn, long now, int limit) => database.Read(statements =>
    {
        using var reader = statements.Query("SELECT seq, id, body, tries FROM message WHERE queue = ?1 AND session = ?2 AND visible_at <= ?3 ORDER BY visible_at, seq LIMIT ?4", turn.Queue, turn.Session, now, limit);
        var messages = new List<HeldMessage>();
        while (reader.Read())
        {
            var message = new QueueMessage(turn.Queue, reader.GetString(1), turn.Session, reader.GetString(2));
            messages.Add(new HeldMessage(reader.GetInt64(0), message, reader.GetInt32(3)));
        }

        return messages;
    });

    /// <summary>Takes a handled message out.</summary>
    public Task<int> DeleteAsync(HeldMessage held) => database.WriteAsync(statements => Delete(statements, held));

    /// <summary>Puts a message off after a failed try.</summary>
    public Task<int> PutOffAsync(HeldMessage held, long visibleAt) =>
        database.WriteAsync(statements => statements.Run("UPDATE message SET tries = ?2, visible_at = ?3 WHERE seq = ?1", held.Seq, held.Tries + 1, visibleAt));

    /// <summary>Makes a message a dead letter.</summary>
    public Task<int> BuryAsync(HeldMessage held, string error, long now) => database.WriteAsync(statements =>
    {
        // The ids sort by time, and by the message's number within a millisecond.
        statements.Run(
            "INSERT INTO dead_letter (id, queue, message_id, session, body, tries, error, dead_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            $"{now:x12}{held.Seq:x16}", held.Message.Queue, held.Message.Id, held.Message.Session, held.Message.Body, held.Tries + 1, error, now);
        return Delete(statements, held);
    });

    /// <summary>The dead letters after an id.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters(string? after, int limit) => database.Read(statements =>
    {
        using var reader = statements.Query("SELECT id, queue, session, body, tries, error, dead_at FROM dead_letter WHERE id > ?1 ORDER BY id LIMIT ?2", after ?? "", limit);
        var letters = new List<DeadLetter>();
        while (reader.Read())
        {
            letters.Add(new DeadLetter(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3),
                reader.GetInt32(4), reader.GetString(5), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6))));
        }

        return letters;
    });

    /// <summary>Makes a dead letter a message again; whose turn it takes, or null when there is none of that id.</summary>
    public Task<QueueTurn?> ReviveAsync(string id, long now) => database.WriteAsync(statements =>
    {
        if (Letter(statements, id) is not { } message)
        {
            return null;
        }

        statements.Run("DELETE FROM dead_letter WHERE id = ?1", id);
        Add(statements, message, now);
        return (QueueTurn?)new QueueTurn(message.Queue, message.Session);
    });

    /// <summary>Removes the dead letters of before a time whose session begins so.</summary>
    public Task<int> PurgeAsync(string session, long deadBefore) =>
        database.WriteAsync(statements => statements.Run("DELETE FROM dead_letter WHERE dead_at < ?1 AND substr(session, 1, length(?2)) = ?2", deadBefore, session));

    private static QueueMessage? Letter(SqliteStatements statements, string id)
    {
        using SqliteRows reader = statements.Query("SELECT queue, message_id, session, body FROM dead_letter WHERE id = ?1", id);
        return reader.Read() ? new QueueMessage(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)) : null;
    }

    private static int Delete(SqliteStatements statements, HeldMessage held) => statements.Run("DELETE FROM message WHERE seq = ?1", held.Seq);

    private int Add(SqliteStatements statements, QueueMessage message, long visibleAt) => statements.Run(
        "INSERT INTO message (seq, queue, id, session, body, tries, visible_at) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
        Interlocked.Increment(ref _last), message.Queue, message.Id, message.Session, message.Body, visibleAt);
}

/// <summary>Whose messages go one at a time.</summary>
internal readonly record struct QueueTurn(string Queue, string Session);

/// <summary>A message that the pump has taken up.</summary>
internal sealed record HeldMessage(long Seq, QueueMessage Message, int Tries);
