using Microsoft.Data.Sqlite;

namespace Kayse.Standalone.Storage;

/// <summary>
/// Copies committed pages from the log into the file on a thread of its own, so that a group commit seldom has to. It does not hold up the writer;
/// what is committed meanwhile is left for the next time. Only the writer begins the log anew, when its own checkpoint finds little left to copy.
/// </summary>
internal sealed class SqliteCheckpointer : IDisposable
{
    // About a thousand pages, a quarter of what the log holds before the writer itself makes a checkpoint.
    private const int ChangesBetween = 1500;

    private readonly AutoResetEvent _due = new(false);
    private readonly SqliteConnection _connection;
    private readonly Thread _thread;
    private volatile bool _closed;
    private int _changes;

    /// <summary>Begins to wait for commits.</summary>
    /// <param name="connection">Used by this alone, and closed with it.</param>
    public SqliteCheckpointer(SqliteConnection connection)
    {
        _connection = connection;
        _thread = new Thread(Run) { IsBackground = true, Name = "sqlite-checkpoint" };
        _thread.Start();
    }

    /// <summary>Takes note of a commit. On the writer's thread.</summary>
    /// <param name="totalChanges">How many rows the writer has changed since it was opened.</param>
    public void Committed(int totalChanges)
    {
        if (totalChanges - _changes >= ChangesBetween)
        {
            _changes = totalChanges;
            _due.Set();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _due.Set();
        _thread.Join();
        _due.Dispose();
        _connection.Dispose();
    }

    private void Run()
    {
        using var statements = new SqliteStatements(_connection);
        while (_due.WaitOne() && !_closed)
        {
            try
            {
                statements.Run("PRAGMA wal_checkpoint(PASSIVE)");
            }
            catch (SqliteException)
            {
                // A full disk or a busy log: the log keeps everything until a later checkpoint succeeds.
            }
        }
    }
}
