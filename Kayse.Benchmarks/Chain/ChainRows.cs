using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Standalone.Storage;

namespace Kayse.Benchmarks.Chain;

/// <summary>What a chain writes from start to end, as the product wrote it: the record with its index, the engine's history, the steps' rows and the audit log.</summary>
internal sealed class ChainRows
{
    private const string Insert = "INSERT INTO entity (tbl, partition, row, etag, json) VALUES (?1, ?2, ?3, 1, ?4)";
    private const string Update = "UPDATE entity SET etag = 2, json = ?4 WHERE tbl = ?1 AND partition = ?2 AND row = ?3";
    private const string Delete = "DELETE FROM entity WHERE tbl = ?1 AND partition = ?2 AND row = ?3";

    private readonly byte[] _record;
    private readonly byte[] _index;
    private readonly byte[] _step;
    private readonly byte[] _audit;
    private readonly byte[] _input;
    private readonly byte[] _output;
    private readonly List<byte[]> _turns;

    private ChainRows(SqliteStatements statements)
    {
        _record = Bytes(statements, "SELECT json FROM entity WHERE tbl = 'workflows' AND row LIKE 'w~%~' AND CAST(json AS TEXT) LIKE '%completed%' LIMIT 1");
        _index = Bytes(statements, "SELECT json FROM entity WHERE tbl = 'workflows' AND row LIKE 'i~all~%' LIMIT 1");
        _step = Bytes(statements, "SELECT json FROM entity WHERE tbl = 'workflows' AND row LIKE 'w~%~third' LIMIT 1");
        _audit = Bytes(statements, "SELECT json FROM entity WHERE tbl = 'audit' LIMIT 1");
        const string ended = "FROM wf_instance WHERE state = 1 AND workflow = 'BenchmarkChain' LIMIT 1";
        _input = Bytes(statements, $"SELECT input {ended}");
        _output = Bytes(statements, $"SELECT output {ended}");
        _turns = [];
        using var rows = statements.Query($"SELECT record FROM wf_turn WHERE instance = (SELECT number {ended}) ORDER BY seq");
        while (rows.Read())
        {
            _turns.Add(rows.GetBytes(0));
        }
    }

    /// <summary>The writes, with rows taken from a data folder that the product has filled.</summary>
    public static IReadOnlyList<Action<SqliteStatements, long>> Sample(string folder)
    {
        using var data = DataFolder.Open(folder);
        using var database = SqliteDatabase.Open(data.Database);
        var rows = database.Read(statements => new ChainRows(statements));
        var writes = new List<Action<SqliteStatements, long>> { rows.StartRecord, rows.StartInstance, (statements, number) => rows.Turn(statements, number, 0) };
        for (var step = 0; step < 4; step++)
        {
            var order = step;
            writes.Add((statements, number) => statements.Run(Insert, "workflows", Partition(number), $"w~{Id(number)}~{order:d2}~fourth", rows._step));
            writes.Add((statements, number) => statements.Run(Insert, "audit", Partition(number * 4 + order), $"aud_{long.MaxValue - number:x16}{order:x16}", rows._audit));
            writes.Add((statements, number) => rows.Turn(statements, number, order + 1));
        }

        return [.. writes, rows.EndRecord, rows.EndInstance];
    }

    private static byte[] Bytes(SqliteStatements statements, string sql) => (byte[])statements.Scalar(sql)!;

    private static string Id(long number) => $"postcall.call_{number:d19}";

    private static string Instance(long number) => $"firm{number % 16}.{Id(number)}";

    private static string Partition(long number) => Partitions.Spread(CompanyId.Parse($"firm{number % 16}", null), Id(number));

    private void StartRecord(SqliteStatements statements, long number)
    {
        statements.Run(Insert, "workflows", Partition(number), $"w~{Id(number)}~", _record);
        statements.Run(Insert, "workflows", Partition(number), $"i~all~{253_402_300_799_999 - number:d15}~{Id(number)}", _index);
        statements.Run(Insert, "workflows", Partition(number), $"i~running~{253_402_300_799_999 - number:d15}~{Id(number)}", _index);
    }

    private void StartInstance(SqliteStatements statements, long number)
    {
        statements.Run("INSERT INTO wf_instance (id, workflow, state, run, input, started_at) VALUES (?1, 'BenchmarkChain', 0, ?2, ?3, ?4)", Instance(number), number, _input, number);
        statements.Run("INSERT INTO wf_work (instance, since) VALUES (?1, ?2)", Instance(number), number);
    }

    private void Turn(SqliteStatements statements, long number, int turn) =>
        statements.Run("INSERT INTO wf_turn (instance, seq, at, record) SELECT number, ?2, ?3, ?4 FROM wf_instance WHERE id = ?1", Instance(number), turn, number, _turns[turn]);

    private void EndRecord(SqliteStatements statements, long number)
    {
        statements.Run(Update, "workflows", Partition(number), $"w~{Id(number)}~", _record);
        statements.Run(Insert, "workflows", Partition(number), $"i~completed~{253_402_300_799_999 - number:d15}~{Id(number)}", _index);
        statements.Run(Delete, "workflows", Partition(number), $"i~running~{253_402_300_799_999 - number:d15}~{Id(number)}");
    }

    private void EndInstance(SqliteStatements statements, long number)
    {
        statements.Run("UPDATE wf_instance SET state = 1, output = ?2, ended_at = ?3 WHERE id = ?1", Instance(number), _output, number);
        Turn(statements, number, _turns.Count - 1);
        statements.Run("DELETE FROM wf_work WHERE instance = ?1", Instance(number));
    }
}
