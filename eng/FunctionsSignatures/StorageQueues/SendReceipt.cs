// Checked against Azure.Storage.Queues 12.28.1.
namespace Azure.Storage.Queues.Models;

public class SendReceipt
{
    internal SendReceipt()
    {
    }
}
