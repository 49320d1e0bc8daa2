// Checked against Azure.Data.Tables 12.11.0.
namespace Azure.Data.Tables;

// Holds what it is given: it is data alone.
public class TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity, ETag etag = default)
{
    public TableTransactionActionType ActionType { get; } = actionType;

    public ITableEntity Entity { get; } = entity;

    public ETag ETag { get; } = etag;
}
