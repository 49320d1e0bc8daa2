using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Standalone.Storage;

namespace Kayse.Benchmarks.Webhooks;

/// <summary>What a delivery that is taken at once writes: its row in the log, as the product wrote it, and the end of its event's entry in <c>pending</c>.</summary>
internal static class WebhookRows
{
    /// <summary>The writes, with a row taken from a data folder that the product has filled.</summary>
    public static IReadOnlyList<Action<SqliteStatements, long>> Sample(string folder)
    {
        using var data = DataFolder.Open(folder);
        using var database = SqliteDatabase.Open(data.Database);
        var row = database.Read(statements => (byte[])statements.Scalar("SELECT json FROM entity WHERE tbl = 'deliveries' AND row LIKE 'd~%' LIMIT 1")!);
        return
        [
            (statements, number) => statements.Run("INSERT INTO entity (tbl, partition, row, etag, json) VALUES ('deliveries', ?1, ?2, ?3, ?4)", Partition(number), Row(number), number, row),
            // In place of the entry: a row of the same table goes, by its key.
            (statements, number) => statements.Run("DELETE FROM entity WHERE tbl = 'deliveries' AND partition = ?1 AND row = ?2", Partition(number), Row(number)),
        ];
    }

    private static string Partition(long number) => Partitions.Spread(CompanyId.Parse($"with1no{number % 8}", null), $"whk_{number % 8:x32}", Row(number));

    // As ids of our own stand in the log: the younger before the older.
    private static string Row(long number) => $"d~dlv_{long.MaxValue - number:x16}{number:x16}";
}
