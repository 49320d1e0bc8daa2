using Kayse.Core.Storage;
using Kayse.Standalone.Storage;
using Microsoft.Data.Sqlite;

namespace Kayse.Tests.Storage;

public sealed class SqliteSchemaTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public SqliteSchemaTests() => SystemSqlite.Use();

    private string File => _folder.In("kayse.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_database_of_the_first_schema_is_migrated_and_keeps_its_rows()
    {
        Run($"{SqliteSchema.Steps[0]} INSERT INTO entity VALUES ('test', 'p', 'r', 7, x'7b7d'); UPDATE etag_counter SET value = 7; PRAGMA user_version=1;");

        using var database = SqliteDatabase.Open(File);

        var store = new SqliteEntityStore(database);
        Assert.Equal("7", (await store.GetAsync("test", "p", "r", CancellationToken.None))!.ETag);
        Assert.True((await store.CommitAsync("test", "p", [EntityOperation.Replace("r", "{}"u8.ToArray(), "7")], CancellationToken.None)).Written);
        Assert.Equal(SqliteSchema.Steps.Count, Version(database));
        Assert.Equal(0L, database.Read(statements => statements.Scalar("SELECT count(*) FROM message")));
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public void A_newer_database_is_refused_and_left_as_it_is(string journal)
    {
        Run($"PRAGMA journal_mode={journal}; CREATE TABLE of_the_future (x); PRAGMA user_version={SqliteSchema.Steps.Count + 1};");
        var before = System.IO.File.ReadAllBytes(File);

        var fault = Assert.Throws<StorageUnavailableException>(() => SqliteDatabase.Open(File));

        Assert.Contains($"has schema {SqliteSchema.Steps.Count + 1}", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
        Assert.Equal([File], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_step_that_fails_leaves_the_version_before_it()
    {
        Run($"{SqliteSchema.Steps[0]} CREATE TABLE dead_letter (in_the_way); PRAGMA user_version=1;");

        Assert.Throws<StorageUnavailableException>(() => SqliteDatabase.Open(File));

        Assert.Equal(1L, Ask("PRAGMA user_version"));
        Assert.Equal(0L, Ask("SELECT count(*) FROM sqlite_master WHERE name = 'message'"));
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        System.IO.File.WriteAllText(File, new string('x', 5000));

        Assert.Contains(File, Assert.Throws<StorageUnavailableException>(() => SqliteDatabase.Open(File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_current_database_is_opened_again_as_it_is()
    {
        SqliteDatabase.Open(File).Dispose();
        using var again = SqliteDatabase.Open(File);

        Assert.Equal(SqliteSchema.Steps.Count, Version(again));
    }

    private static long Version(SqliteDatabase database) => database.Read(statements => (long)statements.Scalar("PRAGMA user_version")!);

    private void Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        new SqliteCommand(sql, connection).ExecuteNonQuery();
    }

    private object? Ask(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return new SqliteCommand(sql, connection).ExecuteScalar();
    }
}
