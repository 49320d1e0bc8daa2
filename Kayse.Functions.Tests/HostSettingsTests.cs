using System.Globalization;
using System.Text.Json;
using Kayse.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace Kayse.Functions.Tests;

/// <summary>host.json and the sample of a developer's settings: keys that exist, values that fit the code.</summary>
public sealed class HostSettingsTests
{
    // learn.microsoft.com, "host.json reference for Azure Functions 2.x and later", and the pages of each binding that it names.
    private static readonly Dictionary<string, string[]> s_known = new(StringComparer.Ordinal)
    {
        [""] = ["version", "telemetryMode", "logging", "extensions"],
        ["extensions"] = ["http", "serviceBus", "queues", "durableTask"],
        ["extensions.http"] = ["routePrefix", "maxConcurrentRequests", "maxOutstandingRequests"],
        ["extensions.serviceBus"] = ["maxConcurrentSessions", "sessionIdleTimeout", "maxAutoLockRenewalDuration"],
        ["extensions.queues"] = ["maxDequeueCount", "visibilityTimeout", "maxPollingInterval"],
        ["extensions.durableTask"] =
        [
            "hubName", "defaultVersion", "versionMatchStrategy", "versionFailureStrategy", "storageProvider", "maxConcurrentActivityFunctions", "maxConcurrentOrchestratorFunctions", "tracing",
        ],
        ["extensions.durableTask.storageProvider"] = ["type", "connectionStringName"],
        ["extensions.durableTask.tracing"] = ["distributedTracingEnabled", "version"],
        ["logging"] = ["logLevel"],
    };

    [Fact]
    public void Every_key_of_host_json_is_one_that_the_host_knows()
    {
        var host = Read("host.json");

        foreach (var (path, keys) in s_known)
        {
            Assert.Equal(keys.Order(StringComparer.Ordinal), At(host, path).EnumerateObject().Select(one => one.Name).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Host_json_is_copied_beside_the_app_as_it_stands() =>
        Assert.Equal(File.ReadAllText(Path.Combine(Infrastructure.Infra.Root, "host.json")), File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));

    [Fact]
    public void Routes_have_no_prefix_and_messages_ten_tries()
    {
        var host = Read("host.json");

        Assert.Equal("", At(host, "extensions.http.routePrefix").GetString());
        Assert.Equal(QueueMessage.MaxTries, At(host, "extensions.queues.maxDequeueCount").GetInt32());
        Assert.Equal("OpenTelemetry", At(host, "telemetryMode").GetString());
    }

    [Theory]
    [InlineData("extensions.serviceBus.sessionIdleTimeout")]
    [InlineData("extensions.serviceBus.maxAutoLockRenewalDuration")]
    [InlineData("extensions.queues.visibilityTimeout")]
    [InlineData("extensions.queues.maxPollingInterval")]
    public void A_time_is_one(string path) => Assert.True(TimeSpan.ParseExact(At(Read("host.json"), path).GetString()!, "c", CultureInfo.InvariantCulture) > TimeSpan.Zero);

    [Fact]
    public void The_sample_switches_off_the_triggers_of_service_bus_and_no_others()
    {
        var off = Sample().Where(one => one.Key.StartsWith("AzureWebJobs.", StringComparison.Ordinal) && one.Value == "true").Select(one => one.Key.Split('.')[1]);
        var ofServiceBus = AzureHost.Functions.Where(function => function.Trigger is ServiceBusTriggerAttribute).Select(function => function.Name);

        Assert.Equal(ofServiceBus.Order(StringComparer.Ordinal), off.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_sample_is_for_development_on_this_machine_alone()
    {
        var sample = Sample();

        Assert.Equal("Development", sample["AZURE_FUNCTIONS_ENVIRONMENT"]);
        Assert.Equal("AzureStorage", sample["AzureFunctionsJobHost__extensions__durableTask__storageProvider__type"]);
        Assert.Equal("AzureWebJobsStorage", sample["AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName"]);
        Assert.All(new[] { "AzureWebJobsStorage", "Queues", "Storage__ConnectionString" }, key => Assert.Equal("UseDevelopmentStorage=true", sample[key]));
        Assert.All(sample.Values.Where(value => Uri.TryCreate(value.Replace("{root}", "demo", StringComparison.Ordinal), UriKind.Absolute, out _)), value => Assert.StartsWith("http://localhost:", value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_app_composes_itself_from_the_sample()
    {
        var settings = Sample().Select(one => new KeyValuePair<string, string?>(one.Key.Replace("__", ":", StringComparison.Ordinal), one.Value));
        await using var host = new AzureHost(settings: settings);
        await host.OpenFirmAsync("demo");

        Assert.Equal(200, (await host.SendAsync("Management", "GET", "/api/companies/demo", key: Sample()["KAYSE_ADMIN_KEY"])).Status);
        Assert.Equal("http://localhost:7072/lawruler/{root}", host.Get<Core.Connectors.LawRuler.LawRulerHosts>().PortalUrl);
    }

    private static Dictionary<string, string> Sample() =>
        Read("local.settings.sample.json").GetProperty("Values").EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetString()!, StringComparer.Ordinal);

    private static JsonElement Read(string file) => JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(Infrastructure.Infra.Root, file)));

    private static JsonElement At(JsonElement json, string path) => path.Split('.', StringSplitOptions.RemoveEmptyEntries).Aggregate(json, (found, name) => found.GetProperty(name));
}
