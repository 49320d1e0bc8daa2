using Kayse.Sandbox;

namespace Kayse.Standalone;

/// <summary>What a person reads when the host has started.</summary>
public static class StartupText
{
    private const string Sample = "samples/call-analyzed.json";

    /// <summary>Writes the text.</summary>
    public static void Write(StandaloneHost host, StandaloneOptions options, TextWriter to)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(to);
        to.WriteLine($"Kayse is running. Ctrl-C stops it; data is kept in {host.Data}");
        to.WriteLine();
        to.WriteLine($"  API        {host.Url}  (described at /openapi/v1.json)");
        if (host.SandboxUrl is not null)
        {
            to.WriteLine($"  Sandbox    {host.SandboxUrl}  (stands in for Law Ruler and Lawmatics)");
        }

        if (!options.IsDevelopment)
        {
            return;
        }

        to.WriteLine($"  Admin key  {host.OperatorKey}");
        if (host.DemoWebhookUrl is not null)
        {
            WriteDemo(host, to);
        }

        to.WriteLine();
        to.WriteLine("Development: webhooks and recordings may use private addresses (Outbound:AllowPrivateDestinations).");
    }

    private static void WriteDemo(StandaloneHost host, TextWriter to)
    {
        to.WriteLine($"  Firm       demo, connected to the sandbox; its webhook URL for Law Ruler:");
        to.WriteLine($"             {host.DemoWebhookUrl}");
        to.WriteLine();
        to.WriteLine("Send a finished call, then see what became of it, and the lead in the sandbox:");
        to.WriteLine();
        to.WriteLine($"  {SendSample(host)}");
        to.WriteLine();
        to.WriteLine($"  curl -s {host.Url}/api/companies/demo/workflows/postcall.call_9f2 -H 'X-API-KEY: {host.OperatorKey}'");
        to.WriteLine();
        to.WriteLine($"  curl -s {host.SandboxUrl}/_sandbox/lawruler/{SandboxDefaults.Root}/leads/{SandboxDefaults.LeadId}");
    }

    private static string SendSample(StandaloneHost host)
    {
        var sample = FindSample();
        var post = $"curl -s -X POST {host.Url}/api/events -H 'X-API-KEY: {host.OperatorKey}' -H 'Content-Type: application/json' --data-binary";
        var port = new Uri(host.SandboxUrl!).Port;
        // The sample's recording is at the sandbox's usual port.
        return port == SandboxDefaults.Port ? $"{post} @{sample}" : $"sed 's/:{SandboxDefaults.Port}/:{port}/' {sample} | {post} @-";
    }

    private static string FindSample()
    {
        if (File.Exists(Sample))
        {
            return Sample;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Sample)))
            {
                return Path.Combine(folder.FullName, Sample);
            }
        }

        return Sample;
    }
}
