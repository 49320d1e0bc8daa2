using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Kayse.Core.Storage;
using Kayse.Functions.Azure;
using Kayse.Tests;
using Kayse.Web.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace Kayse.Functions.Tests.Azure;

public sealed class AzureClientsTests
{
    private const string Azurite = "DefaultEndpointsProtocol=http;AccountName=kayse;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:10000/kayse;QueueEndpoint=http://127.0.0.1:10001/kayse;TableEndpoint=http://127.0.0.1:10002/kayse;";

    private static readonly Dictionary<string, string?> s_inAzure = new()
    {
        ["AZURE_CLIENT_ID"] = "11111111-2222-3333-4444-555555555555",
        ["Storage:TableUri"] = "https://kayse.table.core.windows.net/",
        ["Storage:BlobUri"] = "https://kayse.blob.core.windows.net/",
        ["Storage:QueueUri"] = "https://kayse.queue.core.windows.net/",
        ["KeyVault:Uri"] = "https://kayse.vault.azure.net/",
        ["ServiceBus:fullyQualifiedNamespace"] = "kayse.servicebus.windows.net",
    };

    [Fact]
    public async Task In_azure_every_port_is_there_by_managed_identity()
    {
        await using var services = Services("Production", s_inAzure);

        Assert.IsType<AzureEntityStore>(services.GetRequiredService<IEntityStore>());
        Assert.IsType<AzureBlobStore>(services.GetRequiredService<IBlobStore>());
        Assert.IsType<KeyVaultSecretStore>(services.GetRequiredService<ISecretStore>());
        Assert.Same(services.GetRequiredService<ServiceBusQueue>(), services.GetRequiredService<IQueue>());
        Assert.NotNull(services.GetRequiredService<TableServiceClient>());
        Assert.NotNull(services.GetRequiredService<BlobContainerClient>());
        Assert.NotNull(services.GetRequiredService<ServiceBusClient>());
        Assert.Null(services.GetService<QueueServiceClient>());
    }

    [Fact]
    public async Task Storage_queues_take_service_bus_s_place_by_one_setting()
    {
        await using var services = Services("Production", s_inAzure, ("Queues:Kind", "Storage"), ("ServiceBus:fullyQualifiedNamespace", null));

        Assert.Same(services.GetRequiredService<StorageQueue>(), services.GetRequiredService<IQueue>());
        Assert.Null(services.GetService<ServiceBusClient>());
    }

    [Theory]
    [InlineData("UseDevelopmentStorage=true")]
    [InlineData(Azurite)]
    public async Task On_a_developers_machine_azurite_and_file_secrets_do_and_no_identity_is_needed(string connection)
    {
        using var folder = new TempFolder();
        await using var services = Services("Development", [], ("Storage:ConnectionString", connection), ("Queues:Kind", "Storage"), ("Secrets:Folder", folder.In("secrets")));

        Assert.IsType<FileSecretStore>(services.GetRequiredService<ISecretStore>());
        Assert.IsType<AzureEntityStore>(services.GetRequiredService<IEntityStore>());
        Assert.IsType<AzureBlobStore>(services.GetRequiredService<IBlobStore>());
        Assert.IsType<StorageQueue>(services.GetRequiredService<IQueue>());
        await services.GetRequiredService<ISecretStore>().SetAsync("demo--crm--key", "1", CancellationToken.None);
        Assert.True(File.Exists(folder.In("secrets", "secrets.json")));
    }

    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=kayse;AccountKey=a2V5;EndpointSuffix=core.windows.net")]
    [InlineData("AccountName=kayse;AccountKey=a2V5")]
    [InlineData("BlobEndpoint=https://kayse.blob.core.windows.net;QueueEndpoint=http://127.0.0.1:1;TableEndpoint=http://127.0.0.1:1;AccountName=kayse;AccountKey=a2V5")]
    [InlineData("BlobEndpoint=http://127.0.0.1:1;QueueEndpoint=http://127.0.0.1:1;AccountName=kayse;AccountKey=a2V5")]
    [InlineData("BlobEndpoint=http://127.0.0.1:1;QueueEndpoint=http://127.0.0.1:1;TableEndpoint=http://127.0.0.1:1;TableSecondaryEndpoint=http://198.51.100.1;AccountName=kayse;AccountKey=a2V5")]
    [InlineData("BlobEndpoint=http://127.0.0.1:1;BlobEndpoint=http://198.51.100.1:1;QueueEndpoint=http://127.0.0.1:1;TableEndpoint=http://127.0.0.1:1")]
    [InlineData("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://198.51.100.1")]
    [InlineData("UseDevelopmentStorage=false")]
    [InlineData("nonsense")]
    public void A_connection_string_that_leaves_the_machine_is_refused(string connection)
    {
        var fault = Assert.Throws<InvalidOperationException>(() => Services("Development", [], ("Storage:ConnectionString", connection), ("Secrets:Folder", "secrets")));

        Assert.StartsWith("Storage__ConnectionString is for Azurite", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a2V5", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AZURE_CLIENT_ID", null, "AZURE_CLIENT_ID is not set")]
    [InlineData("Storage:TableUri", null, "Storage__TableUri is not set")]
    [InlineData("Storage:TableUri", "http://kayse.table.core.windows.net", "Storage__TableUri is not an https address")]
    [InlineData("Storage:BlobUri", " ", "Storage__BlobUri is not set")]
    [InlineData("Storage:BlobUri", "kayse", "Storage__BlobUri is not an https address")]
    [InlineData("KeyVault:Uri", null, "KeyVault__Uri is not set")]
    [InlineData("KeyVault:Uri", "http://kayse.vault.azure.net/", "KeyVault__Uri is not an https address")]
    [InlineData("Queues:Kind", "Kafka", "Queues__Kind is ServiceBus or Storage")]
    [InlineData("ServiceBus:fullyQualifiedNamespace", null, "ServiceBus__fullyQualifiedNamespace is not set")]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "Endpoint=sb://kayse.servicebus.windows.net/;SharedAccessKey=a2V5", "ServiceBus__fullyQualifiedNamespace is a host name")]
    public void A_setting_that_is_missing_or_wrong_is_named(string key, string? value, string says)
    {
        var fault = Assert.Throws<InvalidOperationException>(() => Services("Production", s_inAzure, (key, value)));

        Assert.StartsWith(says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a2V5", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_azurite_storage_queues_need_their_address() =>
        Assert.StartsWith("Storage__QueueUri is not set", Assert.Throws<InvalidOperationException>(() => Services("Production", s_inAzure, ("Queues:Kind", "Storage"), ("Storage:QueueUri", null))).Message, StringComparison.Ordinal);

    private static ServiceProvider Services(string environment, Dictionary<string, string?> settings, params (string Key, string? Value)[] changes)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).AddInMemoryCollection(changes.ToDictionary(change => change.Key, change => change.Value)).Build();
        return new ServiceCollection().AddAzurePorts(configuration, new Environment(environment)).BuildServiceProvider();
    }

    private sealed class Environment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "Kayse";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
