// Checked against Azure.Monitor.OpenTelemetry.Exporter 1.8.3.
using Azure.Core;

namespace Azure.Monitor.OpenTelemetry.Exporter;

public class AzureMonitorExporterOptions
{
    public TokenCredential? Credential { get; set; }

    public bool EnableTraceBasedLogsSampler { get; set; }
}
