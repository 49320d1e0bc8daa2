using Microsoft.Data.Sqlite;

namespace Kayse.Standalone.Storage;

/// <summary>A piece of work that waits for its group commit.</summary>
internal interface IPendingWrite
{
    /// <summary>Runs the work; false when it failed by itself and is to be undone.</summary>
    /// <exception cref="SqliteException">The whole group is lost (disk full, I/O).</exception>
    bool TryRun(SqliteStatements statements);

    /// <summary>Notes on the writer thread that the group is durable, before any waiter is told and before any later write.</summary>
    void Commit();

    /// <summary>Tells the waiter that the group is durable, or what the work itself threw. What waits goes on at once, on this thread.</summary>
    void Complete();

    /// <summary>Tells the waiter that the group was not written.</summary>
    void Fail(Exception error);
}

/// <summary>Work with a result.</summary>
/// <param name="work">The work.</param>
/// <param name="committed">Told its result once that is durable, before the waiter is; or null.</param>
internal sealed class PendingWrite<T>(Func<SqliteStatements, T> work, Action<T>? committed) : IPendingWrite
{
    private readonly TaskCompletionSource<T> _done = new();
    private T? _result;
    private Exception? _error;

    /// <summary>Ends when the work is durable or has failed.</summary>
    public Task<T> Task => _done.Task;

    /// <inheritdoc/>
    public bool TryRun(SqliteStatements statements)
    {
        try
        {
            _result = work(statements);
            return true;
        }
        catch (SqliteException fault) when (!IsOfTheWorkAlone(fault))
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever went wrong belongs to the one who asked for this work.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _error = error;
            return false;
        }
    }

    /// <inheritdoc/>
    public void Commit() => committed?.Invoke(_result!);

    /// <inheritdoc/>
    public void Complete()
    {
        if (_error is null)
        {
            _done.TrySetResult(_result!);
        }
        else
        {
            _done.TrySetException(_error);
        }
    }

    /// <inheritdoc/>
    public void Fail(Exception error) => _done.TrySetException(_error ?? error);

    // SQLITE_ERROR, _TOOBIG, _CONSTRAINT, _MISMATCH, _RANGE: the statement failed, the transaction lives.
    private static bool IsOfTheWorkAlone(SqliteException fault) => fault.SqliteErrorCode is 1 or 18 or 19 or 20 or 25;
}
