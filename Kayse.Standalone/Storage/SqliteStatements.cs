using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Kayse.Standalone.Storage;

/// <summary>The prepared statements of one connection, by their text. For one thread at a time.</summary>
public sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteStatement> _prepared = new(StringComparer.Ordinal);

    /// <summary>How many rows were changed since the connection was opened; it begins again below zero after 2 billion.</summary>
    internal int TotalChanges => raw.sqlite3_total_changes(connection.Handle);

    /// <summary>Runs a statement; returns how many rows it changed.</summary>
    /// <param name="sql">A constant text of one statement, with parameters <c>?1</c>, <c>?2</c>, ….</param>
    /// <param name="values">Their values: string, long, int, byte[], <see cref="ReadOnlyMemory{T}"/> of bytes, or null.</param>
    /// <exception cref="SqliteException">SQLite refused it.</exception>
    public int Run(string sql, params ReadOnlySpan<object?> values) => Bound(sql, values).Run();

    /// <summary>Runs a query; the caller disposes the rows before the next use of the same text.</summary>
    /// <param name="sql">A constant text of one statement, with parameters <c>?1</c>, <c>?2</c>, ….</param>
    /// <param name="values">Their values.</param>
    /// <exception cref="SqliteException">SQLite refused it.</exception>
    public SqliteRows Query(string sql, params ReadOnlySpan<object?> values) => new(Bound(sql, values));

    /// <summary>The first column of the first row (a string, long or byte[]), or null.</summary>
    /// <param name="sql">A constant text of one statement, with parameters <c>?1</c>, <c>?2</c>, ….</param>
    /// <param name="values">Their values.</param>
    /// <exception cref="SqliteException">SQLite refused it.</exception>
    public object? Scalar(string sql, params ReadOnlySpan<object?> values)
    {
        var statement = Bound(sql, values);
        try
        {
            return statement.Step() ? statement.Value(0) : null;
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>Frees the statements; the connection stays open.</summary>
    public void Dispose()
    {
        foreach (var statement in _prepared.Values)
        {
            statement.Dispose();
        }

        _prepared.Clear();
    }

    /// <summary>Frees the statements and closes the connection.</summary>
    public void Close()
    {
        Dispose();
        connection.Dispose();
    }

    private SqliteStatement Bound(string sql, ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(connection.Handle!, sql);
            _prepared.Add(sql, statement);
        }

        statement.Bind(values);
        return statement;
    }
}
