using Microsoft.Extensions.Configuration;

namespace Kayse.Functions.Azure;

/// <summary>The settings that say where the Azure services are. Whatever is missing or wrong is an <see cref="InvalidOperationException"/> that names its setting.</summary>
internal sealed class AzureSettings(IConfiguration settings)
{
    /// <summary>The user-assigned managed identity's client id, or null.</summary>
    public string? ClientId => Text("AZURE_CLIENT_ID");

    /// <summary>The connection string of Azurite, or null where the storage is an account of Azure.</summary>
    public string? Azurite
    {
        get
        {
            var text = Text("Storage:ConnectionString");
            if (text is not null && !IsLoopback(text))
            {
                throw new InvalidOperationException(
                    "Storage__ConnectionString is for Azurite on this machine alone: UseDevelopmentStorage=true, or a BlobEndpoint, QueueEndpoint and TableEndpoint on a loopback address. "
                    + "For a storage account set Storage__TableUri, Storage__BlobUri and Storage__QueueUri; the managed identity gives access.");
            }

            return text;
        }
    }

    /// <summary>True when the queues are Storage Queues; by default they are Service Bus's.</summary>
    public bool UsesStorageQueues => (Text("Queues:Kind") ?? "ServiceBus") switch
    {
        "ServiceBus" => false,
        "Storage" => true,
        _ => throw new InvalidOperationException("Queues__Kind is ServiceBus or Storage."),
    };

    /// <summary>The Service Bus namespace's host name.</summary>
    public string ServiceBusNamespace
    {
        get
        {
            var name = Text("ServiceBus:fullyQualifiedNamespace") ?? throw Missing("ServiceBus__fullyQualifiedNamespace", "the namespace's host name, e.g. name.servicebus.windows.net; or set Queues__Kind to Storage");
            return Uri.CheckHostName(name) == UriHostNameType.Dns ? name : throw new InvalidOperationException("ServiceBus__fullyQualifiedNamespace is a host name, e.g. name.servicebus.windows.net, not a connection string.");
        }
    }

    /// <summary>The vault's address, or null.</summary>
    public Uri? Vault => Text("KeyVault:Uri") is null ? null : Address("KeyVault:Uri", "");

    /// <summary>The folder of the file secrets; by default one of the developer's own.</summary>
    public string SecretsFolder => Text("Secrets:Folder") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kayse-secrets");

    /// <summary>The address of a service.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="what">What it is.</param>
    public Uri Address(string key, string what)
    {
        var name = key.Replace(":", "__", StringComparison.Ordinal);
        var text = Text(key) ?? throw Missing(name, what);
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.IsLoopback)
            ? address
            : throw new InvalidOperationException($"{name} is not an https address.");
    }

    private static InvalidOperationException Missing(string name, string what) => new($"{name} is not set: {what}.");

    // Every end point that it names has to be on this machine, and it has to name them: without, the libraries make up Azure's own.
    private static bool IsLoopback(string connectionString)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .ToList();
        if (parts.Exists(part => part.Length != 2) || parts.DistinctBy(part => part[0], StringComparer.OrdinalIgnoreCase).Count() != parts.Count)
        {
            return false;
        }

        var values = parts.ToDictionary(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);
        var addresses = values.Where(value => value.Key.EndsWith("Endpoint", StringComparison.OrdinalIgnoreCase) || value.Key.EndsWith("Uri", StringComparison.OrdinalIgnoreCase)).ToList();
        var isNamed = values.TryGetValue("UseDevelopmentStorage", out var development)
            ? development.Equals("true", StringComparison.OrdinalIgnoreCase)
            : values.ContainsKey("BlobEndpoint") && values.ContainsKey("QueueEndpoint") && values.ContainsKey("TableEndpoint");
        return isNamed && addresses.TrueForAll(address => Uri.TryCreate(address.Value, UriKind.Absolute, out var uri) && uri.IsLoopback);
    }

    private string? Text(string key) => settings[key] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}
