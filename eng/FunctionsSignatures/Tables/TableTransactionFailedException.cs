// Checked against Azure.Data.Tables 12.11.0.
namespace Azure.Data.Tables;

// The index comes from the exception's data, under the library's own key.
public class TableTransactionFailedException(RequestFailedException requestFailedException)
    : RequestFailedException(requestFailedException.Status, requestFailedException.Message, requestFailedException.ErrorCode, requestFailedException.InnerException)
{
    public int? FailedTransactionActionIndex { get; } = requestFailedException.Data["FailedEntity"] is string index ? int.Parse(index, System.Globalization.CultureInfo.InvariantCulture) : null;
}
