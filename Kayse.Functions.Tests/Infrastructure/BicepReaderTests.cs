namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>The reader that stands in for a compiler refuses what a compiler would.</summary>
public sealed class BicepReaderTests
{
    [Theory]
    [InlineData("var x = {\n  a: 1\n")]
    [InlineData("var x = [1, 2\n")]
    [InlineData("var x = 'open\n")]
    [InlineData("var x = (1 + 2\n")]
    [InlineData("var x = 1 }\n")]
    [InlineData("var x = a ? b\n")]
    [InlineData("resource x 'A/b@2020-01-01' {\n}\n")]
    [InlineData("whatever x = 1\n")]
    [InlineData("var x = 'a${b'\n")]
    [InlineData("var x = { a: 1 b: 2 }\n")]
    public void What_does_not_balance_is_refused(string source) => Assert.Throws<FormatException>(() => BicepFile.Parse("x.bicep", source));

    [Fact]
    public void A_refusal_names_the_file_and_the_line() =>
        Assert.StartsWith("x.bicep(3)", Assert.Throws<FormatException>(() => BicepFile.Parse("x.bicep", "var a = 1\n\nvar b 2\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void Loops_conditions_holes_and_nested_resources_are_read()
    {
        var file = BicepFile.Parse("x.bicep", """
            @description('it\'s')
            param names string[] = ['a', 'b']
            resource outer 'A/b@2020-01-01' = [for (name, i) in names: if (i > 0) {
              name: 'x-${name}-${toLower('${i}')}'
              resource inner 'c' existing = {
                name: 'y'
              }
            }]
            output id string = empty(names)
              ? ''
              : outer[0].id
            """);

        Assert.Equal(["A/b", "A/b/c"], file.AllResources.Select(resource => resource.Type));
        Assert.Equal("2020-01-01", file.AllResources.Last().Version);
        Assert.True(file.AllResources.Last().IsExisting);
        Assert.Equal(["i", "name"], file.Resources[0].Object.Properties[0].Value.All().OfType<BicepName>().Select(name => name.Name).Distinct().Order());
        Assert.Equal("it's", file.Params[0].Decorators[0].Arguments[0].Constant);
        Assert.Equal("?:", Assert.IsType<BicepOperation>(file.Outputs[0].Value).Operator);
    }
}
