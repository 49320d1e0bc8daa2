using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Functions.Azure;
using Kayse.Functions.Http;
using Kayse.Functions.Orchestrations;
using Kayse.Functions.Queues;
using Kayse.Web;
using Kayse.Web.Access;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kayse.Functions;

/// <summary>Composes the product for Azure: what both hosts share, over Azure's parts.</summary>
public static class Composition
{
    /// <summary>Adds everything.</summary>
    /// <exception cref="FormatException">A setting cannot be read; the message names it.</exception>
    /// <exception cref="InvalidOperationException">A setting is missing or wrong; the message names it.</exception>
    public static IServiceCollection AddKayseFunctions(this IServiceCollection services, IConfiguration settings, IHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(environment);
        services.AddSingleton(TimeProvider.System);
        services.AddAzurePorts(settings, environment);
        services.AddDurableWorkflows();
        services.AddOperatorSettings(settings, environment.IsDevelopment(), TimeProvider.System);
        var operatorKey = GivenOperatorKey(settings, environment);
        services.AddSingleton(provider => new OperatorKey(provider.GetRequiredService<ISecretStore>(), operatorKey));
        services.AddSingleton(provider => new SignedInPeople(provider.GetRequiredService<CompanyRegister>(), provider.GetRequiredService<PublicAddress>(), IsSignInOn(settings)));
        services.AddKayse();
        return services.AddRouting().AddSingleton<KaysePipeline>().AddSingleton<MessageHandling>()
            .AddSingleton(provider => new Lazy<ServiceBusQueue>(provider.GetRequiredService<ServiceBusQueue>))
            .AddSingleton(provider => new Lazy<StorageQueue>(provider.GetRequiredService<StorageQueue>));
    }

    /// <summary>What has to be done once the services are there and before the first function runs.</summary>
    public static void Complete(IServiceProvider provider, IConfiguration settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        KayseWeb.AddWorkflows(provider);
        // The platform's own name of the app; on a developer's machine the emulator sets it too.
        if (settings["WEBSITE_HOSTNAME"] is { Length: > 0 } name)
        {
            provider.GetRequiredService<PublicAddress>().Listening = name.StartsWith("localhost", StringComparison.Ordinal) ? $"http://{name}" : $"https://{name}";
        }
    }

    private static string? GivenOperatorKey(IConfiguration settings, IHostEnvironment environment) =>
        settings["KAYSE_ADMIN_KEY"] is not { Length: > 0 } given ? null
        : given.Length >= OperatorKey.MinLength || environment.IsDevelopment() ? given
        : throw new FormatException($"KAYSE_ADMIN_KEY is too short: {OperatorKey.MinLength} characters at least. Without it the key in the Key Vault counts.");

    // Set by the platform when App Service Authentication is on; only then does it take the header from strangers' requests.
    private static bool IsSignInOn(IConfiguration settings) => string.Equals(settings["WEBSITE_AUTH_ENABLED"], "True", StringComparison.OrdinalIgnoreCase);
}
