// Checked against Microsoft.Azure.Functions.Worker.Extensions.Abstractions 1.3.0.
namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

[AttributeUsage(AttributeTargets.Parameter)]
public abstract class InputBindingAttribute : Attribute
{
}
