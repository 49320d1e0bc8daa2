// Checked against Microsoft.Azure.Functions.Worker.Extensions.DurableTask 1.19.1.
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

public sealed class DurableClientAttribute : InputBindingAttribute
{
}
