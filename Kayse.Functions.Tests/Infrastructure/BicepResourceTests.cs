using System.Text.RegularExpressions;

namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>Each resource with what makes it safe.</summary>
public sealed partial class BicepResourceTests
{
    // The versions whose type definitions every property below infra/ was checked against (the public Bicep types for Azure, August 2026).
    private static readonly Dictionary<string, string> s_versions = new(StringComparer.Ordinal)
    {
        ["Microsoft.Authorization/roleAssignments"] = "2022-04-01",
        ["Microsoft.DurableTask/schedulers"] = "2026-02-01",
        ["Microsoft.DurableTask/schedulers/taskHubs"] = "2026-02-01",
        ["Microsoft.Insights/actionGroups"] = "2023-01-01",
        ["Microsoft.Insights/components"] = "2020-02-02",
        ["Microsoft.Insights/diagnosticSettings"] = "2021-05-01-preview",
        ["Microsoft.Insights/metricAlerts"] = "2018-03-01",
        ["Microsoft.Insights/scheduledQueryRules"] = "2023-12-01",
        ["Microsoft.KeyVault/vaults"] = "2024-11-01",
        ["Microsoft.ManagedIdentity/userAssignedIdentities"] = "2024-11-30",
        ["Microsoft.Network/privateDnsZones"] = "2024-06-01",
        ["Microsoft.Network/privateDnsZones/virtualNetworkLinks"] = "2024-06-01",
        ["Microsoft.Network/privateEndpoints"] = "2024-07-01",
        ["Microsoft.Network/privateEndpoints/privateDnsZoneGroups"] = "2024-07-01",
        ["Microsoft.Network/virtualNetworks"] = "2024-07-01",
        ["Microsoft.Network/virtualNetworks/subnets"] = "2024-07-01",
        ["Microsoft.OperationalInsights/workspaces"] = "2025-02-01",
        ["Microsoft.Resources/resourceGroups"] = "2024-03-01",
        ["Microsoft.ServiceBus/namespaces"] = "2024-01-01",
        ["Microsoft.ServiceBus/namespaces/queues"] = "2024-01-01",
        ["Microsoft.Storage/storageAccounts"] = "2025-01-01",
        ["Microsoft.Storage/storageAccounts/blobServices"] = "2025-01-01",
        ["Microsoft.Storage/storageAccounts/blobServices/containers"] = "2025-01-01",
        ["Microsoft.Storage/storageAccounts/queueServices"] = "2025-01-01",
        ["Microsoft.Storage/storageAccounts/queueServices/queues"] = "2025-01-01",
        ["Microsoft.Storage/storageAccounts/tableServices"] = "2025-01-01",
        ["Microsoft.Web/serverfarms"] = "2024-11-01",
        ["Microsoft.Web/sites"] = "2024-11-01",
        ["Microsoft.Web/sites/basicPublishingCredentialsPolicies"] = "2024-11-01",
        ["Microsoft.Web/sites/config"] = "2024-11-01",
    };

    // These take no tags of their own: they are parts of another resource, or say something about one.
    private static readonly string[] s_untagged =
    [
        "Microsoft.Authorization/roleAssignments", "Microsoft.DurableTask/schedulers/taskHubs", "Microsoft.Insights/diagnosticSettings",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups", "Microsoft.ServiceBus/namespaces/queues",
        "Microsoft.Storage/storageAccounts/blobServices", "Microsoft.Storage/storageAccounts/blobServices/containers", "Microsoft.Storage/storageAccounts/queueServices",
        "Microsoft.Storage/storageAccounts/queueServices/queues", "Microsoft.Storage/storageAccounts/tableServices",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies", "Microsoft.Web/sites/config",
    ];

    [GeneratedRegex("password|secret(?!sOfficer)|credential|token|connection|apiKey|accessKey|sharedKey|primaryKey|sas", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex LooksSecret { get; }

    [Fact]
    public void Every_resource_is_one_that_is_known_in_a_version_that_exists() =>
        Assert.DoesNotContain(
            Infra.Files.SelectMany(file => file.AllResources.Select(resource => (file.Name, resource.Type, resource.Version))),
            found => s_versions.GetValueOrDefault(found.Type) != found.Version);

    [Fact]
    public void Nothing_that_belongs_to_the_host_is_missing() =>
        Assert.Empty(s_versions.Keys.Except(Infra.Files.SelectMany(file => file.AllResources).Select(resource => resource.Type)));

    [Fact]
    public void Everything_that_can_be_tagged_is() =>
        Assert.Empty(Infra.Made.Where(made => !s_untagged.Contains(made.Resource.Type) && !made.Resource.Object.Keys.Contains("tags")).Select(made => $"{made.File.Name}: {made.Resource.Name}"));

    [Fact]
    public void No_parameter_and_no_output_is_a_secret() =>
        Assert.Empty(Infra.Files.SelectMany(file => file.Params.Select(param => param.Name).Concat(file.Outputs.Select(output => output.Name)).Where(name => LooksSecret.IsMatch(name))));

    [Fact]
    public void No_key_and_no_password_stands_anywhere()
    {
        foreach (var file in Infra.Files)
        {
            Assert.DoesNotMatch(@"(?i)listKeys|listAccountSas|listSecrets|AccountKey=|SharedAccess|getSecret|primaryConnectionString|InstrumentationKey", file.Source);
        }
    }

    [Theory]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.allowSharedKeyAccess", "false")]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.allowBlobPublicAccess", "false")]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.minimumTlsVersion", "TLS1_2")]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.supportsHttpsTrafficOnly", "true")]
    [InlineData("Microsoft.Storage/storageAccounts", "properties.allowCrossTenantReplication", "false")]
    [InlineData("Microsoft.Storage/storageAccounts/blobServices", "properties.deleteRetentionPolicy.enabled", "true")]
    [InlineData("Microsoft.Storage/storageAccounts/blobServices", "properties.containerDeleteRetentionPolicy.enabled", "true")]
    [InlineData("Microsoft.KeyVault/vaults", "properties.enableRbacAuthorization", "true")]
    [InlineData("Microsoft.KeyVault/vaults", "properties.enableSoftDelete", "true")]
    [InlineData("Microsoft.KeyVault/vaults", "properties.enablePurgeProtection", "true")]
    [InlineData("Microsoft.KeyVault/vaults", "properties.softDeleteRetentionInDays", "30")]
    [InlineData("Microsoft.ServiceBus/namespaces", "properties.disableLocalAuth", "true")]
    [InlineData("Microsoft.ServiceBus/namespaces", "properties.minimumTlsVersion", "1.2")]
    [InlineData("Microsoft.ServiceBus/namespaces/queues", "properties.requiresSession", "true")]
    [InlineData("Microsoft.ServiceBus/namespaces/queues", "properties.maxDeliveryCount", "10")]
    [InlineData("Microsoft.ServiceBus/namespaces/queues", "properties.deadLetteringOnMessageExpiration", "true")]
    [InlineData("Microsoft.ServiceBus/namespaces/queues", "properties.requiresDuplicateDetection", "false")]
    [InlineData("Microsoft.ServiceBus/namespaces/queues", "properties.lockDuration", "PT5M")]
    [InlineData("Microsoft.ServiceBus/namespaces/queues", "properties.defaultMessageTimeToLive", "P7D")]
    [InlineData("Microsoft.DurableTask/schedulers/taskHubs", "name", "Kayse")]
    [InlineData("Microsoft.OperationalInsights/workspaces", "properties.features.disableLocalAuth", "true")]
    [InlineData("Microsoft.Insights/components", "properties.DisableLocalAuth", "true")]
    [InlineData("Microsoft.Web/serverfarms", "sku.name", "FC1")]
    [InlineData("Microsoft.Web/serverfarms", "properties.reserved", "true")]
    [InlineData("Microsoft.Web/sites", "properties.httpsOnly", "true")]
    [InlineData("Microsoft.Web/sites", "properties.siteConfig.minTlsVersion", "1.2")]
    [InlineData("Microsoft.Web/sites", "identity.type", "UserAssigned")]
    [InlineData("Microsoft.Web/sites", "properties.functionAppConfig.runtime.name", "dotnet-isolated")]
    [InlineData("Microsoft.Web/sites", "properties.functionAppConfig.runtime.version", "10.0")]
    [InlineData("Microsoft.Web/sites", "properties.functionAppConfig.deployment.storage.authentication.type", "UserAssignedIdentity")]
    public void A_resource_is_set_as_it_must_be(string type, string path, string value) => Assert.Equal(value, Infra.The(type).Object.At(path)?.Constant);

    [Theory]
    [InlineData("Microsoft.Storage/storageAccounts")]
    [InlineData("Microsoft.KeyVault/vaults")]
    [InlineData("Microsoft.ServiceBus/namespaces")]
    [InlineData("Microsoft.DurableTask/schedulers")]
    public void With_a_private_network_the_public_one_is_shut(string type)
    {
        var choice = Assert.IsType<BicepOperation>(Infra.The(type).Object.At("properties.publicNetworkAccess"));
        Assert.Equal("privateNetwork", Assert.IsType<BicepName>(choice.Operands[0]).Name);
        Assert.Equal(["Disabled", "Enabled"], choice.Operands.Skip(1).Select(operand => operand.Constant));
    }

    [Theory]
    [InlineData("storage", "account")]
    [InlineData("storage", "blobs")]
    [InlineData("storage", "tables")]
    [InlineData("storage", "queues")]
    [InlineData("vault", "vault")]
    [InlineData("servicebus", "bus")]
    [InlineData("monitoring", "workspace")]
    [InlineData("function", "app")]
    public void What_has_diagnostics_sends_them_to_log_analytics(string module, string resource) =>
        Assert.Contains(
            Infra.Modules[module].Resources,
            found => found.Type == "Microsoft.Insights/diagnosticSettings" && found.Object.At("scope") is BicepName scope && scope.Name == resource && found.Object.At("properties.workspaceId") is not null);

    [Fact]
    public void Blob_containers_are_closed_to_the_public()
    {
        var containers = Infra.Made.Where(made => made.Resource.Type.EndsWith("/containers", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, containers.Count);
        Assert.All(containers, made => Assert.Equal("None", made.Resource.Object.At("properties.publicAccess")?.Constant));
    }

    [Fact]
    public void Nobody_publishes_with_a_password()
    {
        var policies = Infra.Made.Where(made => made.Resource.Type.EndsWith("/basicPublishingCredentialsPolicies", StringComparison.Ordinal)).ToList();
        Assert.Equal(["ftp", "scm"], policies.Select(made => made.Resource.Object.At("name")?.Constant).Order());
        Assert.All(policies, made => Assert.Equal("false", made.Resource.Object.At("properties.allow")?.Constant));
    }

    [Fact]
    public void The_queues_are_those_that_the_code_sends_to() =>
        Assert.Equal(
            [Core.Events.EventIntake.Queue, Core.Webhooks.WebhookFanOut.Queue],
            Assert.IsType<BicepArray>(Infra.Modules["servicebus"].Vars.Single(variable => variable.Name == "queueNames").Value).Items.Select(item => item.Constant));
}
