using System.Diagnostics;
using Kayse.Benchmarks.Load;
using Kayse.Benchmarks.Processes;
using Kayse.Standalone.Storage;
using Microsoft.Data.Sqlite;

namespace Kayse.Benchmarks;

/// <summary>The limit that the store sets: SQLite alone, on one thread, writes the same rows with the same indexes, so many at once to a commit.</summary>
internal static class BareStore
{
    /// <summary>Writes for a time.</summary>
    /// <param name="path">The database file to make.</param>
    /// <param name="group">How many are written in one commit.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="writes">The writes that each needs, one commit after the other; they are told the number of what they write.</param>
    public static Figure Run(string path, int group, double seconds, IReadOnlyList<Action<SqliteStatements, long>> writes)
    {
        SystemSqlite.Use();
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var statements = new SqliteStatements(connection);
        statements.Run("PRAGMA journal_mode=WAL");
        statements.Run("PRAGMA synchronous=FULL");
        statements.Run("PRAGMA cache_size=-16000");
        statements.Run("PRAGMA wal_autocheckpoint=4000");
        SqliteSchema.Migrate(connection);
        var latencies = new Latencies();
        var (number, commits, start, before) = (0L, 0L, Stopwatch.GetTimestamp(), Usage.Now(0));
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            var begin = Stopwatch.GetTimestamp();
            foreach (var write in writes)
            {
                statements.Run("BEGIN IMMEDIATE");
                for (var i = 0; i < group; i++)
                {
                    write(statements, number + i);
                }

                statements.Run("COMMIT");
                commits++;
            }

            number += group;
            latencies.Add(begin);
        }

        return new Figure(new LoadResult(number, 0, Stopwatch.GetElapsedTime(start).TotalSeconds, latencies), Usage.Now(commits).Since(before));
    }
}
