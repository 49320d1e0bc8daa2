using System.Collections.Concurrent;
using Kayse.Core.Storage;

namespace Kayse.Standalone.Storage;

/// <summary>Connections for reading, kept with their prepared statements and lent to one reader at a time.</summary>
public sealed class SqliteReaders(string path) : IDisposable
{
    private readonly ConcurrentBag<SqliteStatements> _idle = [];
    private volatile bool _closed;

    /// <summary>A connection nobody else uses.</summary>
    /// <exception cref="StorageUnavailableException">The store is closed.</exception>
    public SqliteStatements Rent() =>
        _closed ? throw new StorageUnavailableException("The store is closed.")
        : _idle.TryTake(out var statements) ? statements : Connect();

    /// <summary>Gives a connection back.</summary>
    public void Return(SqliteStatements statements)
    {
        _idle.Add(statements);
        if (_closed)
        {
            CloseIdle();
        }
    }

    /// <summary>Closes the connections that are idle; those that are lent are closed when they come back.</summary>
    public void Dispose()
    {
        _closed = true;
        CloseIdle();
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var statements))
        {
            statements.Close();
        }
    }

    private SqliteStatements Connect()
    {
        var statements = new SqliteStatements(SqliteConnections.Open(path));
        // Not opened read-only: a reader of a WAL file takes part in its shared index.
        statements.Run("PRAGMA query_only=1");
        return statements;
    }
}
