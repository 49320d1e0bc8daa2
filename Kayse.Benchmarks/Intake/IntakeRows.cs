using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Standalone.Storage;

namespace Kayse.Benchmarks.Intake;

/// <summary>What an accepted event writes: one row, as the product wrote it.</summary>
internal static class IntakeRows
{
    /// <summary>The writes, with a row taken from a data folder that the product has filled.</summary>
    public static IReadOnlyList<Action<SqliteStatements, long>> Sample(string folder)
    {
        using var data = DataFolder.Open(folder);
        using var database = SqliteDatabase.Open(data.Database);
        var row = database.Read(statements => (byte[])statements.Scalar("SELECT json FROM entity WHERE tbl = 'events' LIMIT 1")!);
        return
        [
            (statements, number) =>
            {
                var id = $"evt_{number:d16}";
                var partition = Partitions.Spread(CompanyId.Parse($"firm{number % 16}", null), id);
                statements.Run("INSERT INTO entity (tbl, partition, row, etag, json) VALUES ('events', ?1, ?2, ?3, ?4)", partition, id, number, row);
            },
        ];
    }
}
