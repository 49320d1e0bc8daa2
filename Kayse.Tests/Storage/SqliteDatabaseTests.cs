using Kayse.Core.Storage;
using Kayse.Standalone.Storage;
using Microsoft.Data.Sqlite;

namespace Kayse.Tests.Storage;

public sealed class SqliteDatabaseTests : IDisposable
{
    private const string Insert = "INSERT INTO entity (tbl, partition, row, etag, json) VALUES ('test', 'p', ?1, 1, ?2)";

    private readonly TempFolder _folder = new();
    private readonly SqliteDatabase _database;

    public SqliteDatabaseTests() => _database = SqliteDatabase.Open(_folder.In("kayse.db"));

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Concurrent_writers_share_their_commits()
    {
        var before = _database.Commits;

        await Task.WhenAll(Enumerable.Range(0, 64).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await WriteAsync($"{writer}-{i}");
            }
        })));

        Assert.Equal(3200, Count(_database));
        Assert.InRange(_database.Commits - before, 1, 1600);
    }

    [Fact]
    public async Task What_waits_is_committed_at_once()
    {
        var before = _database.Commits;
        using var held = new HeldWriter(_database);

        var writes = Enumerable.Range(0, 64).Select(i => WriteAsync($"{i}")).ToList();
        held.Release();
        await Task.WhenAll(writes);

        Assert.Equal(2, _database.Commits - before);
    }

    [Fact]
    public async Task A_failing_piece_of_work_in_a_group_does_not_hurt_its_neighbours()
    {
        await WriteAsync("taken");
        var before = _database.Commits;
        using var held = new HeldWriter(_database);

        var first = WriteAsync("first");
        var thrown = _database.WriteAsync<int>(statements =>
        {
            statements.Run(Insert, "undone", Array.Empty<byte>());
            throw new InvalidOperationException("of the work");
        });
        var conflict = WriteAsync("taken");
        var nonsense = _database.WriteAsync(statements => statements.Run("INSERT INTO nothing VALUES (1)"));
        var last = WriteAsync("last");
        held.Release();

        await Task.WhenAll(first, last);
        Assert.Equal("of the work", (await Assert.ThrowsAsync<InvalidOperationException>(() => thrown)).Message);
        Assert.Equal(19, (await Assert.ThrowsAsync<SqliteException>(() => conflict)).SqliteErrorCode);
        await Assert.ThrowsAsync<SqliteException>(() => nonsense);
        Assert.Equal(3, Count(_database));
        Assert.Equal(2, _database.Commits - before);
    }

    [Fact]
    public async Task A_full_disk_is_an_error_and_loses_nothing_that_was_acknowledged()
    {
        var acknowledged = new List<string>();
        await LimitAsync(50);
        var fault = await Assert.ThrowsAsync<StorageUnavailableException>(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await WriteAsync($"{i}", 4000);
                acknowledged.Add($"{i}");
            }
        });

        Assert.Equal(13, Assert.IsType<SqliteException>(fault.InnerException).SqliteErrorCode);
        Assert.NotEmpty(acknowledged);
        Assert.Equal(acknowledged.Order(StringComparer.Ordinal), Rows(_database));

        await LimitAsync(100_000);
        await WriteAsync("after", 4000);
        Assert.Contains("after", Rows(_database));
        using var copy = OpenCopy();
        Assert.Equal(Rows(_database), Rows(copy));
    }

    [Fact]
    public async Task A_full_disk_fails_the_whole_group_and_writes_none_of_it()
    {
        await LimitAsync(60);
        using var held = new HeldWriter(_database);

        var small = WriteAsync("small");
        var large = WriteAsync("large", 1_000_000);
        var behind = WriteAsync("behind");
        held.Release();

        foreach (var write in (Task[])[small, large, behind])
        {
            await Assert.ThrowsAsync<StorageUnavailableException>(() => write);
        }

        Assert.Equal(0, Count(_database));
        await WriteAsync("small");
        Assert.Equal(["small"], Rows(_database));
    }

    [Fact]
    public async Task Everything_acknowledged_is_in_a_copy_of_the_files()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => WriteAsync($"{i}", 100)));

        using var copy = OpenCopy();

        Assert.Equal(500, Count(copy));
    }

    [Fact]
    public async Task A_read_sees_every_acknowledged_write()
    {
        for (var i = 1; i <= 200; i++)
        {
            await WriteAsync($"{i}");
            Assert.Equal(i, Count(_database));
        }
    }

    [Fact]
    public async Task An_empty_value_is_not_null()
    {
        await WriteAsync("empty", 0);

        Assert.Equal([], _database.Read(statements => (byte[])statements.Scalar("SELECT json FROM entity WHERE row = 'empty'")!));
    }

    [Fact]
    public async Task A_closed_database_says_so()
    {
        var waiting = WriteAsync("waiting");
        _database.Dispose();

        await waiting;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => WriteAsync("late"));
        Assert.Throws<StorageUnavailableException>(() => Count(_database));
    }

    [Fact]
    public void A_read_cannot_write() =>
        Assert.Throws<StorageUnavailableException>(() => _database.Read(statements => statements.Run(Insert, "r", Array.Empty<byte>())));

    private static long Count(SqliteDatabase database) => database.Read(statements => (long)statements.Scalar("SELECT count(*) FROM entity")!);

    private static List<string> Rows(SqliteDatabase database) => database.Read(statements =>
    {
        using var reader = statements.Query("SELECT row FROM entity ORDER BY row");
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    });

    private Task<int> WriteAsync(string row, int bytes = 1) => _database.WriteAsync(statements => statements.Run(Insert, row, new byte[bytes]));

    // SQLite answers SQLITE_FULL when the file may not grow, just as it does when the disk is full.
    private Task<object?> LimitAsync(int pages) => _database.WriteAsync(statements => statements.Scalar($"PRAGMA max_page_count={pages}"));

    private SqliteDatabase OpenCopy()
    {
        foreach (var file in (string[])["kayse.db", "kayse.db-wal"])
        {
            File.Copy(_folder.In(file), _folder.In("copy-" + file));
        }

        return SqliteDatabase.Open(_folder.In("copy-kayse.db"));
    }
}
