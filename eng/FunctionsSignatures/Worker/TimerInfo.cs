// Checked against Microsoft.Azure.Functions.Worker.Extensions.Timer 4.3.1.
namespace Microsoft.Azure.Functions.Worker;

public class TimerInfo
{
    public bool IsPastDue { get; set; }
}
