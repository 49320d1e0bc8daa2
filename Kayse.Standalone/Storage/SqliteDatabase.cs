using System.Diagnostics.CodeAnalysis;
using Kayse.Core.Storage;
using Microsoft.Data.Sqlite;

namespace Kayse.Standalone.Storage;

/// <summary>
/// The one SQLite file of the one-machine host (WAL, <c>synchronous=FULL</c>). All writes go through one writer thread, which takes
/// what is waiting, runs it, commits once (one fsync), and then completes every
/// waiter: concurrent writers share the fsync. Reads run on connections of their own and see every acknowledged write.
/// </summary>
public sealed class SqliteDatabase : IDisposable
{
    // SQLITE_IOERR_SHMSIZE.
    private const int IndexHasNoRoom = 10 | (19 << 8);

    private const int WaitersAtOnce = 16;

    private readonly SqliteWriteQueue _writes = new();
    private readonly SqliteConnection _writer;
    private readonly SqliteStatements _statements;
    private readonly SqliteReaders _readers;
    private readonly SqliteCheckpointer _checkpointer;
    private readonly Thread _thread;
    private long _commits;

    private SqliteDatabase(SqliteConnection writer, SqliteReaders readers, SqliteConnection checkpoints)
    {
        _checkpointer = new SqliteCheckpointer(checkpoints);
        _writer = writer;
        _readers = readers;
        _statements = new SqliteStatements(writer);
        _thread = new Thread(RunWriter) { IsBackground = true, Name = "sqlite-writer" };
        _thread.Start();
    }

    /// <summary>How many group commits (fsyncs of the log) there were.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Opens the file, making or migrating it.</summary>
    /// <param name="path">The database file.</param>
    /// <exception cref="StorageUnavailableException">The file cannot be opened or written, or is of a newer schema than this version knows; the message says so.</exception>
    public static SqliteDatabase Open(string path)
    {
        SystemSqlite.Use();
        SqliteConnection? connection = null;
        try
        {
            connection = SqliteConnections.Open(path);
            // Before anything that writes: a file of a newer version is left as it is.
            SqliteSchema.RefuseNewer(connection, path);
            Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000;");
            SqliteSchema.Migrate(connection);
            return new SqliteDatabase(connection, new SqliteReaders(path), SqliteConnections.Open(path));
        }
        catch (SqliteException fault)
        {
            connection?.Dispose();
            throw new StorageUnavailableException($"The database {path} cannot be opened: {Cause(fault)}", fault);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Runs work on the writer thread within the next group commit; the task completes when it is durable.</summary>
    /// <param name="work">Uses the prepared statements it is given. An exception undoes this piece of work alone; it is run again when another of its group failed.</param>
    /// <param name="committed">Told the result once it is durable, before the task completes and before any later write; it must not throw.</param>
    /// <exception cref="StorageUnavailableException">The group could not be committed (disk full, file read-only): nothing of it was written.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteStatements, T> work, Action<T>? committed = null)
    {
        var pending = new PendingWrite<T>(work, committed);
        return _writes.TryAdd(pending) ? pending.Task : Task.FromException<T>(new StorageUnavailableException("The store is closed."));
    }

    /// <summary>Runs a read on a connection of its own.</summary>
    /// <exception cref="StorageUnavailableException">The file cannot be read.</exception>
    public T Read<T>(Func<SqliteStatements, T> read)
    {
        try
        {
            var statements = _readers.Rent();
            try
            {
                return read(statements);
            }
            finally
            {
                _readers.Return(statements);
            }
        }
        catch (SqliteException fault)
        {
            throw new StorageUnavailableException($"The store cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Finishes what is waiting and closes the file.</summary>
    public void Dispose()
    {
        _writes.Close();
        _thread.Join();
        _checkpointer.Dispose();
        _readers.Dispose();
        _statements.Dispose();
        _writer.Dispose();
    }

    // SQLite calls it an I/O error when there is no room for the index that the processes of a WAL file share.
    private static string Cause(SqliteException fault) => fault.SqliteExtendedErrorCode == IndexHasNoRoom ? "the disk is full." : fault.Message;

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this class only.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private void RunWriter()
    {
        var group = new List<IPendingWrite>();
        while (_writes.TakeGroup(group))
        {
            CommitGroup(group);
            group.Clear();
        }
    }

    private void CommitGroup(List<IPendingWrite> group)
    {
        try
        {
            while (!TryCommit(group, out var failed))
            {
                // One piece of work failed by itself: the others are done again without it. That is rare; a savepoint around each would cost every one of them.
                RollBack();
                group.Remove(failed);
                Tell([failed]);
            }
        }
#pragma warning disable CA1031 // The writer thread serves everyone: whatever happened ends this group, never the thread.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            RollBack();
            var error = new StorageUnavailableException($"The store could not take the write: {fault.Message}", fault);
            Tell(group, error);
            return;
        }

        group.ForEach(pending => pending.Commit());
        Tell(group);
    }

    // Waiters never go on on the writer thread, where they would hold up the next group. Some at a time share a thread of the pool: waking
    // one for each cost more than the writes.
    private static void Tell(IEnumerable<IPendingWrite> group, Exception? error = null)
    {
        foreach (var some in group.Chunk(WaitersAtOnce))
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                told =>
                {
                    foreach (var pending in told.some)
                    {
                        if (told.error is null)
                        {
                            pending.Complete();
                        }
                        else
                        {
                            pending.Fail(told.error);
                        }
                    }
                },
                (some, error),
                preferLocal: false);
        }
    }

    private bool TryCommit(List<IPendingWrite> group, [NotNullWhen(false)] out IPendingWrite? failed)
    {
        failed = null;
        _statements.Run("BEGIN IMMEDIATE");
        foreach (var pending in group)
        {
            if (!pending.TryRun(_statements))
            {
                failed = pending;
                return false;
            }
        }

        _statements.Run("COMMIT");
        Interlocked.Increment(ref _commits);
        _checkpointer.Committed(_statements.TotalChanges);
        return true;
    }

    private void RollBack()
    {
        try
        {
            // SQLite has rolled back by itself after some faults (a full disk among them); then there is nothing to undo.
            _statements.Run("ROLLBACK");
        }
        catch (SqliteException)
        {
        }
    }
}
