// Checked against OpenTelemetry 1.13.1.
using OpenTelemetry.Metrics;

namespace OpenTelemetry;

public static class OpenTelemetryBuilderSdkExtensions
{
    public static IOpenTelemetryBuilder WithMetrics(this IOpenTelemetryBuilder builder, Action<MeterProviderBuilder> configure) => builder;
}
