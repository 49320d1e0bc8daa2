using Kayse.Core.Workflows;
using Kayse.Standalone.Storage;

namespace Kayse.Standalone.Workflows;

/// <summary>Writes a turn. Its first statement checks that the instance still is in the turn's run; if not, nothing is written.</summary>
internal static class TurnWriter
{
    /// <summary>Before the instance itself is deleted: the turns bear its number.</summary>
    public const string DeleteTurns = "DELETE FROM wf_turn WHERE instance = (SELECT number FROM wf_instance WHERE id = ?1)";

    private const string InsertTurn = "INSERT INTO wf_turn (instance, seq, at, record) SELECT number, ?2, ?3, ?4 FROM wf_instance WHERE id = ?1";

    private const string InsertTurnOfRun =
        "INSERT INTO wf_turn (instance, seq, at, record) SELECT number, ?2, ?3, ?4 FROM wf_instance WHERE id = ?1 AND state = 0 AND run = ?5";

    public static bool Write(SqliteStatements store, TurnCommit turn) => turn.Outcome switch
    {
        { NextInput: { } input } => WriteNextRun(store, turn, input),
        { State: WorkflowState.Running } => WriteWaiting(store, turn),
        _ => WriteEnd(store, turn),
    };

    /// <summary>Removes what an ended instance was waiting for.</summary>
    public static void DeleteWaiting(SqliteStatements store, string id)
    {
        store.Run("DELETE FROM wf_work WHERE instance = ?1", id);
        store.Run("DELETE FROM wf_timer WHERE instance = ?1", id);
        store.Run("DELETE FROM wf_event WHERE instance = ?1", id);
    }

    private static bool WriteWaiting(SqliteStatements store, TurnCommit turn)
    {
        if (store.Run(InsertTurnOfRun, turn.Instance, turn.Sequence, turn.At, turn.Record, turn.Run) == 0)
        {
            return false;
        }

        foreach (var timer in turn.FiredTimers)
        {
            store.Run("DELETE FROM wf_timer WHERE due = ?1 AND instance = ?2 AND step = ?3", timer.Due, turn.Instance, timer.Step);
        }

        foreach (var timer in turn.NewTimers)
        {
            store.Run("INSERT OR IGNORE INTO wf_timer (due, instance, step) VALUES (?1, ?2, ?3)", timer.Due, turn.Instance, timer.Step);
        }

        if (turn.EventsThrough > 0)
        {
            store.Run("DELETE FROM wf_event WHERE instance = ?1 AND seq <= ?2", turn.Instance, turn.EventsThrough);
        }

        MarkWork(store, turn);
        return true;
    }

    private static void MarkWork(SqliteStatements store, TurnCommit turn)
    {
        if (turn.HasWork && !turn.HadWork)
        {
            store.Run("INSERT OR IGNORE INTO wf_work (instance, since) VALUES (?1, ?2)", turn.Instance, turn.At);
        }
        else if (!turn.HasWork)
        {
            // An event may have been raised, with its mark, since the turn began: then the mark stays.
            store.Run("DELETE FROM wf_work WHERE instance = ?1 AND NOT EXISTS (SELECT 1 FROM wf_event WHERE instance = ?1)", turn.Instance);
        }
    }

    private static bool WriteEnd(SqliteStatements store, TurnCommit turn)
    {
        var outcome = turn.Outcome;
        if (store.Run(
            "UPDATE wf_instance SET state = ?2, output = ?3, error = ?4, ended_at = ?5 WHERE id = ?1 AND state = 0 AND run = ?6",
            turn.Instance, (int)outcome.State, outcome.Output, outcome.Error, turn.At, turn.Run) == 0)
        {
            return false;
        }

        store.Run(InsertTurn, turn.Instance, turn.Sequence, turn.At, turn.Record);
        DeleteWaiting(store, turn.Instance);
        return true;
    }

    private static bool WriteNextRun(SqliteStatements store, TurnCommit turn, ReadOnlyMemory<byte> input)
    {
        if (store.Run("UPDATE wf_instance SET run = ?2, input = ?3 WHERE id = ?1 AND state = 0 AND run = ?4", turn.Instance, turn.NextRun, input, turn.Run) == 0)
        {
            return false;
        }

        store.Run(DeleteTurns, turn.Instance);
        store.Run("DELETE FROM wf_timer WHERE instance = ?1", turn.Instance);
        store.Run("DELETE FROM wf_event WHERE instance = ?1 AND seq <= ?2", turn.Instance, turn.EventsThrough);
        foreach (var carried in turn.CarriedEvents)
        {
            // Under their old numbers, so that they stay before the events that have come since.
            store.Run("INSERT INTO wf_event (seq, instance, name, at, payload) VALUES (?1, ?2, ?3, ?4, ?5)", carried.Sequence, turn.Instance, carried.Name, turn.At, carried.Payload);
        }

        store.Run("INSERT OR IGNORE INTO wf_work (instance, since) VALUES (?1, ?2)", turn.Instance, turn.At);
        return true;
    }
}
