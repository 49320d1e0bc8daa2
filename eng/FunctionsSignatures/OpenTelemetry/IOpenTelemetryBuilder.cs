// Checked against OpenTelemetry 1.13.1.
using Microsoft.Extensions.DependencyInjection;

namespace OpenTelemetry;

public interface IOpenTelemetryBuilder
{
    IServiceCollection Services { get; }
}
