using Azure.Data.Tables;

namespace Kayse.Functions.Tests.Azure;

/// <summary>An account of Azure Tables in memory: keys, ETags, transactions, filters, pages and error codes as the service has them, and faults as a test says.</summary>
public sealed class FakeTables : TableServiceClient
{
    private readonly Dictionary<string, FakeTable> _tables = [];

    /// <summary>Gets the name of each request before it is carried out; what it throws is the answer, and nothing was done.</summary>
    public Action<string> Before { get; set; } = _ => { };

    /// <summary>Gets the name of each request that was carried out; what it throws comes in place of the answer.</summary>
    public Action<string> After { get; set; } = _ => { };

    /// <summary>Entities of a page at the most.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>The requests so far.</summary>
    public IList<string> Requests { get; } = [];

    public FakeTable this[string name] => (FakeTable)GetTableClient(name);

    public override TableClient GetTableClient(string tableName)
    {
        lock (_tables)
        {
            return _tables.TryGetValue(tableName, out var table) ? table : _tables[tableName] = new FakeTable(this);
        }
    }
}
