using Kayse.Core.Storage;
using Microsoft.Data.Sqlite;

namespace Kayse.Standalone.Storage;

/// <summary>The tables of the database file and how an older file becomes a current one. The version is SQLite's <c>user_version</c>.</summary>
public static class SqliteSchema
{
    // In the last step, turns are appended in the order in which they are written, and indexed by a number: those of one group commit share a few pages,
    // where each had a page of its own.
    /// <summary>Each step leads from its index to the next version. A step that has been released is never changed; a new one is added.</summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE entity (
            tbl TEXT NOT NULL, partition TEXT NOT NULL, row TEXT NOT NULL, etag INTEGER NOT NULL, json BLOB NOT NULL,
            PRIMARY KEY (tbl, partition, row)) WITHOUT ROWID;
        CREATE TABLE etag_counter (value INTEGER NOT NULL);
        INSERT INTO etag_counter (value) VALUES (0);
        """,
        """
        CREATE TABLE message (
            seq INTEGER PRIMARY KEY, queue TEXT NOT NULL, id TEXT NOT NULL, session TEXT NOT NULL, body TEXT NOT NULL,
            tries INTEGER NOT NULL, visible_at INTEGER NOT NULL);
        CREATE INDEX message_visible ON message (visible_at, queue, session);
        CREATE INDEX message_turn ON message (queue, session, visible_at);
        CREATE TABLE dead_letter (
            id TEXT PRIMARY KEY, queue TEXT NOT NULL, message_id TEXT NOT NULL, session TEXT NOT NULL, body TEXT NOT NULL,
            tries INTEGER NOT NULL, error TEXT NOT NULL, dead_at INTEGER NOT NULL) WITHOUT ROWID;
        """,
        """
        CREATE TABLE wf_instance (
            id TEXT PRIMARY KEY, workflow TEXT NOT NULL, state INTEGER NOT NULL, run INTEGER NOT NULL,
            input BLOB NOT NULL, output BLOB, error TEXT, started_at INTEGER NOT NULL, ended_at INTEGER) WITHOUT ROWID;
        CREATE INDEX wf_instance_ended ON wf_instance (ended_at) WHERE ended_at IS NOT NULL;
        CREATE TABLE wf_turn (
            instance TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, record BLOB NOT NULL,
            PRIMARY KEY (instance, seq)) WITHOUT ROWID;
        CREATE TABLE wf_event (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, payload BLOB NOT NULL);
        CREATE INDEX wf_event_instance ON wf_event (instance, seq);
        CREATE TABLE wf_work (instance TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE wf_timer (
            due INTEGER NOT NULL, instance TEXT NOT NULL, step INTEGER NOT NULL, PRIMARY KEY (due, instance, step)) WITHOUT ROWID;
        CREATE INDEX wf_timer_instance ON wf_timer (instance);
        """,
        """
        DROP TABLE etag_counter;
        ALTER TABLE entity RENAME TO old_entity;
        CREATE TABLE entity (tbl TEXT NOT NULL, partition TEXT NOT NULL, row TEXT NOT NULL, etag INTEGER NOT NULL, json BLOB NOT NULL);
        INSERT INTO entity (tbl, partition, row, etag, json) SELECT tbl, partition, row, etag, json FROM old_entity;
        DROP TABLE old_entity;
        CREATE UNIQUE INDEX entity_key ON entity (tbl, partition, row);
        DROP INDEX wf_instance_ended;
        ALTER TABLE wf_instance RENAME TO old_instance;
        ALTER TABLE wf_turn RENAME TO old_turn;
        CREATE TABLE wf_instance (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow TEXT NOT NULL, state INTEGER NOT NULL, run INTEGER NOT NULL,
            input BLOB NOT NULL, output BLOB, error TEXT, started_at INTEGER NOT NULL, ended_at INTEGER);
        CREATE TABLE wf_turn (instance INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, record BLOB NOT NULL);
        INSERT INTO wf_instance (id, workflow, state, run, input, output, error, started_at, ended_at)
            SELECT id, workflow, state, run, input, output, error, started_at, ended_at FROM old_instance ORDER BY started_at;
        INSERT INTO wf_turn (instance, seq, at, record)
            SELECT i.number, t.seq, t.at, t.record FROM old_turn t JOIN wf_instance i ON i.id = t.instance ORDER BY i.number, t.seq;
        DROP TABLE old_instance;
        DROP TABLE old_turn;
        CREATE INDEX wf_instance_ended ON wf_instance (ended_at) WHERE ended_at IS NOT NULL;
        CREATE INDEX wf_instance_broken ON wf_instance (state, id) WHERE state > 1;
        CREATE UNIQUE INDEX wf_turn_instance ON wf_turn (instance, seq);
        """,
    ];

    /// <summary>Refuses a file that a newer version of this program wrote; nothing is written to it.</summary>
    /// <exception cref="StorageUnavailableException">The file is of a newer version than this program knows.</exception>
    public static void RefuseNewer(SqliteConnection connection, string path)
    {
        var version = Version(connection);
        if (version > Steps.Count)
        {
            throw new StorageUnavailableException($"The database {path} has schema {version}; this version of Kayse knows up to {Steps.Count}. Start the newer version that wrote it, or use another data folder (--data).");
        }
    }

    /// <summary>Brings the file to the current version, each step in a transaction of its own. When one fails (a full disk), closing the connection undoes it.</summary>
    public static void Migrate(SqliteConnection connection)
    {
        var version = Version(connection);
        for (; version < Steps.Count; version++)
        {
            // Not a SqliteTransaction: SQLite may have rolled back by itself, and that class then throws over the fault that tells why.
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this class only.
            command.CommandText = $"BEGIN IMMEDIATE; {Steps[version]} PRAGMA user_version={version + 1}; COMMIT;";
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
    }

    private static int Version(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt32(command.ExecuteScalar());
    }
}
