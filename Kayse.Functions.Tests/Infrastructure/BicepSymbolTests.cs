namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>What a compiler would say of names: every one that is used is declared, every one that is declared is used, and modules fit their callers.</summary>
public sealed class BicepSymbolTests
{
    // Functions that answer with keys (listKeys and its kin) are not among them, so none can come in unnoticed.
    private static readonly string[] s_functions =
        ["concat", "empty", "environment", "guid", "replace", "resourceGroup", "subscription", "subscriptionResourceId", "tenant", "toLower", "union", "uniqueString", "uri"];

    private static readonly string[] s_decorators = ["allowed", "description", "maxLength", "maxValue", "metadata", "minLength", "minValue", "secure"];

    public static TheoryData<string> Files => [.. Infra.Files.Select(file => file.Name)];

    private static IEnumerable<string> Declared(BicepFile file) =>
        file.Params.Select(param => param.Name)
            .Concat(file.Vars.Select(variable => variable.Name))
            .Concat(file.AllResources.Select(resource => resource.Name))
            .Concat(file.Modules.Select(module => module.Name));

    private static BicepFile File(string name) => Infra.Files.Single(file => file.Name == name);

    private static IEnumerable<BicepNode> Nodes(BicepFile file) => file.Expressions.SelectMany(node => node.All());

    private static IEnumerable<string> Unbound(BicepNode node, IReadOnlySet<string> known) => node switch
    {
        BicepName name => known.Contains(name.Name) ? [] : [name.Name],
        BicepLoop loop => Unbound(loop.Over, known).Concat(loop.Children.Skip(1).SelectMany(child => Unbound(child, known.Union(loop.Variables).ToHashSet()))),
        _ => node.Children.SelectMany(child => Unbound(child, known)),
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_name_that_is_used_is_declared(string name)
    {
        var file = File(name);
        var known = Declared(file).ToHashSet();
        Assert.Empty(file.Expressions.SelectMany(node => Unbound(node, known)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void No_name_is_declared_twice(string name) =>
        Assert.Equal(Declared(File(name)).Distinct().Order(), Declared(File(name)).Order());

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_parameter_and_variable_is_used(string name)
    {
        var file = File(name);
        var used = Nodes(file).OfType<BicepName>().Select(node => node.Name).ToHashSet();
        Assert.Empty(file.Params.Select(param => param.Name).Concat(file.Vars.Select(variable => variable.Name)).Except(used));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Only_known_functions_are_called_and_none_that_answers_with_a_key(string name)
    {
        var calls = Nodes(File(name)).OfType<BicepCall>().ToList();
        Assert.Empty(calls.Where(call => call.Of is not null || !s_functions.Contains(call.Function)).Select(call => call.Function));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Only_known_decorators_stand_before_parameters(string name) =>
        Assert.Empty(File(name).Params.SelectMany(param => param.Decorators).Select(decorator => decorator.Name).Except(s_decorators));

    [Fact]
    public void Every_module_file_is_used_and_exists() =>
        Assert.Equal(Infra.Modules.Keys.Order().Select(name => $"modules/{name}.bicep"), Infra.Main.Modules.Select(module => module.Path).Order());

    [Fact]
    public void Every_module_gets_the_parameters_that_it_declares_and_no_others()
    {
        foreach (var module in Infra.Main.Modules)
        {
            var declared = Target(module).Params;
            Assert.Empty(module.Params.Keys.Except(declared.Select(param => param.Name)).Select(name => $"{module.Name}: {name} is not declared"));
            Assert.Empty(declared.Where(param => param.Default is null).Select(param => param.Name).Except(module.Params.Keys).Select(name => $"{module.Name}: {name} is not passed"));
        }
    }

    [Fact]
    public void Every_output_that_is_asked_of_a_module_is_one_of_its_outputs()
    {
        var asked = Nodes(Infra.Main)
            .OfType<BicepMember>()
            .Select(member => (member.Name, Outputs: member.Of as BicepMember))
            .Where(pair => pair.Outputs is { Name: "outputs", Of: BicepName })
            .Select(pair => (Module: ((BicepName)pair.Outputs!.Of).Name, pair.Name))
            .ToList();

        Assert.NotEmpty(asked);
        Assert.DoesNotContain(asked, pair => Target(Infra.Main.Modules.Single(module => module.Name == pair.Module)).Outputs.All(output => output.Name != pair.Name));
    }

    [Fact]
    public void A_module_that_may_be_missing_is_only_asked_under_its_condition()
    {
        foreach (var module in Infra.Main.Modules.Where(module => module.Condition is not null))
        {
            var condition = Assert.IsType<BicepName>(module.Condition).Name;
            var guarded = Nodes(Infra.Main).OfType<BicepOperation>().Where(node => node.Operator == "?:" && node.Operands[0] is BicepName name && name.Name == condition);
            var inside = guarded.SelectMany(node => node.Operands[1].All()).OfType<BicepName>().Count(name => name.Name == module.Name);
            Assert.Equal(Nodes(Infra.Main).OfType<BicepName>().Count(name => name.Name == module.Name), inside);
        }
    }

    private static BicepFile Target(BicepModule module) => Infra.Modules[Path.GetFileNameWithoutExtension(module.Path)];
}
