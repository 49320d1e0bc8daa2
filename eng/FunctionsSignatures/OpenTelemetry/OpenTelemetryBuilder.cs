// Checked against OpenTelemetry.Extensions.Hosting 1.13.1.
using Microsoft.Extensions.DependencyInjection;

namespace OpenTelemetry;

public sealed class OpenTelemetryBuilder : IOpenTelemetryBuilder
{
    internal OpenTelemetryBuilder(IServiceCollection services) => Services = services;

    public IServiceCollection Services { get; }
}
