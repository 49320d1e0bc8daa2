using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;
using Kayse.Functions.Orchestrations;
using Kayse.Web.Access;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Functions.Tests;

public sealed class CompositionTests
{
    public static TheoryData<string> Kinds { get; } = ["a developer's machine", "Azure"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_service_of_ours_and_every_class_with_functions_resolves(string kind)
    {
        var services = Services(kind, out var settings);
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        Composition.Complete(provider, settings);
        var switchedOff = kind == "Azure" ? "StorageQueue" : "ServiceBusQueue";

        foreach (var type in services.Select(service => service.ServiceType).Where(type => type.FullName!.StartsWith("Kayse.", StringComparison.Ordinal)).Distinct())
        {
            Assert.NotNull(provider.GetRequiredService(type));
        }

        foreach (var type in AzureHost.Functions.Select(function => function.Method.DeclaringType!).Distinct())
        {
            Assert.NotNull(ActivatorUtilities.CreateInstance(provider, type));
        }

        Assert.DoesNotContain(services, service => service.ServiceType.Name == switchedOff);
    }

    [Fact]
    public async Task The_ports_are_azures()
    {
        var services = Services("Azure", out _);
        await using var provider = services.BuildServiceProvider();

        Assert.Equal(
            ["AzureEntityStore", "AzureBlobStore", "KeyVaultSecretStore", "ServiceBusQueue", nameof(DurableWorkflowEngine)],
            [
                provider.GetRequiredService<IEntityStore>().GetType().Name, provider.GetRequiredService<IBlobStore>().GetType().Name, provider.GetRequiredService<ISecretStore>().GetType().Name,
                provider.GetRequiredService<IQueue>().GetType().Name, provider.GetRequiredService<IWorkflowEngine>().GetType().Name,
            ]);
    }

    [Theory]
    [InlineData("Storage:TableUri", "Storage__TableUri")]
    [InlineData("KeyVault:Uri", "KeyVault__Uri")]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "ServiceBus__fullyQualifiedNamespace")]
    [InlineData("AZURE_CLIENT_ID", "AZURE_CLIENT_ID")]
    public void A_setting_that_is_missing_is_named(string missing, string named)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(AzureHost.Azure.Where(setting => setting.Key != missing)).Build();

        var fault = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddKayseFunctions(settings, AzureHost.Environment("Production")));

        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Webhooks:RetryDelays", "soon", "Webhooks:RetryDelays")]
    [InlineData("Outbound:Ports:0", "https", "https")]
    [InlineData("KAYSE_ADMIN_KEY", "short", "KAYSE_ADMIN_KEY")]
    public void A_setting_that_cannot_be_read_is_named(string name, string value, string named)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(AzureHost.Azure.Append(new(name, value))).Build();

        Assert.Contains(named, Assert.Throws<FormatException>(() => new ServiceCollection().AddKayseFunctions(settings, AzureHost.Environment("Production"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("True", true)]
    [InlineData("true", true)]
    [InlineData("False", false)]
    [InlineData(null, false)]
    public async Task Who_signed_in_is_believed_only_where_the_platform_says_that_it_signs_people_in(string? value, bool isBelieved)
    {
        await using var host = new AzureHost();
        await host.OpenFirmAsync("demo");
        var tenant = new Guid("11111111-2222-3333-4444-555555555555");
        await host.Get<CompanyRegister>().ChangeTenantAsync(CompanyId.Parse("demo"), tenant, CancellationToken.None);
        var settings = new ConfigurationBuilder().AddInMemoryCollection(AzureHost.Azure.Append(new("WEBSITE_AUTH_ENABLED", value))).Build();
        var services = new ServiceCollection().AddLogging();
        services.AddKayseFunctions(settings, AzureHost.Environment("Production")).AddSingleton(host.Get<IEntityStore>());
        await using var provider = services.BuildServiceProvider();
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext { Request = { Method = "GET" } };
        var claims = $$"""{"auth_typ":"aad","role_typ":"roles","claims":[{"typ":"roles","val":"Kayse.Admin"},{"typ":"tid","val":"{{tenant}}"}]}""";
        context.Request.Headers[SignedInPeople.Header] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(claims));

        var caller = await provider.GetRequiredService<Callers>().IdentifyAsync(context);

        Assert.Equal(isBelieved ? new Caller(CallerRole.Admin, CompanyId.Parse("demo")) : null, caller);
    }

    [Theory]
    [InlineData("kayse.azurewebsites.net", "https://kayse.azurewebsites.net")]
    [InlineData("localhost:7071", "http://localhost:7071")]
    public async Task Links_bear_the_apps_own_name_until_the_operator_sets_another(string name, string expected)
    {
        await using var host = new AzureHost();
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("WEBSITE_HOSTNAME", name)]).Build();
        var services = new ServiceCollection().AddLogging();
        services.AddKayseFunctions(new ConfigurationBuilder().AddInMemoryCollection(AzureHost.Azure).Build(), AzureHost.Environment("Production"));
        await using var provider = services.BuildServiceProvider();

        Composition.Complete(provider, settings);

        Assert.Equal(expected, provider.GetRequiredService<PublicAddress>().Base);
    }

    [Fact]
    public async Task Without_a_key_in_the_environment_the_operators_is_the_one_in_the_secret_store()
    {
        await using var host = new AzureHost();
        var secrets = host.Get<ISecretStore>();
        var key = new OperatorKey(secrets);
        Assert.False(await key.IsAsync("", CancellationToken.None));
        Assert.False(await key.IsAsync("made-after-the-deployment", CancellationToken.None));

        await secrets.SetAsync(OperatorKey.SecretName, "made-after-the-deployment", CancellationToken.None);

        Assert.True(await key.IsAsync("made-after-the-deployment", CancellationToken.None));
        Assert.False(await key.IsAsync("made-after-the-deploymen", CancellationToken.None));
    }

    private static ServiceCollection Services(string kind, out IConfiguration settings)
    {
        settings = new ConfigurationBuilder().AddInMemoryCollection(kind == "Azure" ? AzureHost.Azure : AzureHost.Local).Build();
        var environment = AzureHost.Environment(kind == "Azure" ? "Production" : "Development");
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton(settings).AddSingleton(environment).AddSingleton(new System.Diagnostics.DiagnosticListener("tests"));
        services.AddKayseFunctions(settings, environment);
        return services;
    }
}
