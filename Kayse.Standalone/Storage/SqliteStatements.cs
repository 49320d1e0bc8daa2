using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Kayse.Standalone.Storage;

/// <summary>The prepared statements of one connection, by their text. For one thread at a time.</summary>
public sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>Runs a statement; returns how many rows it changed.</summary>
    /// <param name="sql">A constant text with parameters <c>$1</c>, <c>$2</c>, …</param>
    /// <param name="values">Their values: string, long, int, byte[], <see cref="ReadOnlyMemory{T}"/> of bytes, or null.</param>
    public int Run(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteNonQuery();

    /// <summary>Runs a query; the caller disposes the reader before the next use of the same text.</summary>
    /// <param name="sql">A constant text with parameters <c>$1</c>, <c>$2</c>, …</param>
    /// <param name="values">Their values.</param>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteReader();

    /// <summary>The first column of the first row, or null.</summary>
    /// <param name="sql">A constant text with parameters <c>$1</c>, <c>$2</c>, …</param>
    /// <param name="values">Their values.</param>
    public object? Scalar(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteScalar() is var value && value is DBNull ? null : value;

    /// <summary>Frees the statements; the connection stays open.</summary>
    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _commands.Clear();
    }

    /// <summary>Frees the statements and closes the connection.</summary>
    public void Close()
    {
        Dispose();
        connection.Dispose();
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // Callers pass constants; every value is a parameter.
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i + 1}" });
            }

            _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] switch
            {
                null => DBNull.Value,
                ReadOnlyMemory<byte> bytes => Whole(bytes),
                var value => value,
            };
        }

        return command;
    }

    // Most callers hold an array of just these bytes; it is copied only when it is a part of a larger one.
    private static byte[] Whole(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Array!.Length == bytes.Length ? segment.Array : bytes.ToArray();
}
