// Checked against Microsoft.Azure.DurableTask.Core 3.9.0.
namespace DurableTask.Core.Exceptions;

public class OrchestrationAlreadyExistsException : InvalidOperationException
{
    public OrchestrationAlreadyExistsException()
    {
    }
}
