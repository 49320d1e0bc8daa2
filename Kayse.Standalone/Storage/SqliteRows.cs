namespace Kayse.Standalone.Storage;

/// <summary>The rows that a query finds, one at a time. The statement is free again when this is disposed.</summary>
public readonly struct SqliteRows : IDisposable
{
    private readonly SqliteStatement _statement;

    internal SqliteRows(SqliteStatement statement) => _statement = statement;

    /// <summary>Goes to the next row, at first to the first; false when there are no more.</summary>
    public bool Read() => _statement.Step();

    /// <summary>True when a column of the row is null.</summary>
    public bool IsNull(int column) => _statement.IsNull(column);

    /// <summary>A column of the row.</summary>
    public long GetInt64(int column) => _statement.Int64(column);

    /// <summary>A column of the row.</summary>
    public int GetInt32(int column) => checked((int)_statement.Int64(column));

    /// <summary>A column of the row.</summary>
    public string GetString(int column) => _statement.String(column);

    /// <summary>A column of the row, copied.</summary>
    public byte[] GetBytes(int column) => _statement.Bytes(column);

    /// <inheritdoc/>
    public void Dispose() => _statement.Reset();
}
