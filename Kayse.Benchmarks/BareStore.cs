using System.Diagnostics;
using Kayse.Benchmarks.Load;
using Kayse.Benchmarks.Processes;
using Kayse.Standalone.Storage;
using Microsoft.Data.Sqlite;

namespace Kayse.Benchmarks;

/// <summary>The limits that the store sets, each for the same rows with the same indexes: SQLite alone, and the store's group commit.</summary>
internal static class BareStore
{
    /// <summary>The store's group commit, with so many writers that each wait for their last write before the next one; no web server, no JSON.</summary>
    /// <param name="path">The database file to make.</param>
    /// <param name="writers">How many.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="writes">The writes that each needs, one commit after the other.</param>
    public static async Task<Figure> RunGroupCommitAsync(string path, int writers, double seconds, IReadOnlyList<Action<SqliteStatements, long>> writes)
    {
        using var database = SqliteDatabase.Open(path);
        var latencies = new Latencies();
        var (number, done, start, before) = (0L, 0L, Stopwatch.GetTimestamp(), Usage.Now(database.Commits));
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(WriteAsync)));
        return new Figure(new LoadResult(done, 0, Stopwatch.GetElapsedTime(start).TotalSeconds, latencies), Usage.Now(database.Commits).Since(before));

        async Task WriteAsync()
        {
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
            {
                var (mine, begin) = (Interlocked.Increment(ref number), Stopwatch.GetTimestamp());
                foreach (var write in writes)
                {
                    await database.WriteAsync(statements =>
                    {
                        write(statements, mine);
                        return 0;
                    });
                }

                latencies.Add(begin);
                Interlocked.Increment(ref done);
            }
        }
    }

    /// <summary>SQLite alone, on one thread, so many at once to a commit.</summary>
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
