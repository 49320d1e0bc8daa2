// Checked against Azure.Data.Tables 12.11.0.
namespace Azure.Data.Tables;

// Holds what it is given: it is data alone.
public sealed class TableEntity : ITableEntity
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    public TableEntity()
    {
    }

    public TableEntity(string partitionKey, string rowKey)
    {
        PartitionKey = partitionKey;
        RowKey = rowKey;
    }

    public string PartitionKey { get; set; } = null!;

    public string RowKey { get; set; } = null!;

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public object this[string key]
    {
        get => _values.GetValueOrDefault(key)!;
        set => _values[key] = value;
    }

    public byte[]? GetBinary(string key) => (byte[]?)_values.GetValueOrDefault(key);

    public long? GetInt64(string key) => (long?)_values.GetValueOrDefault(key);
}
