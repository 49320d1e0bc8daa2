namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>The app gets the settings that its code and the Functions host read, for each choice of queues and of the workflows' keeper.</summary>
public sealed class BicepSettingsTests
{
    private static readonly string[] s_always =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "APPLICATIONINSIGHTS_CONNECTION_STRING", "AZURE_CLIENT_ID", "AzureWebJobsDisableHomepage",
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__credential", "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "Kayse__PublicUrl", "KeyVault__Uri", "Queues__Kind",
        "Queues__clientId", "Queues__credential", "Queues__queueServiceUri", "Storage__BlobUri", "Storage__QueueUri", "Storage__TableUri",
    ];

    private static readonly string[] s_serviceBus = ["ServiceBus__clientId", "ServiceBus__credential", "ServiceBus__fullyQualifiedNamespace"];

    private static readonly string[] s_storageTriggers = ["PlatformEventsStorage", "WebhookDeliveriesStorage", "PlatformEventsPoison", "WebhookDeliveriesPoison"];

    private static readonly string[] s_serviceBusTriggers = ["PlatformEvents", "WebhookDeliveries"];

    private static BicepFile Function => Infra.Modules["function"];

    private static BicepResource Config(string name) =>
        Function.Resources.Single(resource => resource.Type == "Microsoft.Web/sites/config" && resource.Object.At("name")?.Constant == name);

    private static string[] Names(string variable) => [.. ((BicepObject)Function.Vars.Single(found => found.Name == variable).Value).Keys];

    private static BicepNode? Value(string variable, string key) => ((BicepObject)Function.Vars.Single(found => found.Name == variable).Value).At(key);

    // What the union comes to when the choices are made so.
    private static IEnumerable<string> Settings(params string[] chosen)
    {
        var union = Assert.IsType<BicepCall>(Config("appsettings").Object.At("properties"));
        Assert.Equal("union", union.Function);
        return union.Arguments.SelectMany(argument => argument switch
        {
            BicepName { Name: "extraSettings" } => [],
            BicepName name => Names(name.Name),
            BicepOperation { Operator: "?:" } choice => Chosen(choice, chosen) is BicepName picked ? Names(picked.Name) : [],
            _ => throw new InvalidOperationException("An argument that the test does not know."),
        });
    }

    private static BicepNode Chosen(BicepOperation choice, string[] chosen) => choice.Operands[chosen.Contains(((BicepName)choice.Operands[0]).Name) ? 1 : 2];

    private static IEnumerable<string> Disabled(IEnumerable<string> triggers) => triggers.Select(trigger => $"AzureWebJobs.{trigger}.Disabled");

    [Fact]
    public void With_service_bus_and_the_scheduler_the_settings_are_these() =>
        Assert.Equal(
            s_always.Concat(s_serviceBus).Concat(Disabled(s_storageTriggers)).Concat(["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"]).Order(StringComparer.Ordinal),
            Settings("useServiceBus", "useScheduler").Order(StringComparer.Ordinal));

    [Fact]
    public void With_storage_alone_the_settings_are_these() =>
        Assert.Equal(
            s_always.Concat(Disabled(s_serviceBusTriggers)).Append("AzureFunctionsJobHost__extensions__durableTask__storageProvider__type")
                .Append("AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName").Order(StringComparer.Ordinal),
            Settings().Order(StringComparer.Ordinal));

    [Fact]
    public void Sign_in_adds_the_setting_by_which_the_identity_stands_in_for_a_secret() =>
        Assert.Equal(["OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID"], Settings("hasSignIn").Except(Settings()));

    [Fact]
    public void What_is_added_by_hand_cannot_replace_what_is_settled()
    {
        var union = (BicepCall)Config("appsettings").Object.At("properties")!;
        Assert.Equal("extraSettings", Assert.IsType<BicepName>(union.Arguments[0]).Name);
    }

    [Theory]
    [InlineData("hostSettings", "AzureWebJobsStorage__credential", "managedidentity")]
    [InlineData("hostSettings", "AzureWebJobsDisableHomepage", "true")]
    [InlineData("dataSettings", "Queues__credential", "managedidentity")]
    [InlineData("serviceBusSettings", "ServiceBus__credential", "managedidentity")]
    [InlineData("hostSettings", "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "209715200")]
    [InlineData("azureStorageDurableSettings", "AzureFunctionsJobHost__extensions__durableTask__storageProvider__type", "AzureStorage")]
    [InlineData("azureStorageDurableSettings", "AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName", "AzureWebJobsStorage")]
    public void A_setting_has_its_value(string variable, string key, string value) => Assert.Equal(value, Value(variable, key)?.Constant);

    [Theory]
    [InlineData("hostSettings", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "Authorization=AAD;ClientId={}")]
    [InlineData("schedulerSettings", "DURABLE_TASK_SCHEDULER_CONNECTION_STRING", "Endpoint={};Authentication=ManagedIdentity;ClientID={}")]
    public void A_connection_names_the_identity_and_no_key(string variable, string key, string text) =>
        Assert.Equal(text, Assert.IsType<BicepText>(Value(variable, key)).Text);

    [Fact]
    public void Every_disabled_trigger_is_switched_off() =>
        Assert.All(
            new[] { "serviceBusSettings", "storageQueueSettings" }.SelectMany(variable => ((BicepObject)Function.Vars.Single(found => found.Name == variable).Value).Properties)
                .Where(property => property.Key.Constant!.EndsWith(".Disabled", StringComparison.Ordinal)),
            property => Assert.Equal("true", property.Value.Constant));

    [Theory]
    [InlineData("platform.enabled", "true")]
    [InlineData("globalValidation.requireAuthentication", "false")]
    [InlineData("globalValidation.unauthenticatedClientAction", "AllowAnonymous")]
    [InlineData("httpSettings.requireHttps", "true")]
    [InlineData("identityProviders.azureActiveDirectory.enabled", "true")]
    [InlineData("identityProviders.azureActiveDirectory.registration.clientSecretSettingName", "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID")]
    [InlineData("login.tokenStore.enabled", "false")]
    public void People_sign_in_with_entra_and_others_get_through_to_the_app(string path, string value) =>
        Assert.Equal(value, Config("authsettingsV2").Object.At($"properties.{path}")?.Constant);

    [Fact]
    public void The_app_bears_the_name_that_azd_deploys_to()
    {
        var tags = Assert.IsType<BicepCall>(Infra.The("Microsoft.Web/sites").Object.At("tags"));
        Assert.Equal("kayse", ((BicepObject)tags.Arguments[1]).At("azd-service-name")?.Constant);
    }
}
