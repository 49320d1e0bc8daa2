using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>azd's parameter file fits the template, and the private network reaches all that it shuts.</summary>
public sealed partial class BicepParameterTests
{
    private static Dictionary<string, JsonElement> Given
    {
        get
        {
            using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Infra.Folder, "main.parameters.json")));
            return document.RootElement.GetProperty("parameters").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetProperty("value").Clone());
        }
    }

    // azd fills in ${NAME} and ${NAME=default}.
    [GeneratedRegex(@"^\$\{(?<name>[A-Z_]+)(=(?<default>[^}]*))?\}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable { get; }

    [Fact]
    public void Every_value_is_for_a_parameter_and_every_parameter_without_a_default_has_one()
    {
        Assert.Empty(Given.Keys.Except(Infra.Main.Params.Select(param => param.Name)));
        Assert.Empty(Infra.Main.Params.Where(param => param.Default is null).Select(param => param.Name).Except(Given.Keys));
    }

    [Fact]
    public void A_default_in_the_parameter_file_is_that_of_the_template()
    {
        foreach (var (name, value) in Given.Where(pair => pair.Value.ValueKind == JsonValueKind.String))
        {
            var match = Variable.Match(value.GetString()!);
            Assert.True(match.Success, name);
            var param = Infra.Main.Params.Single(found => found.Name == name);
            if (match.Groups["default"].Success)
            {
                Assert.Equal(param.Default?.Constant, match.Groups["default"].Value);
            }
            else
            {
                Assert.True(param.Default is null or BicepText { Text: "" }, name);
            }
        }
    }

    [Fact]
    public void Choices_have_their_default_among_them()
    {
        var choices = Infra.Main.Params.Where(param => param.Decorators.Any(decorator => decorator.Name == "allowed")).ToList();
        Assert.Equal(["authTenants", "durableBackend", "instanceMemoryMB", "queuesKind", "schedulerSku"], choices.Select(param => param.Name).Order());
        Assert.All(choices, param => Assert.Contains(
            param.Default!.Constant,
            ((BicepArray)param.Decorators.Single(decorator => decorator.Name == "allowed").Arguments[0]).Items.Select(item => item.Constant)));
    }

    [Fact]
    public void Every_parameter_of_the_template_is_described()
    {
        Assert.Empty(Infra.Main.Params.Where(param => param.Decorators.All(decorator => decorator.Name != "description")).Select(param => param.Name));
    }

    [Theory]
    [InlineData("vaultTarget", "vault", "privatelink.vaultcore.azure.net")]
    [InlineData("serviceBusTarget", "namespace", "privatelink.servicebus.windows.net")]
    [InlineData("schedulerTarget", "scheduler", "privatelink.durabletask.io")]
    public void A_private_end_point_has_its_part_and_its_zone(string variable, string part, string zone)
    {
        var target = (BicepObject)Infra.Modules["network"].Vars.Single(found => found.Name == variable).Value;
        Assert.Equal(part, target.At("part")?.Constant);
        Assert.Equal(zone, target.At("zone")?.Constant);
    }

    [Fact]
    public void Storage_has_a_private_end_point_for_each_part_that_is_used()
    {
        var loop = Assert.IsType<BicepLoop>(Infra.Modules["network"].Vars.Single(found => found.Name == "storageTargets").Value);
        Assert.Equal(["blob", "queue", "table"], ((BicepArray)loop.Over).Items.Select(item => item.Constant));
        Assert.Equal("privatelink.{}.{}", Assert.IsType<BicepText>(BicepFile.ObjectOf(loop).At("zone")).Text);
    }

    [Fact]
    public void The_outputs_that_the_hooks_read_are_there()
    {
        string[] outputs = ["AZURE_RESOURCE_GROUP", "AZURE_TENANT_ID", "KAYSE_FUNCTION_APP", "KAYSE_HOST_URL", "KAYSE_IDENTITY_PRINCIPAL_ID", "KAYSE_KEY_VAULT", "KAYSE_KEY_VAULT_ID", "KAYSE_URL"];
        Assert.Equal(outputs, Infra.Main.Outputs.Select(output => output.Name).Order());
    }
}
