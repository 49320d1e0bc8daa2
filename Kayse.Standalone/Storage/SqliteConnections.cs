using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Kayse.Standalone.Storage;

/// <summary>Opens connections to the database file.</summary>
internal static class SqliteConnections
{
    // Only the recovery after a crash holds anybody up.
    private const int BusyMilliseconds = 30_000;

    /// <summary>Opens one.</summary>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = BusyMilliseconds / 1000 }.ToString());
        try
        {
            connection.Open();
            _ = raw.sqlite3_busy_timeout(connection.Handle, BusyMilliseconds);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
