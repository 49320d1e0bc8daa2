using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Standalone.Storage;

namespace Kayse.Benchmarks.Webhooks;

/// <summary>What a delivery that is taken at once leaves in the log: one row, as the product wrote it.</summary>
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
            (statements, number) =>
            {
                // As ids of our own stand in the log: the younger before the older.
                var id = $"dlv_{long.MaxValue - number:x16}{number:x16}";
                var partition = Partitions.Spread(CompanyId.Parse($"with1no{number % 8}", null), $"whk_{number % 8:x32}", id);
                statements.Run("INSERT INTO entity (tbl, partition, row, etag, json) VALUES ('deliveries', ?1, ?2, ?3, ?4)", partition, $"d~{id}", number, row);
            },
        ];
    }
}
