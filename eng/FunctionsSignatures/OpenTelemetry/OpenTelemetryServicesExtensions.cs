// Checked against OpenTelemetry.Extensions.Hosting 1.13.1.
using OpenTelemetry;

namespace Microsoft.Extensions.DependencyInjection;

public static class OpenTelemetryServicesExtensions
{
    public static OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services) => new(services);
}
