// Checked against Azure.Monitor.OpenTelemetry.Exporter 1.8.3.
using OpenTelemetry;

namespace Azure.Monitor.OpenTelemetry.Exporter;

public static class OpenTelemetryBuilderExtensions
{
    public static IOpenTelemetryBuilder UseAzureMonitorExporter(this IOpenTelemetryBuilder builder, Action<AzureMonitorExporterOptions> configureAzureMonitor) => builder;
}
