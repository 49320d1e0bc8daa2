using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Kayse.Functions.Orchestrations;
using Kayse.Web;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;

namespace Kayse.Functions;

/// <summary>Logs and traces to Application Insights, where there is one.</summary>
public static class Telemetry
{
    /// <summary>Adds it; without <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> the log goes to the host's console alone.</summary>
    public static void AddTelemetry(this IServiceCollection services, IConfiguration settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddLogging(logging => logging.AddKayseFilters());
        if (string.IsNullOrEmpty(settings["APPLICATIONINSIGHTS_CONNECTION_STRING"]))
        {
            return;
        }

        services.AddOpenTelemetry().UseFunctionsWorkerDefaults().WithMetrics(metrics => metrics.AddMeter(DurableWorkflowMeter.Name)).UseAzureMonitorExporter(monitor =>
        {
            // Traces are sampled, log entries and so exceptions never: a fault of a request that was not traced is a fault.
            monitor.EnableTraceBasedLogsSampler = false;
            if (settings["AZURE_CLIENT_ID"] is { Length: > 0 } identity)
            {
                monitor.Credential = new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(identity));
            }
        });
    }
}
