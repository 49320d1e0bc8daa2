using Kayse.Core.Workflows;
using Kayse.Standalone.Storage;

namespace Kayse.Standalone.Workflows;

/// <summary>The engine's tables. Times are UTC ticks.</summary>
internal sealed class WorkflowStore(SqliteDatabase database)
{
    private const string Columns = "SELECT id, workflow, state, started_at, ended_at, output, error FROM wf_instance";

    /// <summary>Adds an instance; false when there is one of that id. <paramref name="started"/> is told before anything else can happen to it.</summary>
    public Task<bool> StartAsync(StoredInstance instance, long now, Action<StoredInstance> started) => database.WriteAsync(
        store =>
        {
            if (store.Run(
                "INSERT OR IGNORE INTO wf_instance (id, workflow, state, run, input, started_at) VALUES (?1, ?2, 0, ?3, ?4, ?5)",
                instance.Id, instance.Workflow, instance.Run, instance.Input, now) == 0)
            {
                return false;
            }

            store.Run("INSERT OR REPLACE INTO wf_work (instance, since) VALUES (?1, ?2)", instance.Id, now);
            return true;
        },
        isNew =>
        {
            if (isNew)
            {
                started(instance);
            }
        });

    public Task<bool> RaiseAsync(string id, string name, byte[] payload, long now) => database.WriteAsync(store =>
    {
        if (store.Run("INSERT INTO wf_event (instance, name, at, payload) SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM wf_instance WHERE id = ?1 AND state = 0)", id, name, now, payload) == 0)
        {
            return false;
        }

        store.Run("INSERT OR IGNORE INTO wf_work (instance, since) VALUES (?1, ?2)", id, now);
        return true;
    });

    /// <summary>False when the instance is not in that run any more: then nothing was written.</summary>
    public Task<bool> CommitAsync(TurnCommit turn) => database.WriteAsync(store => TurnWriter.Write(store, turn));

    public Task<bool> TerminateAsync(string id, string reason, long now) => database.WriteAsync(store =>
    {
        if (store.Run("UPDATE wf_instance SET state = ?2, error = ?3, ended_at = ?4 WHERE id = ?1 AND state = 0", id, (int)WorkflowState.Terminated, reason, now) == 0)
        {
            return false;
        }

        TurnWriter.DeleteWaiting(store, id);
        return true;
    });

    public Task<bool> PurgeInstanceAsync(string id) => database.WriteAsync(store =>
    {
        TurnWriter.DeleteWaiting(store, id);
        store.Run(TurnWriter.DeleteTurns, id);
        return store.Run("DELETE FROM wf_instance WHERE id = ?1", id) > 0;
    });

    /// <summary>Removes at most <paramref name="limit"/> instances that ended before a time; returns how many.</summary>
    public Task<int> PurgeAsync(long endedBefore, int limit) => database.WriteAsync(store =>
    {
        var ids = new List<string>(limit);
        using (var reader = store.Query("SELECT id FROM wf_instance WHERE ended_at IS NOT NULL AND ended_at < ?1 LIMIT ?2", endedBefore, limit))
        {
            while (reader.Read())
            {
                ids.Add(reader.GetString(0));
            }
        }

        foreach (var id in ids)
        {
            store.Run(TurnWriter.DeleteTurns, id);
            store.Run("DELETE FROM wf_instance WHERE id = ?1", id);
        }

        return ids.Count;
    });

    public WorkflowInstance? Get(string id) => database.Read(store =>
    {
        using var reader = store.Query(Columns + " WHERE id = ?1", id);
        return reader.Read() ? ReadInstance(reader) : null;
    });

    public IReadOnlyList<WorkflowInstance> Query(string prefix, WorkflowState? state, string after, int limit) => database.Read(store =>
    {
        // The broken ones are few and asked for often: they have an index of their own, which SQLite uses only where its condition stands.
        var condition = state switch
        {
            null => " WHERE",
            WorkflowState.Failed or WorkflowState.Terminated => " WHERE state > 1 AND state = ?5 AND",
            _ => " WHERE state = ?5 AND",
        };
        // DEL is above every character of an id, so this is the end of the prefix's range.
        ReadOnlySpan<object?> values = [prefix, prefix + '\u007f', after, limit, (int?)state];
        using var reader = store.Query(Columns + condition + " id >= ?1 AND id < ?2 AND id > ?3 ORDER BY id LIMIT ?4", state is null ? values[..4] : values);
        var found = new List<WorkflowInstance>();
        while (reader.Read())
        {
            found.Add(ReadInstance(reader));
        }

        return found;
    });

    /// <summary>An instance with its history, or null when there is none that runs.</summary>
    public StoredInstance? Load(string id) => database.Read(store =>
    {
        string workflow;
        long run;
        byte[] input;
        bool hasWork;
        using (var reader = store.Query("SELECT workflow, run, input, EXISTS (SELECT 1 FROM wf_work WHERE instance = ?1) FROM wf_instance WHERE id = ?1 AND state = 0", id))
        {
            if (!reader.Read())
            {
                return null;
            }

            (workflow, run, input, hasWork) = (reader.GetString(0), reader.GetInt64(1), reader.GetBytes(2), reader.GetInt64(3) != 0);
        }

        return new StoredInstance(id, workflow, run, input, hasWork, ReadTurns(store, id));
    });

    /// <summary>The events raised after one, in order.</summary>
    public IReadOnlyList<StoredEvent> Events(string id, long after) => database.Read(store =>
    {
        using var reader = store.Query("SELECT seq, name, at, payload FROM wf_event WHERE instance = ?1 AND seq > ?2 ORDER BY seq", id, after);
        List<StoredEvent>? found = null;
        while (reader.Read())
        {
            (found ??= []).Add(new StoredEvent(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetBytes(3)));
        }

        return (IReadOnlyList<StoredEvent>?)found ?? [];
    });

    /// <summary>The instances to be resumed, oldest first, ids only.</summary>
    public IReadOnlyList<ReadyInstance> Work() => database.Read(store =>
    {
        using var reader = store.Query("SELECT instance, since FROM wf_work ORDER BY since");
        var found = new List<ReadyInstance>();
        while (reader.Read())
        {
            found.Add(new ReadyInstance(reader.GetString(0), reader.GetInt64(1)));
        }

        return found;
    });

    /// <summary>Timers after one, due at <paramref name="until"/> or before.</summary>
    public IReadOnlyList<DueTimer> DueTimers(DueTimer after, long until, int limit) => database.Read(store =>
    {
        using var reader = store.Query(
            "SELECT due, instance, step FROM wf_timer WHERE (due, instance, step) > (?1, ?2, ?3) AND due <= ?4 ORDER BY due, instance, step LIMIT ?5",
            after.Due, after.Instance, after.Step, until, limit);
        var found = new List<DueTimer>(limit);
        while (reader.Read())
        {
            found.Add(new DueTimer(reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2)));
        }

        return found;
    });

    /// <summary>When the first timer after a time is due, or <see cref="long.MaxValue"/>.</summary>
    public long NextDue(long after) => database.Read(store => store.Scalar("SELECT min(due) FROM wf_timer WHERE due > ?1", after) as long? ?? long.MaxValue);

    private static List<TurnRecord> ReadTurns(SqliteStatements store, string id)
    {
        using var reader = store.Query("SELECT at, record FROM wf_turn WHERE instance = (SELECT number FROM wf_instance WHERE id = ?1) ORDER BY seq", id);
        var turns = new List<TurnRecord>();
        while (reader.Read())
        {
            turns.Add(TurnCodec.Decode(reader.GetInt64(0), reader.GetBytes(1)));
        }

        return turns;
    }

    private static WorkflowInstance ReadInstance(SqliteRows reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        (WorkflowState)reader.GetInt32(2),
        new DateTimeOffset(reader.GetInt64(3), TimeSpan.Zero),
        reader.IsNull(4) ? null : new DateTimeOffset(reader.GetInt64(4), TimeSpan.Zero),
        reader.IsNull(5) ? null : System.Text.Encoding.UTF8.GetString(reader.GetBytes(5)),
        reader.IsNull(6) ? null : reader.GetString(6));
}
