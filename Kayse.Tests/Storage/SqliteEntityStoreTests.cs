using Kayse.Core.Storage;
using Kayse.Standalone.Storage;

namespace Kayse.Tests.Storage;

public sealed class SqliteEntityStoreTests : EntityStoreContract, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SqliteDatabase _database;

    public SqliteEntityStoreTests()
    {
        _database = SqliteDatabase.Open(_folder.In("kayse.db"));
        Store = new SqliteEntityStore(_database);
    }

    protected override IEntityStore Store { get; }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_read_has_completed_when_it_returns()
    {
        await CommitAsync(EntityOperation.Insert("r", Json("1")));

        Assert.True(Store.GetAsync(Table, Partition, "r", None).IsCompletedSuccessfully);
        Assert.True(Store.QueryAsync(Table, Partition, new RowRange(), 10, None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task An_etag_does_not_come_back_after_the_database_was_opened_again()
    {
        var etag = (await CommitAsync(EntityOperation.Insert("r", Json("1")))).ETags[0];
        await CommitAsync(EntityOperation.Delete("r", etag));
        _database.Dispose();

        using var again = SqliteDatabase.Open(_folder.In("kayse.db"));
        var second = (await new SqliteEntityStore(again).CommitAsync(Table, Partition, [EntityOperation.Insert("r", Json("1"))], None)).ETags[0];

        Assert.NotEqual(etag, second);
    }

    [Theory]
    [InlineData("SELECT row FROM entity WHERE tbl = 't' AND partition = 'p' AND row > 'a' AND row < 'b' ORDER BY row LIMIT 5")]
    [InlineData("SELECT partition FROM entity WHERE tbl = 't' AND partition > 'p' AND partition < 'q' ORDER BY partition LIMIT 1")]
    [InlineData("SELECT DISTINCT queue, session FROM message WHERE visible_at > 1 AND visible_at <= 2")]
    [InlineData("SELECT seq, id, body, tries FROM message WHERE queue = 'q' AND session = 's' AND visible_at <= 1 ORDER BY visible_at, seq LIMIT 4")]
    [InlineData("SELECT min(visible_at) FROM message WHERE visible_at > 1")]
    public void A_query_seeks_in_an_index_and_sorts_nothing(string sql)
    {
        var plan = _database.Read(statements =>
        {
            using var reader = statements.Query("EXPLAIN QUERY PLAN " + sql);
            var lines = new List<string>();
            while (reader.Read())
            {
                lines.Add(reader.GetString(3));
            }

            return lines;
        });

        Assert.All(plan.Where(line => !line.Contains("B-TREE FOR DISTINCT", StringComparison.Ordinal)), line => Assert.StartsWith("SEARCH", line, StringComparison.Ordinal));
    }
}
