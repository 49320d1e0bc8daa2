using System.Text.Json;
using Kayse.Core.Connectors.Lawmatics;

namespace Kayse.Tests.Lawmatics;

/// <summary>Forms that have more than fields one below the other.</summary>
public sealed class FormReadTests
{
    [Fact]
    public void Components_within_components_are_fields_too_and_block_as_others_do()
    {
        var form = Read("""
            [{"components":[{"id":"s1","component_type":"section","rows":[{"components":[
                {"id":"c1","component_type":"columns","components":[{"id":"email","component_type":"field","field_type":"email","required":true},{"id":"p","component_type":"payment_gateway"}]}]}]}]}]
            """);

        Assert.Contains(form.Fields!, field => field is { Id: "email", Required: true });
        Assert.Contains("payment gateway", form.CannotSubmit, StringComparison.Ordinal);
        Assert.Empty(form.Warnings);
    }

    [Fact]
    public void A_component_that_nobody_knows_is_warned_of()
    {
        var form = Read("""[{"components":[{"id":"h","component_type":"hologram"},{"id":"email","component_type":"field"},{"id":"n","component_type":"general_field"}]}]""");

        Assert.Contains("hologram", Assert.Single(form.Warnings), StringComparison.Ordinal);
        Assert.Null(form.CannotSubmit);
    }

    private static LawmaticsForm Read(string rows) => LawmaticsForm.Read(
        new LawmaticsRecord(JsonSerializer.Deserialize<JsonElement>("""{"id":"f1","attributes":{"name":"Intake","rows":""" + rows + "}}")), new LawmaticsFormSettings());
}
