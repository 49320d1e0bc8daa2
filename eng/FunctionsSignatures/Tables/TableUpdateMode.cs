// Checked against Azure.Data.Tables 12.11.0.
namespace Azure.Data.Tables;

public enum TableUpdateMode
{
    Merge = 0,
    Replace = 1,
}
