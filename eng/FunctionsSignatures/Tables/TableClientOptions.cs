// Checked against Azure.Data.Tables 12.11.0.
using Azure.Core;

namespace Azure.Data.Tables;

public class TableClientOptions : ClientOptions
{
}
