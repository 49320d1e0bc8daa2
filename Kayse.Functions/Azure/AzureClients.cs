using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Azure.Security.KeyVault.Secrets;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Kayse.Core.Storage;
using Kayse.Web.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Kayse.Functions.Azure;

/// <summary>The clients of the Azure services and the ports over them. Access is by managed identity alone; a connection string is taken for Azurite only.</summary>
public static class AzureClients
{
    /// <summary>The product's blob container.</summary>
    public const string Container = "kayse";

    /// <summary>Adds the ports as the settings say.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing or wrong; the message names it.</exception>
    public static IServiceCollection AddAzurePorts(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var settings = new AzureSettings(configuration);
        services.TryAddSingleton(TimeProvider.System);
        // Made when it is first needed: with Azurite and file secrets there may be no identity at all.
        var credential = new Lazy<TokenCredential>(() => Credential(settings, environment));
        AddStorage(services, settings, credential);
        AddSecrets(services, settings, environment, credential);
        AddQueue(services, settings, credential);
        return services;
    }

    private static TokenCredential Credential(AzureSettings settings, IHostEnvironment environment) => settings.ClientId switch
    {
        { } id => new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(id)),
        null when environment.IsDevelopment() => new DefaultAzureCredential(),
        null => throw new InvalidOperationException("AZURE_CLIENT_ID is not set: the client id of the app's user-assigned managed identity."),
    };

    private static void AddStorage(IServiceCollection services, AzureSettings settings, Lazy<TokenCredential> credential)
    {
        var tables = settings.Azurite is { } azurite
            ? new TableServiceClient(azurite, TableOptions())
            : new TableServiceClient(settings.Address("Storage:TableUri", "the address of the storage account's tables"), credential.Value, TableOptions());
        var blobs = settings.Azurite is { } local
            ? new BlobContainerClient(local, Container, With(new BlobClientOptions()))
            : new BlobContainerClient(Below(settings.Address("Storage:BlobUri", "the address of the storage account's blobs"), Container), credential.Value, With(new BlobClientOptions()));
        services.AddSingleton(tables).AddSingleton<IEntityStore, AzureEntityStore>();
        services.AddSingleton(blobs).AddSingleton<IBlobStore, AzureBlobStore>();
    }

    private static void AddSecrets(IServiceCollection services, AzureSettings settings, IHostEnvironment environment, Lazy<TokenCredential> credential)
    {
        if (settings.Vault is { } vault)
        {
            services.AddSingleton(new SecretClient(vault, credential.Value, With(new SecretClientOptions()))).AddSingleton<ISecretStore, KeyVaultSecretStore>();
        }
        else if (environment.IsDevelopment())
        {
            var folder = settings.SecretsFolder;
            services.AddSingleton<ISecretStore>(provider =>
                new FileSecretStore(Path.Combine(folder, "secrets.json"), Path.Combine(folder, "keys"), provider.GetRequiredService<TimeProvider>()));
        }
        else
        {
            throw new InvalidOperationException("KeyVault__Uri is not set: the address of the Key Vault. Secrets in files are for Development alone.");
        }
    }

    private static void AddQueue(IServiceCollection services, AzureSettings settings, Lazy<TokenCredential> credential)
    {
        if (settings.UsesStorageQueues)
        {
            // Base64 is what the triggers expect (host.json, extensions.queues.messageEncoding).
            var options = With(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
            services.AddSingleton(settings.Azurite is { } azurite
                ? new QueueServiceClient(azurite, options)
                : new QueueServiceClient(settings.Address("Storage:QueueUri", "the address of the storage account's queues"), credential.Value, options));
            services.AddSingleton<StorageQueue>().AddSingleton<IQueue>(provider => provider.GetRequiredService<StorageQueue>());
            return;
        }

        services.AddSingleton(new ServiceBusClient(settings.ServiceBusNamespace, credential.Value, new ServiceBusClientOptions
        {
            RetryOptions = new ServiceBusRetryOptions { MaxRetries = 3, Delay = TimeSpan.FromMilliseconds(500), MaxDelay = TimeSpan.FromSeconds(5), TryTimeout = TimeSpan.FromSeconds(15) },
        }));
        services.AddSingleton<ServiceBusQueue>().AddSingleton<IQueue>(provider => provider.GetRequiredService<ServiceBusQueue>());
    }

    /// <summary>How tables are asked.</summary>
    internal static TableClientOptions TableOptions()
    {
        var options = With(new TableClientOptions());
        options.RetryPolicy = new ReadRetryPolicy();
        return options;
    }

    /// <summary>How often and how long a service is asked.</summary>
    internal static T With<T>(T options)
        where T : ClientOptions
    {
        // A request that hangs must not outlive the caller, who has a minute or two at the most.
        options.Retry.MaxRetries = 3;
        options.Retry.Delay = TimeSpan.FromMilliseconds(300);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(5);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(20);
        return options;
    }

    private static Uri Below(Uri account, string name) => new($"{account.AbsoluteUri.TrimEnd('/')}/{name}");
}
